"""The built-in encoder as a module of sentence-transformers: what ``model/modules.json`` names.

Only sentence-transformers imports this file (``SentenceTransformer(folder, trust_remote_code=True)``); we never do.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shutil import copytree
from typing import Any

import torch

from paraglot.search.encoders.deep.joined import JoinedEncoder
from paraglot.search.encoders.deep.reader import PARAGRAPH_PREFIX, QUERY_PREFIX

_TEXTS, _ASKED = "paraglot_texts", "paraglot_asked"


class SentenceModule(torch.nn.Module):  # type: ignore[misc]
    """Text to ``sentence_embedding`` in one module; the weights stay in ONNX Runtime and are not trained here."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.max_seq_length = None
        self._encoder = JoinedEncoder(folder)

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", **_: Any) -> SentenceModule:
        """The module of a local folder. Raises `EncoderMissing` when the encoder is not there."""
        return cls(Path(model_name_or_path) / subfolder)

    def preprocess(self, inputs: Sequence[str], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """The texts, after a prompt that is none of the encoder's own two: those say whether a text asks."""
        before = "" if prompt in (None, QUERY_PREFIX, PARAGRAPH_PREFIX) else prompt
        return {_TEXTS: [f"{before}{text}" for text in inputs], _ASKED: prompt == QUERY_PREFIX}

    tokenize = preprocess

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Adds ``sentence_embedding``, ``float32[n, 640]``."""
        encode = self._encoder.encode_query if features[_ASKED] else self._encoder.encode_paragraphs
        return features | {"sentence_embedding": torch.from_numpy(encode(features[_TEXTS]))}

    def get_embedding_dimension(self) -> int:
        """The 640 of the encoder."""
        return self._encoder.spec.dimension

    get_sentence_embedding_dimension = get_embedding_dimension

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Copy the encoder's files to ``output_path``."""
        copytree(self.folder, output_path, dirs_exist_ok=True)

"""The built-in encoder as a module of sentence-transformers: what ``model/modules.json`` names.

Only sentence-transformers imports this file (``SentenceTransformer(folder, trust_remote_code=True)``); we never do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING, Any

import torch

from paraglot.search.encoders.builtin.encoder import BuiltinEncoder

if TYPE_CHECKING:
    from paraglot.search.encoders.deep.joined import JoinedEncoder

_TEXTS = "paraglot_texts"


class SentenceModule(torch.nn.Module):  # type: ignore[misc]
    """Text to ``sentence_embedding`` in one module; the weights stay in numpy and are not trained here."""

    encoder_of: Callable[[Path], BuiltinEncoder | JoinedEncoder] = BuiltinEncoder

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.max_seq_length = None
        self._encoder = type(self).encoder_of(folder)

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", **_: Any) -> SentenceModule:
        """The module of a local folder. Raises `EncoderMissing` when the encoder is not there."""
        return cls(Path(model_name_or_path) / subfolder)

    def preprocess(self, inputs: Sequence[str], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """The texts as they are, after the prompt if there is one: cutting into pieces is the encoder's work."""
        return {_TEXTS: [(prompt or "") + text for text in inputs]}

    tokenize = preprocess

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Adds ``sentence_embedding``, ``float32[n, dim]``."""
        vectors = self._encoder.encode_paragraphs(features[_TEXTS])
        return features | {"sentence_embedding": torch.from_numpy(vectors)}

    def get_embedding_dimension(self) -> int:
        """The numbers of a vector."""
        return self._encoder.spec.dimension

    get_sentence_embedding_dimension = get_embedding_dimension

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Copy the encoder's files to ``output_path``."""
        copytree(self.folder, output_path, dirs_exist_ok=True)

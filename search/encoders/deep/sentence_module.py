"""The built-in encoder as a module of sentence-transformers: what ``model/modules.json`` names.

Only sentence-transformers imports this file (``SentenceTransformer(folder, trust_remote_code=True)``); we never do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from paraglot.search.encoders.builtin import sentence_module
from paraglot.search.encoders.deep.joined import JoinedEncoder
from paraglot.search.encoders.deep.reader import PARAGRAPH_PREFIX, QUERY_PREFIX

_TEXTS, _ASKED = "paraglot_texts", "paraglot_asked"


class SentenceModule(sentence_module.SentenceModule):
    """The same with both networks; the deep one's weights stay in ONNX Runtime. It knows what asks by the prompt."""

    encoder_of = JoinedEncoder

    def preprocess(self, inputs: Sequence[str], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """The texts, after a prompt that is none of the encoder's own two: those say whether a text asks."""
        before = "" if prompt in (None, QUERY_PREFIX, PARAGRAPH_PREFIX) else prompt
        return {_TEXTS: [f"{before}{text}" for text in inputs], _ASKED: prompt == QUERY_PREFIX}

    tokenize = preprocess

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Adds ``sentence_embedding``, ``float32[n, 640]``."""
        encode = self._encoder.encode_query if features[_ASKED] else self._encoder.encode_paragraphs
        return features | {"sentence_embedding": torch.from_numpy(encode(features[_TEXTS]))}

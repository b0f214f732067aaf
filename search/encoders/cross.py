"""A cross-encoder of sentence-transformers as a reranker. torch is imported when one is loaded, not before."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders import hub
from paraglot.search.encoders.transformer import BATCH, clean, in_one_thread, sentence_transformers
from paraglot.search.errors import EncoderMissing

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class CrossReranker:
    """A cross-encoder by name or folder: it reads a query and a paragraph together and gives one number.

    Raises `EncoderMissing`, with what to do, when the package or the model is not here, when the weights are pickled,
    when it is no cross-encoder and when it needs code of its own: foreign code is never run.
    """

    def __init__(self, name_or_path: str) -> None:
        # One question at a time: the tokenizers of transformers keep state between two calls.
        self._lock = threading.Lock()
        hub.check_name(name_or_path, hub.RERANKER)
        package = sentence_transformers()
        folder = hub.find_folder(name_or_path, hub.RERANKER)
        hub.refuse_pickles(folder)
        _check_kind(folder)
        self._model = _load(package.CrossEncoder, folder)

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """``float32[n]``, without the model's last squashing: same order, and what is sure is not all rounded to 1."""
        pairs = [(clean(query), clean(text)) for text in texts]
        with self._lock, in_one_thread():
            return _scores(self._model, pairs)


def _check_kind(folder: Path) -> None:
    """Raises `EncoderMissing` where the model has no head that was trained to score: it would get a random one."""
    try:
        if (folder / "modules.json").exists():
            config = json.loads((folder / "config_sentence_transformers.json").read_text("utf-8"))
            scores = config.get("model_type") == "CrossEncoder"
        else:
            [kind, *_] = json.loads((folder / "config.json").read_text("utf-8")).get("architectures") or [""]
            scores = kind.endswith(("ForSequenceClassification", "ForCausalLM"))
    except (OSError, ValueError, AttributeError):
        scores = False
    if not scores:
        raise EncoderMissing(
            f"The model in {folder} is no cross-encoder, which scores a query and a text together.",
            "Give --reranker the name of one, such as cross-encoder/ms-marco-MiniLM-L6-v2.",
        )


def _load(model_class: type[CrossEncoder], folder: Path) -> CrossEncoder:
    """The model of a local folder, in single precision, tried on one pair. Raises `EncoderMissing` whatever fails."""
    import_module("transformers.utils.logging").disable_progress_bar()
    try:
        model = model_class(
            str(folder),
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
            activation_fn=import_module("torch").nn.Identity(),
        )
        model = model.float().eval()
        shape = _scores(model, [("a", "a")]).shape
    except Exception as problem:
        raise hub.not_loaded(folder, problem) from problem
    if shape != (1,):
        raise EncoderMissing(
            f"The model in {folder} gives {shape[-1]} numbers for a query and a text.", "A reranker gives one."
        )
    return model


def _scores(model: CrossEncoder, pairs: list[tuple[str, str]]) -> NDArray[np.float32]:
    return np.asarray(model.predict(pairs, batch_size=BATCH, show_progress_bar=False), np.float32)

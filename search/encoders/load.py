"""The door to all encoders. Importing this loads no numpy, torch or model; loading one loads what it needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paraglot.search.encoders.builtin import MODEL_FOLDER
from paraglot.search.encoders.deep import DEEP_FOLDER
from paraglot.search.lexicon import LEXICON_FOLDER
from paraglot.search.types import EncoderSpec

if TYPE_CHECKING:
    from paraglot.search.encoders.protocols import Encoder, Reranker


BUILTIN, FAST = "builtin", "builtin-fast"
"""The encoders that ship with the package: the default, and the one for large corpora and small machines."""

BACKENDS = ("onnx", "openvino")
"""What runs a sentence-transformers model, besides torch; put before its name as ``onnx:NAME``."""


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model that ``--model`` can name without a download. ``dimension`` and ``languages``: None, () if not known."""

    name: str
    source: str
    size_bytes: int
    dimension: int | None = None
    languages: tuple[str, ...] = ()


def load_encoder(name: str = BUILTIN) -> Encoder:
    """The encoder called ``name``: "builtin", "builtin-fast", "fake", ``openai:`` and the model of an endpoint,
    ``vectors:`` and the dimension of vectors from outside, a plug-in's, or a sentence-transformers model by name or
    folder, ``onnx:`` or ``openvino:`` before it where that backend is to run it.

    Raises `EncoderMissing`, which says what to install or download.
    """
    if name == BUILTIN:
        from paraglot.search.encoders.deep.joined import JoinedEncoder

        return JoinedEncoder()
    if name == FAST:
        from paraglot.search.encoders.builtin.encoder import BuiltinEncoder

        return BuiltinEncoder()
    if name == "fake":
        from paraglot.search.encoders.fake import FakeEncoder

        return FakeEncoder()
    if name.startswith("openai:"):
        from paraglot.search.encoders.endpoint import EndpointEncoder

        return EndpointEncoder(name.removeprefix("openai:"))
    if name.startswith("vectors:"):
        from paraglot.search.encoders.outside import OutsideEncoder

        return OutsideEncoder(name)
    from paraglot.search.encoders.plugins import plugin

    if load := plugin(name):
        return load()
    from paraglot.search.encoders.transformer import TransformerEncoder

    backend, divided, rest = name.partition(":")
    return TransformerEncoder(rest, backend) if divided and backend in BACKENDS else TransformerEncoder(name)


def load_reranker(name: str | None) -> Reranker | None:
    """The reranker called ``name``: "fake", or a cross-encoder of sentence-transformers by name or folder; None: none.

    Raises `EncoderMissing`, which says what to install or download.
    """
    if name is None:
        return None
    if name == "fake":
        from paraglot.search.encoders.fake_reranker import FakeReranker

        return FakeReranker()
    from paraglot.search.encoders.cross import CrossReranker

    return CrossReranker(name)


def with_backend(name: str | None, backend: str | None) -> str | None:
    """The name of a model run by another backend than torch: the index keeps it, so that searches use the same one."""
    return f"{backend}:{name}" if name and backend in BACKENDS else name


def installed_models() -> list[InstalledModel]:
    """The built-in models first, then those in the local Hugging Face cache by name. Asks no network."""
    fast, deep = _config(MODEL_FOLDER), _config(DEEP_FOLDER)
    fast_bytes = _size_bytes(MODEL_FOLDER) + _size_bytes(LEXICON_FOLDER)
    size_bytes = fast_bytes + _size_bytes(DEEP_FOLDER)
    return [
        InstalledModel(BUILTIN, "paraglot", size_bytes, deep["dimension"], tuple(deep["languages"])),
        InstalledModel(FAST, "paraglot", fast_bytes, fast["dimension"], tuple(fast["languages"])),
        *_cached_models(),
    ]


def name_today(spec: EncoderSpec) -> str:
    """What ``--model`` takes for the encoder of an index: "builtin" was once the fast encoder alone."""
    if spec.name == BUILTIN and spec.fingerprint.startswith(_config(MODEL_FOLDER)["fingerprint"]):
        return FAST
    return spec.name


def found_by(name: str) -> dict[str, float]:
    """For each language that was measured, the share of everyday sentences whose translation an encoder finds first
    among a thousand English ones; empty for encoders of others.
    """
    return dict(_config(DEEP_FOLDER)["found"]) if name == BUILTIN else {}


def _config(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return found


def _size_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())


def transformers_version() -> str | None:
    """The version of sentence-transformers here; None when it is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("sentence-transformers")
    except PackageNotFoundError:
        return None


def _cached_models() -> list[InstalledModel]:
    """The models of the local cache that look like sentence-transformers models."""
    if find_spec("huggingface_hub") is None:
        return []
    from paraglot.search.encoders.hub import cached_models

    return [InstalledModel(name, "Hugging Face cache", size) for name, size in cached_models()]

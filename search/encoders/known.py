"""Well-known models of others: what their own configuration leaves unsaid. From their model cards; not run here.

The table fills gaps only: a prefix that a model's configuration gives is taken from there.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model by its name on the hub. ``max_tokens`` None: no limit.

    ``revision`` is the one that is downloaded, where the newest has no weights that can be read without running
    pickled code (None: the newest).
    """

    name: str
    dimension: int
    max_tokens: int | None
    license: str
    query_prefix: str = ""
    paragraph_prefix: str = ""
    revision: str | None = None


KNOWN_MODELS = (
    KnownModel("intfloat/multilingual-e5-small", 384, 512, "MIT", "query: ", "passage: "),
    KnownModel("intfloat/multilingual-e5-base", 768, 512, "MIT", "query: ", "passage: "),
    KnownModel("BAAI/bge-m3", 1024, 8192, "MIT", revision="2ab44ec5c6ffa948890dcd605b723be45690d220"),
    KnownModel("sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", 384, 128, "Apache-2.0"),
    KnownModel("minishlab/potion-multilingual-128M", 256, None, "MIT"),
    KnownModel("sentence-transformers/static-similarity-mrl-multilingual-v1", 1024, None, "Apache-2.0"),
)


def known_model(name: str) -> KnownModel | None:
    """The row of a name, with or without ``sentence-transformers/`` and in any case; None for an unknown model."""
    wanted = (name if "/" in name else f"sentence-transformers/{name}").lower()
    return next((model for model in KNOWN_MODELS if model.name.lower() == wanted), None)

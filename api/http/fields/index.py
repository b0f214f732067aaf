"""What the index is made of, and whether the service is well, as it travels."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from paraglot.search.index import Manifest


class EncoderModel(BaseModel):
    """The encoder of an index."""

    name: str
    fingerprint: str
    dimension: int
    max_tokens: int | None
    query_prefix: str
    paragraph_prefix: str
    pooling: str
    languages: list[str]


class IndexModel(BaseModel):
    """What the index that is served is made of."""

    generation: int
    created: Annotated[str, Field(description="When it was committed, ISO 8601 in UTC.")]
    articles: int
    paragraphs: int
    languages: Annotated[dict[str, int], Field(description="Paragraphs by language.")]
    encoder: EncoderModel
    sentences: Annotated[bool, Field(description="Whether the vectors of sentences are kept.")]
    analyzer: str
    keyword_engine: str
    format: int

    @classmethod
    def of(cls, manifest: Manifest) -> IndexModel:
        """From the manifest."""
        encoder = {name: getattr(manifest.encoder, name) for name in EncoderModel.model_fields}
        values = {name: getattr(manifest, name) for name in cls.model_fields if name not in ("encoder", "languages")}
        return cls(encoder=EncoderModel(**encoder), languages=dict(manifest.languages), **values)


class HealthModel(BaseModel):
    """Whether the service lives, or is ready."""

    status: Literal["ok"]

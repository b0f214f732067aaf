"""Paragraphs and articles as they travel, with their citations and neighbours."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from paraglot.search.answer.citations import cite
from paraglot.search.types import Article, ArticleHead, Citation, Context, Paragraph


class ArticleHeadModel(BaseModel):
    """What a hit shows of its article."""

    id: Annotated[str, Field(examples=["fr/loukachenko-pekin.txt"])]
    title: str
    url: str | None
    language: Annotated[str, Field(examples=["fr"])]
    date: Annotated[str | None, Field(description="ISO 8601, as the article gave it.")]
    source: str | None

    @classmethod
    def of(cls, head: ArticleHead | Article) -> ArticleHeadModel:
        """From the engine's type."""
        return cls(**fields_of_model(cls, head))


class NeighbourModel(BaseModel):
    """A paragraph by itself."""

    id: Annotated[str, Field(examples=["fr/loukachenko-pekin.txt~3f9a2c1b7d20"])]
    position: Annotated[int, Field(description="Place in the article, from 0.")]
    text: str
    heading: Annotated[str, Field(description="The sub-heading that it stands under, or empty.")]
    anchor: Annotated[str, Field(description="That heading's name in the article's page on the web, or empty.")] = ""
    language: str
    start: Annotated[int, Field(description="Where it begins in the article's text, in characters.")]
    end: int


class ParagraphModel(NeighbourModel):
    """A paragraph and the head of its article."""

    article: ArticleHeadModel

    @classmethod
    def of(cls, paragraph: Paragraph, head: ArticleHead) -> ParagraphModel:
        """From the engine's types."""
        return cls(article=ArticleHeadModel.of(head), **paragraph_fields(paragraph))


class CitationModel(BaseModel):
    """How the paragraph is cited."""

    url: Annotated[
        str | None,
        Field(
            description="The article's address with a text fragment, which leads a browser to the quote; null without "
            "the address of a web page.",
            examples=["https://example.org/bread#:~:text=The%20council%20raised%20the%20bread%20tax."],
        ),
    ]
    quote: Annotated[str, Field(description="The sentence that answers best, or the whole paragraph.")]
    title: str
    source: str | None
    date: str | None
    language: str

    @classmethod
    def of(cls, citation: Citation) -> CitationModel:
        """From the engine's type."""
        return cls(**fields_of_model(cls, citation))


class ContextModel(BaseModel):
    """The neighbours of a paragraph in its article, in the order of the text."""

    before: list[NeighbourModel]
    after: list[NeighbourModel]

    @classmethod
    def of(cls, context: Context) -> ContextModel:
        """From the engine's type."""
        return cls(
            **{side: [_neighbour(neighbour) for neighbour in getattr(context, side)] for side in cls.model_fields}
        )


class CitedParagraphModel(ParagraphModel):
    """A paragraph with its citation and, where it was asked for, what stands beside it."""

    citation: CitationModel
    context: Annotated[ContextModel | None, Field(description="Null where no `context` was asked for.")]

    @classmethod
    def of_cited(cls, paragraph: Paragraph, head: ArticleHead, context: Context | None) -> CitedParagraphModel:
        """From the engine's types; quoted whole."""
        return cls(
            article=ArticleHeadModel.of(head),
            citation=CitationModel.of(cite(paragraph, head)),
            context=None if context is None else ContextModel.of(context),
            **paragraph_fields(paragraph),
        )


class ArticleModel(ArticleHeadModel):
    """An article with its text and paragraphs; ``attributes`` are the further fields of the input."""

    text: str
    attributes: dict[str, Any]
    paragraphs: list[ParagraphModel]

    @classmethod
    def of_article(cls, article: Article, paragraphs: list[Paragraph]) -> ArticleModel:
        """From the engine's types."""
        head = ArticleHead(**{name: getattr(article, name) for name in ArticleHead.__slots__})
        return cls(
            **ArticleHeadModel.of(article).model_dump(),
            text=article.text,
            attributes=dict(article.attributes),
            paragraphs=[ParagraphModel.of(paragraph, head) for paragraph in paragraphs],
        )


def fields_of_model(model: type[BaseModel], of: object) -> dict[str, Any]:
    """The fields of a model as one of the engine's types has them: `dataclasses.asdict` would copy each value."""
    return {name: getattr(of, name) for name in model.model_fields}


def _neighbour(paragraph: Paragraph) -> NeighbourModel:
    return NeighbourModel(**paragraph_fields(paragraph))


def paragraph_fields(paragraph: Paragraph) -> dict[str, Any]:
    """What a paragraph says of itself."""
    return fields_of_model(NeighbourModel, paragraph)

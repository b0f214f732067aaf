"""What happened to a text: shapes and making of ``paraglot analyze`` and ``/v1/analyze``."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from paraglot.api.http.fields.answers import LanguageModel
from paraglot.api.http.fields.fields import Fields, UrlFields
from paraglot.indexer.corpus.detect import detect
from paraglot.search.engine.engine import Engine
from paraglot.search.query.understanding import understand
from paraglot.search.text.analysis import analyze
from paraglot.search.types import MAX_QUERY_CHARACTERS, SearchRequest, check_languages, check_text


class AnalyzeFields(Fields):
    """The fields of an analysis, the same for GET and POST."""

    text: Annotated[
        str,
        Field(
            description="A text, or a query.",
            examples=["Die Häuser am Fluss"],
            json_schema_extra={"minLength": 1, "maxLength": MAX_QUERY_CHARACTERS},
        ),
    ]
    language: Annotated[str | None, Field(description="Its language (BCP 47); else it is told by the words.")] = None
    query: Annotated[bool, Field(description="Whether it is read as a query of the index.")] = False


class AnalyzeUrl(UrlFields, AnalyzeFields):
    """An analysis as the parameters of a URL."""


class TokenModel(BaseModel):
    """A term and the characters ``start`` to ``end`` (exclusive) of the text that it stands for."""

    term: Annotated[str, Field(examples=["de:haus"], description="Stems stand after the tag of their language.")]
    start: int
    end: int
    weight: Annotated[float | None, Field(description="Of a query: what a match counts.")] = None


class AnalysisModel(BaseModel):
    """What a text's terms are. Of a query also ``did_you_mean``."""

    languages: list[LanguageModel]
    tokens: list[TokenModel]
    did_you_mean: str | None = None


def of_text(text: str, language: str | None) -> AnalysisModel:
    """A text as it is indexed. Raises `InvalidRequest`."""
    _check(text, language)
    tag, probability = (language, 1.0) if language else detect(text)
    tokens = [TokenModel(term=token.term, start=token.start, end=token.end) for token in analyze(text, tag)]
    return AnalysisModel(languages=[LanguageModel(language=tag, probability=round(probability, 4))], tokens=tokens)


def of_query(engine: Engine, text: str, language: str | None) -> AnalysisModel:
    """A query as the keyword leg of ``engine`` asks it. Raises `InvalidRequest`."""
    _check(text, language)
    request = SearchRequest(text, query_language=language)
    found = engine.read(lambda view: understand(request, view.snapshot, engine.rules.now()))
    weights = {term: weight for word in found.words.words for term, weight in word.terms.items()}
    tokens = {
        (token.term, token.start, token.end): TokenModel(
            term=token.term, start=token.start, end=token.end, weight=round(weights[token.term], 4)
        )
        for tag in found.languages or ("und",)
        for token in analyze(text, tag)
        if token.term in weights
    }
    return AnalysisModel(
        languages=[LanguageModel(language=tag, probability=round(share, 4)) for tag, share in found.languages.items()],
        tokens=[tokens[key] for key in sorted(tokens, key=lambda key: (key[1], key[2], key[0]))],
        did_you_mean=found.did_you_mean,
    )


def _check(text: str, language: str | None) -> None:
    check_text("text", text)
    if language is not None:
        check_languages("language", [language])

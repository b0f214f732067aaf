"""What travels out of ``/v1/languages``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field

from paraglot.api.language_names import names, scripts
from paraglot.search.index import LanguageCount
from paraglot.search.text.languages import LANGUAGES, primary

Reach: TypeAlias = Literal["covered", "weak", "not_covered", "unknown"]


class IndexLanguageModel(BaseModel):
    """A language of the index, and how far each leg reaches it."""

    language: Annotated[str, Field(description="BCP 47 tag; `und`: it could not be told.", examples=["de"])]
    name: Annotated[str, Field(description="Its name in itself.", examples=["Deutsch"])]
    english_name: Annotated[str, Field(examples=["German"])]
    articles: Annotated[int, Field(description="Articles with a paragraph in it.")]
    paragraphs: int
    keyword: Annotated[
        Literal["analysed", "surface"],
        Field(description="analysed: words meet in all their forms; surface: as they are written."),
    ]
    semantic: Annotated[
        Reach,
        Field(
            description="covered: the encoder knows it well; weak: less well, or only others of its script; "
            "not_covered: none of its script; unknown: the encoder does not say what it covers, or the language is not "
            "known."
        ),
    ]
    semantic_share: Annotated[
        float | None,
        Field(
            description="How much the encoder finds in it: the share of everyday sentences whose translation is the "
            "nearest of up to a thousand English ones; null: not measured."
        ),
    ]


class LanguagesModel(BaseModel):
    """The languages of the index, that of the most paragraphs first."""

    languages: list[IndexLanguageModel]
    generation: int

    @classmethod
    def of(
        cls, counts: Sequence[LanguageCount], covered: Sequence[str], found: Mapping[str, float], generation: int
    ) -> LanguagesModel:
        """From what a view counts, the languages that the encoder covers (none: not known), and what it was measured
        to find in each.
        """
        return cls(languages=[_language(count, covered, found) for count in counts], generation=generation)


def _language(count: LanguageCount, covered: Sequence[str], found: Mapping[str, float]) -> IndexLanguageModel:
    name, english_name = names(count.language)
    return IndexLanguageModel(
        language=count.language,
        name=name,
        english_name=english_name,
        articles=count.articles,
        paragraphs=count.paragraphs,
        keyword="analysed" if primary(count.language) in LANGUAGES else "surface",
        semantic=reach(count.language, covered),
        semantic_share=found.get(count.language, found.get(primary(count.language))),
    )


def reach(tag: str, covered: Sequence[str]) -> Reach:
    """How far an encoder that covers the languages ``covered`` reaches another.

    >>> reach("nn", ["no"]), reach("br", ["fr"]), reach("am", ["fr"]), reach("fr", [])
    ('covered', 'weak', 'not_covered', 'unknown')
    """
    if not covered or primary(tag) == "und":
        return "unknown"
    if primary(tag) in map(primary, covered):
        return "covered"
    own_scripts = scripts(tag)
    if not own_scripts:
        return "unknown"
    return "weak" if any(own_scripts & scripts(other) for other in covered) else "not_covered"

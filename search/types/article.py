"""What is indexed: articles and their paragraphs, and who an encoder is. No entity carries a score."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

AttributeValue: TypeAlias = str | int | float | bool | list["AttributeValue"] | dict[str, "AttributeValue"] | None

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""The shape of a BCP 47 tag as far as we read one: a language and subtags."""


@dataclass(frozen=True, slots=True)
class Article:
    """An article as it was read: its head and where its paragraphs lie in ``text``.

    ``text`` is the body without the title; ``date`` is ISO 8601 as given. ``attributes`` are the further fields of
    the input.
    """

    id: str
    title: str
    text: str
    language: str
    url: str | None = None
    date: str | None = None
    source: str | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of an article.

    ``row`` is the integer key shared by all stores of one index, ``position`` counts from 0 within the article,
    ``start`` and ``end`` are offsets in characters into the article's ``text``. ``heading`` is the sub-heading that it
    stands under, or ""; ``anchor`` the name of that heading in the article's page on the web, or "".
    """

    row: int
    id: str
    article_id: str
    position: int
    text: str
    language: str
    heading: str
    start: int
    end: int
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """Who an encoder is. Two encoders with the same ``fingerprint`` give the same vectors for the same text.

    ``name`` is what ``--model`` takes. ``max_tokens`` is the longest input in tokens that is encoded whole (None: no
    limit); prefixes are put before a query or a paragraph before encoding. ``languages`` are those that the encoder is
    known to cover (empty: not known).
    """

    name: str
    fingerprint: str
    dimension: int
    max_tokens: int | None = None
    query_prefix: str = ""
    paragraph_prefix: str = ""
    pooling: str = ""
    languages: tuple[str, ...] = ()

"""What every index takes for an article, however it keeps it. Start at `check_article`.

Readers of files mend what they are given before it comes here; who writes to an index in code is told.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from paraglot.search.errors import InvalidRequest
from paraglot.search.text.dates import read_period
from paraglot.search.text.normal_form import id_form
from paraglot.search.types import Article, Paragraph, check_languages

MAX_ID_CHARACTERS = 500

MOST_LEVELS = 50
"""What is nested deeper than this is hardly data, and no JSON writer goes to any depth."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def check_article(article: Article) -> None:
    """Raises `InvalidRequest`, which names the field, where an article is none that an index can hold."""
    check_id(article.id)
    which = f"article {article.id!r}"
    _check_text("title", article.title, which)
    _check_said("text", article.text, which)
    _check_language(article.language, which)
    for name in ("url", "date", "source"):
        if (value := getattr(article, name)) is not None:
            _check_text(name, value, which)
    if article.date is not None and read_period(article.date) is None:
        raise InvalidRequest("date", f"The date {article.date!r} of the {which} is not ISO 8601, as 2024-05-31 is.")
    if not _is_json(dict(article.attributes)):
        detail = f"texts, finite numbers, lists and objects, at most {MOST_LEVELS} of them within each other"
        raise InvalidRequest("attributes", f"The attributes of the {which} are not what JSON has: {detail}.")


def check_paragraphs(article: Article, paragraphs: Sequence[Paragraph]) -> None:
    """Raises `InvalidRequest` where these are no paragraphs of an article: none, or one without id or text."""
    if not paragraphs:
        raise InvalidRequest("paragraphs", f"The article {article.id!r} has no paragraphs.")
    used: set[str] = set()
    for paragraph in paragraphs:
        which = f"paragraph {paragraph.position} of the article {article.id!r}"
        _check_said("id", paragraph.id, which)
        _check_said("text", paragraph.text, which)
        _check_text("heading", paragraph.heading, which)
        _check_language(paragraph.language, which)
        if id_form(paragraph.id) in used:
            raise InvalidRequest("id", f"The article {article.id!r} has two paragraphs with the id {paragraph.id!r}.")
        used.add(id_form(paragraph.id))


def check_id(article_id: str) -> None:
    """Raises `InvalidRequest` for what cannot be an article's id."""
    _check_text("id", article_id, "article")
    if not id_form(article_id).strip() or len(article_id) > MAX_ID_CHARACTERS or _CONTROL.search(article_id):
        given = f"{article_id[:50]!r}{'…' if len(article_id) > 50 else ''}"
        raise InvalidRequest("id", f"{given} is no id: it has 1 to {MAX_ID_CHARACTERS} characters that can be read.")


def _check_said(name: str, value: object, which: str) -> None:
    """As `_check_text`, and it must say something."""
    _check_text(name, value, which)
    if not str(value).strip():
        raise InvalidRequest(name, f"The {which} has no {name}.")


def _check_text(name: str, value: object, which: str) -> None:
    if not isinstance(value, str):
        raise InvalidRequest(name, f"The {name} of the {which} must be a text, not {value!r:.50}.")
    if _SURROGATE.search(value):
        raise InvalidRequest(name, f"The {name} of the {which} holds a lone surrogate, which is half a character.")


def _check_language(tag: object, which: str) -> None:
    _check_text("language", tag, which)
    check_languages("language", [str(tag)])


def _is_json(value: object, levels: int = MOST_LEVELS) -> bool:
    if isinstance(value, dict):
        return levels > 0 and all(
            isinstance(name, str) and _is_json(name) and _is_json(inner, levels - 1) for name, inner in value.items()
        )
    if isinstance(value, list):
        return levels > 0 and all(_is_json(inner, levels - 1) for inner in value)
    if isinstance(value, str):
        return not _SURROGATE.search(value)
    return value is None or isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))

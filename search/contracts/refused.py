"""What no index takes for an article, of the contract of an index."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from paraglot.search.errors import InvalidRequest


def fault(work: Callable[..., object], *given: object) -> str:
    """The field that some work is refused for; "" where it is not."""
    try:
        work(*given)
    except InvalidRequest as refused:
        return refused.field
    return ""


NESTED = json.loads("[" * 60 + "]" * 60)

NO_ARTICLES: tuple[tuple[str, Any], ...] = (
    *(("id", value) for value in ("", " ", 5, None, "a\nb", "\ud800", "x" * 501)),
    *(("title", value) for value in (None, 5, "\ud800")),
    *(("text", value) for value in ("", " \n\n ", None, 5, ["Text."], "\ud800")),
    *(("language", value) for value in ("nonsense!", "", None, 5, "en us", "english")),
    *(("date", value) for value in ("yesterday", "", 2024)),
    ("url", 5),
    ("source", ["Gazette"]),
    *(("attributes", {"a": value}) for value in (float("nan"), object(), (1, 2), {1: 2}, "\ud800", NESTED)),
)
"""A field of an article, and what it cannot hold."""

NO_PARAGRAPHS: tuple[tuple[str, Any], ...] = (
    *(("id", value) for value in ("", None)),
    *(("text", value) for value in ("", " ", 5)),
    ("heading", None),
    *(("language", value) for value in ("nonsense!", None)),
)

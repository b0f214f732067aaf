"""The words of the page in each language of its readers: one table per file of ``texts/``, all with the same names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias

from paraglot.api.language_names import locale_in
from paraglot.search.text.languages import primary

FOLDER = Path(__file__).parent / "texts"
DEFAULT = "en"
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")
SAME = {"no": "nb", "nn": "nb", "iw": "he", "in": "id"}
"""Other tags of languages that the texts are in, former ones included."""

EMBEDDED = (
    *("anywhere", "search", "searching", "results_count", "nothing", "no_answer", "did_you_mean", "more"),
    *("more_results", "show_less_likely", "hide_less_likely", "less_likely", "same_subject", "again", "failed"),
    *("error_busy", "not_here", "suggestions", "filters", "languages", "sources", "years", "more_values"),
    *("remove_filters", "close", "sort", "relevance_first", "newest_first", "oldest_first"),
)
"""The texts that the components in pages of other sites have, too."""

Texts: TypeAlias = Mapping[str, str]

_RANGE = re.compile(r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")


@cache
def all_texts() -> Mapping[str, Texts]:
    """The texts by language, in the order of the tags."""
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))}


def choose(chosen: str, accepted: str) -> str:
    """The language of the page: the one asked for, else the one that ``Accept-Language`` likes best, else English.

    >>> choose("", "eu-ES, zh-TW;q=0.8, fr;q=0.5"), choose("ar", "fr"), choose("", "nn"), choose("", "eu")
    ('zh', 'ar', 'nb', 'en')
    """
    texts = all_texts()
    if SAME.get(chosen, chosen) in texts:
        return SAME.get(chosen, chosen)
    liked = []
    for part in accepted[:1000].split(","):
        match = _RANGE.fullmatch(part)
        if match:
            tag = match[1].partition("-")[0].lower()
            liked.append((-float(match[2] or 1), SAME.get(tag, tag)))
    ordered = sorted(liked, key=lambda entry: entry[0])
    return next((tag for weight, tag in ordered if weight < 0 and tag in texts), DEFAULT)


def locale_of(ui: str, accepted: str) -> str:
    """The locale of a reader of ``ui``, with the first country that ``Accept-Language`` names with it, if any.

    >>> locale_of("en", "fr, en-GB,en;q=0.9"), locale_of("de", "en-GB, de"), locale_of("en", "en-XX")
    ('en_GB', 'de', 'en')
    """
    tags = (match[1] for part in accepted[:1000].split(",") if (match := _RANGE.fullmatch(part)))
    return next((locale_in(tag) or ui for tag in tags if primary(tag) == ui), ui)


def embedded(ui: str) -> Mapping[str, object]:
    """What the components are told: their texts in the language ``ui``, and how it runs."""
    texts = all_texts()[ui]
    texts_here = {name: texts[name] for name in EMBEDDED}
    return {"lang": ui, "dir": "rtl" if ui in RIGHT_TO_LEFT else "ltr", "texts": texts_here}

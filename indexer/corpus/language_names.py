"""Languages as people and libraries write them (``ger``, ``Deutsch``, ``en_US.UTF-8``) as BCP 47 tags, by CLDR."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from paraglot.search.text.languages import LANGUAGES
from paraglot.search.types import LANGUAGE_TAG

NONE_NAMED = frozenset(("und", "mul", "zxx", "mis", "root", "art", "qaa"))
"""Codes that say of a text that its language is not known, several, none, or one without a code."""

_TWO_LETTERS = {"nor": "no", "fil": "tl", "msa": "ms", "hbs": "sr", "hrv": "hr", "bos": "bs", "srp": "sr"}
_MISTAKEN = {"jp": "ja", "cz": "cs", "dk": "da", "gr": "el", "ua": "uk", "cn": "zh", "vn": "vi"}
"""Codes of countries that are no codes of languages, and what is meant by them."""
_FORMER = {"iw": "he", "in": "id", "ji": "yi", "mo": "ro"}
_MOST_CHARACTERS = 200
_SUBTAGS = {"uk": "GB", "chs": "Hans", "cht": "Hant"}


@lru_cache(maxsize=4096)
def language_tag(name: str) -> str:
    """A BCP 47 tag in its usual case (``zh-Hant-TW``), two letters where there are two.

    Raises `ValueError` where no one language is named.

    >>> language_tag("PT_br"), language_tag("ger"), language_tag("Deutsch"), language_tag("en_US.UTF-8")
    ('pt-BR', 'de', 'de', 'en-US')
    """
    text = name.rpartition("/")[2] if "://" in name else name
    text = re.split(r"[.@;]", text)[0].strip().strip("\"'")
    tag = re.sub(r"-[A-Za-z0-9]-.*", "", text.replace("_", "-"))  # varieties of one's own, as after "x"
    found = _tagged(tag) if LANGUAGE_TAG.fullmatch(tag) else None
    found = found or _named(text)
    if found is None:
        raise ValueError(f"{name[:100]!r} is not a language tag such as 'de' or 'zh-TW'")
    return found


def is_language_tag(name: str) -> bool:
    """Whether a name is a tag of two letters, with a country or script at most, and no common word besides.

    >>> is_language_tag("de"), is_language_tag("pt_BR"), is_language_tag("zh-Hant"), is_language_tag("id")
    (True, True, True, False)
    """
    if not re.fullmatch(r"[A-Za-z]{2}(?:[-_][A-Za-z]{2,4})?", name) or name in ("id", "to", "is", "as", "or"):
        return False
    return _tagged(name.replace("_", "-")) is not None


def _tagged(tag: str) -> str | None:
    first, *rest = tag.split("-")
    first = first.lower()
    first = _FORMER.get(first) or _MISTAKEN.get(first) or (_of_three(first) if len(first) == 3 else first)
    if first in NONE_NAMED or not (first in LANGUAGES or first in _codes()):  # CLDR takes 4 MB and a tenth of a second
        return None
    rest = [_SUBTAGS.get(part.lower(), part) if number == 0 else part for number, part in enumerate(rest)]
    cased = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower() for part in rest]
    return "-".join([first, *cased])


def _of_three(code: str) -> str:
    """Two letters for three, of the bibliographic codes and of one Chinese, Arabic and the like, too."""
    from babel.core import get_global

    return _TWO_LETTERS.get(code) or str(get_global("language_aliases").get(code, code)).partition("_")[0]


@cache
def _codes() -> frozenset[str]:
    from babel import Locale
    from babel.core import get_global

    listed = {str(subtags).partition("_")[0] for subtags in get_global("likely_subtags")}
    return frozenset(listed | {str(language).partition("_")[0] for language in Locale.parse("en").languages} | {"no"})


def _named(name: str) -> str | None:
    """The tag for a language's name, in English, in itself, or in a language that is read."""
    if len(name) > _MOST_CHARACTERS:
        return None
    key = " ".join(re.sub(r"\(.*?\)", " ", name).casefold().split())
    if len(key) < 2 or len(key) > 40 or (len(key) <= 3 and key.isascii()):
        return None
    code = _names("en").get(key)
    if code is None:
        code = next((found for tag in LANGUAGES if tag != "en" and (found := _names(tag).get(key))), None)
    return _tagged(code) if code else None


@cache
def _names(of: str) -> dict[str, str]:
    from babel import Locale
    from babel.core import UnknownLocaleError

    try:
        languages = Locale.parse(of).languages
    except (UnknownLocaleError, ValueError):
        return {}
    return {name.casefold(): code.replace("_", "-") for code, name in languages.items() if code not in NONE_NAMED}

"""The one table of languages: how the words of each are brought to stems, and which say nothing in a query.

A language that is missing here is still searched, by the words as they stand. See docs/decisions/0010-analysis.md.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, TypeAlias

from paraglot.search.text.stems import WORD_DATA as WORD_DATA
from paraglot.search.text.stems import light_stem

Stems: TypeAlias = Literal["snowball", "light", "hebrew", "pairs", "none"]
"""How a language's own terms are made: by a Snowball stemmer; by a table of endings (`paraglot.search.text.stems`);
Hebrew's prefixes and endings left off; as they stand, with pairs of neighbours beside, where a word is written as
several; not at all."""


@dataclass(frozen=True, slots=True)
class Language:
    """One row: the primary tag of BCP 47, the name, the scripts (ISO 15924), and how stems are made.

    ``stemmer`` is Snowball's name of the language; ``stop_words`` says whether a query's may be dropped.
    """

    tag: str
    name: str
    scripts: tuple[str, ...]
    stems: Stems
    stemmer: str = ""
    stop_words: bool = True


def _snowball(tag: str, name: str, *scripts: str, stemmer: str = "", stop_words: bool = True) -> Language:
    return Language(tag, name, scripts or ("Latn",), "snowball", stemmer or name.lower(), stop_words)


def _light(tag: str, name: str, *scripts: str, stop_words: bool = True) -> Language:
    return Language(tag, name, scripts or ("Latn",), "light", "", stop_words)


def _unspaced(tag: str, name: str, *scripts: str) -> Language:
    return Language(tag, name, scripts, "none", "", stop_words=False)


_ROWS = (
    _snowball("ar", "Arabic", "Arab"),
    _snowball("ca", "Catalan"),
    _snowball("cs", "Czech"),
    _snowball("da", "Danish"),
    _snowball("de", "German"),
    _snowball("el", "Greek", "Grek"),
    _snowball("en", "English"),
    _snowball("eo", "Esperanto"),
    _snowball("es", "Spanish"),
    _snowball("et", "Estonian"),
    _snowball("eu", "Basque"),
    _snowball("fa", "Persian", "Arab"),
    _snowball("fi", "Finnish"),
    _snowball("fr", "French"),
    _snowball("ga", "Irish"),
    _snowball("gl", "Galician", stemmer="portuguese"),
    _snowball("hi", "Hindi", "Deva"),
    _snowball("hu", "Hungarian"),
    _snowball("hy", "Armenian", "Armn"),
    _snowball("id", "Indonesian"),
    _snowball("it", "Italian"),
    _snowball("lt", "Lithuanian"),
    _snowball("ms", "Malay", stemmer="indonesian"),
    _snowball("ne", "Nepali", "Deva", stop_words=False),
    _snowball("nl", "Dutch"),
    _snowball("no", "Norwegian"),
    _snowball("pl", "Polish"),
    _snowball("pt", "Portuguese"),
    _snowball("ro", "Romanian"),
    _snowball("ru", "Russian", "Cyrl"),
    _snowball("sv", "Swedish"),
    _snowball("ta", "Tamil", "Taml", stop_words=False),
    _snowball("tr", "Turkish"),
    _snowball("yi", "Yiddish", "Hebr", stop_words=False),
    _light("af", "Afrikaans"),
    _light("be", "Belarusian", "Cyrl", stop_words=False),
    _light("bg", "Bulgarian", "Cyrl"),
    _light("bn", "Bengali", "Beng"),
    _light("hr", "Croatian"),
    _light("is", "Icelandic", stop_words=False),
    _light("ka", "Georgian", "Geor", stop_words=False),
    _light("kk", "Kazakh", "Cyrl", stop_words=False),
    _light("la", "Latin"),
    _light("lv", "Latvian"),
    _light("mk", "Macedonian", "Cyrl", stop_words=False),
    _light("mr", "Marathi", "Deva"),
    _light("sk", "Slovak"),
    _light("sl", "Slovenian"),
    Language("sr", "Serbian", ("Cyrl", "Latn"), "light", "serbian", stop_words=False),
    _light("sq", "Albanian", stop_words=False),
    _light("sw", "Swahili"),
    _light("tl", "Tagalog"),
    _light("uk", "Ukrainian", "Cyrl"),
    _light("ur", "Urdu", "Arab"),
    Language("he", "Hebrew", ("Hebr",), "hebrew"),
    Language("vi", "Vietnamese", ("Latn",), "pairs", stop_words=False),
    _unspaced("zh", "Chinese", "Hani"),
    _unspaced("ja", "Japanese", "Hani", "Kana"),
    _unspaced("ko", "Korean", "Hang", "Hani"),
    _unspaced("th", "Thai", "Thai"),
    _unspaced("lo", "Lao", "Laoo"),
    _unspaced("km", "Khmer", "Khmr"),
    _unspaced("my", "Burmese", "Mymr"),
)

LANGUAGES = {row.tag: row for row in _ROWS}
"""Primary tag → row."""

_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "bs": "hr", "sh": "hr", "fil": "tl", "cmn": "zh"}


@lru_cache(1 << 10)
def primary(tag: str) -> str:
    """The language of a tag without its varieties, one tag for what is analysed alike.

    >>> primary("zh-TW"), primary("nb"), primary("und")
    ('zh', 'no', 'und')
    """
    first = tag.partition("-")[0].lower()
    return _SAME.get(first, first)


def stems_of(tag: str) -> Stems:
    """How terms of the language with a primary tag are made; "none" for one that is not in the table."""
    return LANGUAGES[tag].stems if tag in LANGUAGES else "none"


@cache
def stemmer(tag: str) -> Callable[[str], str]:
    """From a word of the language, in lower case with its accents, to its stem. For "pairs" and "none": the word."""
    stems = stems_of(tag)
    if stems == "snowball":
        return snowball(LANGUAGES[tag].stemmer)
    if stems == "light":
        return lambda word: light_stem(word, tag)
    return _hebrew if stems == "hebrew" else str


@cache
def snowball(algorithm: str) -> Callable[[str], str]:
    """Snowball's stemmer of a name."""
    import Stemmer

    thread_local = threading.local()  # a stemmer keeps state, and threads share this function

    def stem(word: str) -> str:
        if not hasattr(thread_local, "stemmer"):
            thread_local.stemmer = Stemmer.Stemmer(algorithm, 0)
        return str(thread_local.stemmer.stemWord(word))

    return stem


@cache
def stop_words(tag: str) -> frozenset[str]:
    """Words that say nothing in a query of the language, in lower case with their accents."""
    return frozenset(_word_lists("stop_words.txt").get(tag, "").split())


@cache
def _word_lists(name: str) -> dict[str, str]:
    """Primary tag → words of the language, a space between each two."""
    lines = (WORD_DATA / name).read_text("utf-8").splitlines()
    return {tag: words for tag, _, words in (line.partition(" ") for line in lines)}


@cache
def common_words(tag: str) -> frozenset[str]:
    """The surface forms of words that hardly tell what a text in a language is about: more than its `stop_words`.

    The encoder's glosses and the weights of the lexicon were made with these; the keyword leg looks for most of them.
    """
    return frozenset(_word_lists("common_words.txt").get(tag, "").split())


PREFIXED = "והבלמשכ"
"""Hebrew words of one letter (and, the, in, to, from, that, as), written with the next."""


def _hebrew(word: str) -> str:
    """Without one or two of the words that are written with the next (and, the, in, to, from, that) and a plural."""
    for _ in range(2):
        if len(word) > 3 and word[0] in PREFIXED:
            word = word[1:]
    for ending in ("ים", "ות"):
        if len(word) > 4 and word.endswith(ending):
            return word[:-2]
    return word

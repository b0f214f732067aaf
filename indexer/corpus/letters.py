"""Which of several readings of the same bytes is a text: the judge of legacy encodings. Start at `likelihood`.

A reading is judged by its words: how probable the encoder's pieces make those that hold other letters than ASCII's, all
of the bytes alike, so that the sums of two readings are compared as they are. Beside that count letters that the told
language does not have, words in two scripts, symbols amid letters, and how common an encoding is.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

import regex

from paraglot.search.encoders.builtin import MODEL_FOLDER
from paraglot.search.encoders.builtin.tokenizer import PieceTable

_LATIN = {
    "af": "áèéêëíîïôöúû", "az": "əçğıöşü", "bs": "čćđšž", "ca": "àçèéíïòóúü·", "cs": "áčďéěíňóřšťúůýž",
    "cy": "âêîôûŵŷïáéöàü", "da": "æøåéü", "de": "äöüßé", "eo": "ĉĝĥĵŝŭ", "es": "áéíñóúüºª", "et": "äöõüšž",
    "eu": "ñç", "fi": "äöåšž", "fr": "àâæçèéêëîïôœùûüÿ", "ga": "áéíóú", "gl": "áéíñóúüï", "hr": "čćđšž",
    "hu": "áéíóöőúüű", "is": "áæðéíóöúýþ", "it": "àèéìíîòóùúºª", "lt": "ąčęėįšųūž", "lv": "āčēģīķļņšūžō",
    "mt": "ċġħżàèìòù", "nl": "áéëïóöüèíêç", "no": "æøåéòôâóèêü", "pl": "ąćęłńóśźż", "pt": "áâãàçéêíóôõúüºª",
    "ro": "ăâîșțşţ", "sk": "áäčďéíĺľňóôŕšťúýž", "sl": "čšžćđ", "sq": "çë", "sv": "åäöéàü", "tr": "çğıöşüâîû",
}  # fmt: skip
_OTHER = {
    "be": "абвгдеёжзійклмнопрстуўфхцчшыьэюя", "bg": "абвгдежзийклмнопрстуфхцчшщъьюя",
    "el": "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ", "mk": "абвгдѓежзѕијклљмнњопрстќуфхцчџш",
    "kk": "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя",
    "ru": "абвгдежзийклмнопрстуфхцчшщъыьэюяё", "sr": "абвгдђежзијклљмнњопрстћуфхцчџшčćđšž",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
}  # fmt: skip
_LETTERS = {tag: frozenset(letters) for tag, letters in (_LATIN | _OTHER).items()}
"""Language → its letters beyond ASCII's. Others are foreign to it, not impossible."""

_UNKNOWN_PIECES = frozenset(["af", "az", "cy", "eo", "eu", "ga", "gl", "is", "mk", "mt", "sq", "bs", "kk"])
"""Languages whose words the pieces hardly know: there the letters decide."""

_COMMON = {
    "cp1252": 1.0, "cp1251": 1.0, "cp1250": 0.97, "iso8859-2": 0.96, "iso8859-15": 0.9, "cp1254": 0.9,
    "iso8859-9": 0.88, "cp1257": 0.93, "iso8859-13": 0.9, "iso8859-4": 0.6, "iso8859-16": 0.9, "mac-roman": 0.8,
    "mac-latin2": 0.6, "cp437": 0.7, "cp850": 0.8, "cp852": 0.8, "cp775": 0.75, "cp857": 0.75, "cp861": 0.55,
    "cp865": 0.7, "cp855": 0.5, "cp869": 0.5, "mac-cyrillic": 0.75, "cp866": 0.9, "koi8-r": 0.97, "koi8-u": 0.97,
    "iso8859-5": 0.9, "cp737": 0.85, "cp720": 0.8, "cp862": 0.85, "cp1258": 0.85,
    "cp860": 0.7, "cp1125": 0.8, "johab": 0.7, "kz1048": 0.8, "ptcp154": 0.7,
    "iso8859-3": 0.6, "iso8859-14": 0.6, "mac-greek": 0.6, "mac-turkish": 0.6, "mac-iceland": 0.6,
}  # fmt: skip
_COMMONNESS, _RESEMBLANCE, _ODD, _FOREIGN, _FOREIGN_ALONE = 10, 8, 6, 4, 12
"""What each kind of evidence weighs, in natural logarithms of probability, as the pieces give them."""

_UNKNOWN_CHARACTER = -22.0
_AMID_SYMBOL, _SYMBOL, _RARE, _APOSTROPHE, _IN_PLACE = 11, 6, 14, 4, 6
_SYMBOLS = frozenset("’‘“”„«»–—…·•§°€£©®™¡¿\xa0‚‹›№")
_STRIPPED = b"\"'()[],.;:!?-<>"
MOST_WORDS = 150

_RUN = regex.compile(r"[\p{L}\p{M}]+|[^\p{L}\p{M}\x00-\x7f]")
_FOREIGN_SCRIPTS = r"\p{Cyrillic}\p{Greek}\p{Hebrew}\p{Arabic}\p{Thai}"
_WORD = regex.compile(r"\w+")
_LATIN_LETTER = regex.compile(r"\p{Latin}")
_FOREIGN_LETTER = regex.compile(rf"[{_FOREIGN_SCRIPTS}\p{{Han}}\p{{Hangul}}]")
_LONE = regex.compile(rf"(?<![\p{{L}}\p{{M}}])[{_FOREIGN_SCRIPTS}]{{1,2}}(?![\p{{L}}\p{{M}}])")
_NO_TEXT = regex.compile("[\x80-\x9f\ufffd¤]")
_CASE = regex.compile(r"\p{Ll}\p{Lu}")
_MARK = regex.compile(r"\p{M}")
_BEFORE = r"\p{L}\p{M}\p{Nd}\s'’‘`´\"“”»«()\[\],.;:!?…·\-–—/&@_*|<>=+%$€£#~°§©®™²³\u200c\u200d\u00ad"
_AFTER = r"\p{L}\p{M}\p{Nd}\s'’‘`´\"“”„»«¡¿()\[\],.;:!?…·\-–—/&@_*|<>=+%$€£#~°§©®™\u200c\u200d\u00ad"
_AMID = regex.compile(rf"(?<=\p{{L}})[^{_BEFORE}]|[^{_AFTER}](?=\p{{L}})")


def foreign_words(content: bytes) -> list[bytes]:
    """The words of a text that hold more than ASCII, each once, at most `MOST_WORDS`."""
    distinct: dict[bytes, None] = {}
    for word in content.split():
        word = word.strip(_STRIPPED)
        if not word.isascii():
            distinct[word] = None
        if len(distinct) >= MOST_WORDS:
            break
    return list(distinct)


def likelihood(text: str, words: Sequence[str], language: str, encoding: str, resemblance: float, latin: bool) -> float:
    """How likely a reading is, as a logarithm that compares with those of other readings of the same bytes.

    ``words`` are its `foreign_words`, ``resemblance`` (0 to 1) is what a detector of encodings gives it, ``latin`` says
    that the text is in Latin letters by its ASCII.
    """
    odd = oddities(text)
    if latin:
        odd += 2 * len(_LONE.findall(text)) + (0 if language == "vi" else 2 * len(_MARK.findall(text)))
    letters = _LETTERS.get(language)
    foreign = 0 if letters is None else sum(_is_foreign(letter, letters) for word in words for letter in word.lower())
    return (
        sum(map(_word, words))
        + _COMMONNESS * math.log(_COMMON.get(encoding, 1.0))
        + _RESEMBLANCE * math.log(max(resemblance, 0.001))
        - _ODD * odd
        - (_FOREIGN_ALONE if language in _UNKNOWN_PIECES else _FOREIGN) * foreign
    )


def oddities(text: str) -> int:
    """How often something stands in a text that stands in none: controls, words in two scripts, signs amid letters."""
    words = (word for word in _WORD.findall(text) if not word.isascii())
    two_scripts = sum(1 for word in words if _FOREIGN_LETTER.search(word) and _LATIN_LETTER.search(word))
    odd = 2 * len(_NO_TEXT.findall(text)) + 2 * two_scripts
    return odd + len(_AMID.findall(text)) + len(_CASE.findall(text))


def _is_foreign(character: str, letters: frozenset[str]) -> bool:
    return character > "\x7f" and character.isalpha() and character not in letters


def _word(word: str) -> float:
    total = 0.0
    for run in _RUN.finditer(word):
        written = run.group()
        if written[0].isalpha() or unicodedata.category(written[0])[0] == "M":
            total += _letters(written)
        else:
            before, after = word[run.start() - 1 : run.start()].isalpha(), word[run.end() : run.end() + 1].isalpha()
            total -= _symbol(written, before, after)
    return total


def _symbol(symbol: str, before: bool, after: bool) -> float:
    """What a sign costs that stands between letters or not."""
    if symbol in "’‘":
        return _APOSTROPHE
    if (symbol in "”»…›“«" and not after) or (symbol in "“„«¿¡‹»‚" and not before):
        return _IN_PLACE
    if symbol in _SYMBOLS:
        return _AMID_SYMBOL if before or after else _SYMBOL
    return _RARE


def _letters(word: str) -> float:
    """The log-probability of a word, in capitals or not."""
    best = _pieces(word)
    if any(map(str.isupper, word[1:])):
        return max(best, _pieces(word.lower()) - 2, _pieces(word.capitalize()) - 1)
    return max(best, _pieces(word.lower()) - 1) if word[:1].isupper() else best


@lru_cache(maxsize=50_000)
def _pieces(word: str) -> float:
    return _table().text_log_probability(word[:100], _UNKNOWN_CHARACTER)


@cache
def _table() -> PieceTable:
    return PieceTable(MODEL_FOLDER)

"""Bytes to text, for every reader: by byte order mark, as UTF-8, as declared, else by the likeliest encoding.

A reader calls `text_of`, which names faults to the user, or for a stream `encoding_of` with its beginning. What an
input declares is checked against its bytes. Among legacy encodings chardet names the candidates, and
`paraglot.indexer.corpus.letters` decides by their words; where two readings are about equally likely, none is taken
(docs/decisions/0030-encodings.md).
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

import regex

from paraglot.indexer.corpus.detect import detect
from paraglot.indexer.corpus.letters import foreign_words, likelihood, oddities
from paraglot.indexer.readers.inputs import Input, Unreadable

if TYPE_CHECKING:
    from chardet import DetectionDict

NO_TEXT = "not a text: binary, damaged UTF-8, or in an encoding that cannot be told"
UNTOLD = "in an encoding that cannot be told: give it with --encoding NAME"

MARGIN = 2.0
"""Natural logarithms by which a reading must beat the next one: of those nearer, every third is wrong."""

DECLARED = 12.0
"""What a declaration counts, in the same measure: a few words outweigh it."""

_SAMPLE_BYTES = 65_536
_JUDGED_BYTES = 16_384
_LEAST_RESEMBLANCE = 0.3
"""Candidates less like any language than this share of the best are not judged."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_DECLARATION = re.compile(rb"""(?:charset|encoding)\s{0,9}=\s{0,9}["']?[\w.:-]{1,40}""", re.IGNORECASE)
_TAG = re.compile(rb"</?[a-zA-Z][^<>\x80-\xff]{0,1000}>")
"""What is no part of a page's language, and often the most of its letters."""
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_SEPARATOR = b"\x1e"
"""What stands before each text of RFC 7464, and is no sign of binary data."""

_EAST_ASIAN = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\u3000-\u303f\uff00-\uffef\x09-\x0d\x20-\x7e]")
_NOT_ASCII = bytes(range(128, 256))
_WESTERN = frozenset(("cp1250", "cp1252", "cp1254", "cp1257", "iso8859-1", "iso8859-2", "iso8859-15"))
"""What a text that is English but for a letter or a sign is in."""
_MOST_ODD, _LEAST_AROUND, _LEAST_JUDGED = 3, 12, 6
"""So many wrong bytes or control characters, among so many bytes each, are slips in a text."""

_ESCAPED = ("hz", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_ext", "iso2022_kr")
_ESCAPES = re.compile(rb"\x1b\$|\x1b\(|~\{")
_RARE = frozenset(
    {"ascii", "cp1006", "cp1026", "cp1140", "cp273", "cp424", "cp500", "cp856", "cp858", "cp863"}
    | {"cp864", "cp875", "hp-roman8", "iso8859-1", "iso8859-10", "koi8-t"}
    | {"utf-7", "utf-8", "utf-8-sig", "utf-16", "utf-32", *_WIDE}
)
"""What hardly any text is in, or what another candidate holds as well."""

_WIDER = {
    **dict.fromkeys(("iso8859-1", "ascii"), "cp1252"),
    **{"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "iso8859-9": "cp1254"},
    **{"tis-620": "cp874", "iso8859-11": "cp874", "big5": "big5hkscs"},
}
"""What is written where a narrower encoding is declared, as web browsers read it."""


def text_of(source: Input, content: bytes, declared: str = "") -> str:
    """The text of an input or of a part of it; wrong bytes are U+FFFD, and told of. Raises `Unreadable`."""
    encoding = encoding_of(content, declared, source.options.encoding)
    _tell(source, encoding, declared)
    text = content.decode(encoding, "replace").removeprefix("\ufeff")
    if "\ufffd" in text and _strict(content, encoding) is None:
        wrong = text.count("\ufffd")
        if wrong * 10 > len(text):
            raise Unreadable(NO_TEXT)
        shown = encoding.removesuffix("-sig")
        warn_of_wrong_bytes(source, shown, source.place.line + text.count("\n", 0, text.index("\ufffd")), wrong)
    return text


def warn_of_wrong_bytes(source: Input, encoding: str, line: int, count: int = 1) -> None:
    """Tell of bytes that were read as U+FFFD, the first of them on ``line``."""
    more = f"{count} places" if count > 1 else "a place"
    source.warn(f"not {encoding} throughout: {more} read as \ufffd", line)


def encoding_of(content: bytes, declared: str = "", forced: str | None = None) -> str:
    """The encoding of a text or of its beginning, as Python names it. Raises `Unreadable` where it is no text.

    ``declared`` is what the input says of itself, and is believed unless the bytes say otherwise; ``forced`` is what
    the user says.
    """
    if forced:
        return forced
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return encoding
    sample = content[:_SAMPLE_BYTES]
    stray = _few_controls(sample)
    if b"\0" in sample and not (stray and _strict(content, "utf-8") is not None):
        try:
            return _wide(sample)
        except Unreadable:
            if not stray:
                raise
            content = content.replace(b"\0", b" ")
    if _ESCAPES.search(sample) and (escaped := _escaped(sample)):
        return escaped
    if _mostly_control(sample) and not stray:
        return _wide_of_east_asia(sample)
    if _strict(content, "utf-8") is not None or _damaged_utf_8(content):
        return "utf-8"
    return _judged(content, known_encoding(declared))


def encoding_of_stream(source: Input, declared: str = "") -> str:
    """The encoding of an input that is read piece by piece, by its beginning. Raises `Unreadable`."""
    sample = source.file.peek(_SAMPLE_BYTES)[:_SAMPLE_BYTES]
    if len(sample) == _SAMPLE_BYTES:  # not amid the bytes of one character
        end = max(sample.rfind(b"\n"), sample.rfind(b'"') if b"\n" not in sample else 0)
        sample = sample[: end + 1] or sample
    bare = sample.replace(_SEPARATOR, b"").rstrip(b"\x1a\r\n")
    encoding = encoding_of(bare or sample, declared, source.options.encoding)
    _tell(source, encoding, declared)
    return encoding


def _tell(source: Input, encoding: str, declared: str) -> None:
    """Say which encoding was told from the letters alone; Unicode's are told by their form."""
    if not (source.options.encoding or encoding.startswith("utf") or known_encoding(declared) == encoding):
        source.options.remarks.read_in(encoding)


def known_encoding(name: str) -> str | None:
    """The encoding of text that a name stands for, in its wider form; None where there is none."""
    try:
        info = codecs.lookup(name.strip())
        "".encode(info.name)  # not one of Python's that make bytes of bytes
    except (LookupError, ValueError, UnicodeError):
        return None
    return _WIDER.get(info.name, info.name)


def _judged(content: bytes, declared: str | None) -> str:
    """The likeliest legacy encoding that all of the content can be in, but for a few wrong bytes."""
    ranked = _ranked(_judged_part(content), declared)
    if not ranked or _is_scrap(ranked[0][2]):
        raise Unreadable(NO_TEXT)
    odd = len(content) - len(content.translate(None, _NOT_ASCII))
    damaged = odd <= _MOST_ODD and odd * _LEAST_AROUND <= len(content)  # a wrong byte or two in ASCII
    for place, (score, encoding, text) in enumerate(ranked):
        decoded = content.decode(encoding, "replace")
        if decoded.count("\ufffd") * 1000 > len(decoded):
            continue
        other = next((candidate for candidate, _, read in ranked[place + 1 :] if read != text), None)
        sure = other is None or score - other >= MARGIN
        if damaged and not (sure and (encoding in _WESTERN or _is_of_letters(text))):
            return "utf-8"
        if not sure:
            raise Unreadable(UNTOLD)
        return encoding
    raise Unreadable(UNTOLD)


def _is_of_letters(text: str) -> bool:
    return all(letter.isalpha() for letter in text if letter > "\x7f")


def _is_scrap(text: str) -> bool:
    """Whether even the likeliest reading of some bytes is no text: signs amid letters, capitals amid small ones."""
    foreign = sum(letter > "\x7f" for letter in text)
    signs = sum(
        unicodedata.category(character) in ("So", "Sm", "Sk", "Co", "Cc", "Cn")
        for character in text
        if character > "\x7f"
    )
    return foreign >= _LEAST_JUDGED and (signs + oddities(text)) * 5 > foreign


def _ranked(sample: bytes, declared: str | None) -> list[tuple[float, str, str]]:
    """Likelihood, encoding and reading, the likeliest first."""
    found = _resemblances(sample, _candidates())
    if declared and declared not in found and (text := _strict(sample, declared)) is not None:
        found[declared] = (max((resembling for resembling, _ in found.values()), default=1.0), text)
    if not found:
        return []
    least = _LEAST_RESEMBLANCE * max(resembling for resembling, _ in found.values())
    plausible = {name: resembling for name, resembling in found.items() if resembling[0] >= least or name == declared}
    languages = {name: detect(text[:3000])[0] for name, (_, text) in plausible.items()}
    letters = sum(65 <= letter <= 122 for letter in sample)
    latin = letters > 2 * sum(character > 127 for character in sample)
    if latin:  # ASCII's letters tell the language as well, whatever the others are read as
        languages = dict.fromkeys(languages, Counter(languages.values()).most_common(1)[0][0])
    ranked = []
    for name, (resemblance, text) in plausible.items():
        words = [word.decode(name, "replace") for word in foreign_words(sample)]
        score = likelihood(text, words, languages[name], name, resemblance, latin)
        ranked.append((score + (DECLARED if name == declared else 0), name, text))
    return sorted(ranked, key=lambda item: (-item[0], item[1]))


def _resemblances(sample: bytes, names: Iterable[str]) -> dict[str, tuple[float, str]]:
    """Encoding → how much its reading is like a text of any language, and the reading.

    Statistics are of texts in small letters: capitals throughout are compared as if they were none.
    """
    found: dict[str, tuple[float, str]] = {}
    for detection in _detections(sample, names):
        name = detection["encoding"]
        text = _strict(sample, name) if name else None
        if name and text is not None:
            found[name] = (float(detection["confidence"]), text)
    for name, (resemblance, text) in list(found.items()):
        if _is_in_capitals(text) and (small := _in_small_letters(text, name)):
            again = {detection["encoding"]: float(detection["confidence"]) for detection in _detections(small, [name])}
            found[name] = (max(resemblance, again.get(name, 0.0)), text)
    return found


def _detections(sample: bytes, names: Iterable[str]) -> list[DetectionDict]:
    import chardet  # 9 MB, for those alone who have texts that are not UTF-8

    names = list(names)
    return chardet.detect_all(
        sample, ignore_threshold=True, compat_names=False, include_encodings=names, no_match_encoding=names[0]
    )


@cache
def _candidates() -> tuple[str, ...]:
    from chardet.registry import REGISTRY

    return tuple(sorted(name for name in REGISTRY if name not in _RARE and name not in _ESCAPED))


def _is_in_capitals(text: str) -> bool:
    """By the words that hold more than ASCII: names of columns and of elements are in small letters beside any text."""
    words = "".join(word for word in text.split() if not word.isascii())
    large = sum(map(str.isupper, words))
    return large > 3 and large > 2 * sum(map(str.islower, words))


_SENTENCE_START = regex.compile(r"(^|[.!?]\s+|\n)(\w)")


def _in_small_letters(text: str, encoding: str) -> bytes | None:
    small = _SENTENCE_START.sub(lambda start: start[1] + start[2].upper(), text.lower())
    try:
        return small.encode(encoding)
    except UnicodeEncodeError:
        return None


def _judged_part(content: bytes) -> bytes:
    """So much of a content as is judged: lines with more than ASCII, less their tags and what chardet would believe."""
    if len(content) <= _JUDGED_BYTES:
        return _bare(content)
    lines: list[bytes] = []
    size = 0
    for line in content.split(b"\n"):
        if not line.isascii():
            lines.append(line[:_JUDGED_BYTES] if b" " in line else line[: 4 * _JUDGED_BYTES])
            size += len(lines[-1])
            if size > _JUDGED_BYTES:
                break
    return _bare(b"\n".join(lines))


def _bare(content: bytes) -> bytes:
    return _TAG.sub(b" ", _DECLARATION.sub(b"", content))


def _wide_of_east_asia(sample: bytes) -> str:
    """UTF-16 without its mark and without a zero, as of a text in Han, Kana or Hangul throughout."""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _strict(sample[: len(sample) // 2 * 2], encoding)
        if text and len(_EAST_ASIAN.findall(text)) * 10 >= 9 * len(text):
            return encoding
    raise Unreadable(NO_TEXT)


def _wide(sample: bytes) -> str:
    """UTF-16 or UTF-32 without its mark."""
    likeliest = _detections(sample[: len(sample) // 4 * 4], _WIDE)[0]
    found = likeliest["encoding"] if likeliest["confidence"] > 0.5 else None
    text = None if found is None else sample[: len(sample) // 4 * 4].decode(found, "replace")
    if found not in _WIDE or text is None or "\0" in text or text.count("\ufffd") * 100 > len(text):
        raise Unreadable(NO_TEXT)
    return found


def _escaped(sample: bytes) -> str | None:
    """One of the encodings that change their characters by escapes, where the sample is in ASCII otherwise."""
    if not sample.isascii():
        return None
    names = _ESCAPED if b"\x1b" in sample else ("hz",)
    for detection in _detections(sample, names):
        name = detection["encoding"]
        text = _strict(sample, name) if name in names and detection["confidence"] > 0.5 else None
        if name is not None and text is not None and not text.isascii():
            return name
    return None


def _damaged_utf_8(content: bytes) -> bool:
    """True for UTF-8 with some wrong bytes: whole characters outnumber them, as chance never makes them do elsewhere.

    Read in a legacy encoding it would give wrong characters throughout, without a word.
    """
    text = content.decode("utf-8", "ignore")
    non_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return non_ascii > content.decode("utf-8", "replace").count("\ufffd")


def _strict(content: bytes, encoding: str | None) -> str | None:
    try:
        return content.decode(encoding or "")
    except (UnicodeError, LookupError):
        return None


def _few_controls(sample: bytes) -> bool:
    """True where the control characters are so few, in however short a text, that they are slips in it."""
    count = len(_CONTROL_BYTES.findall(sample))
    return 0 < count <= _MOST_ODD and count * _LEAST_AROUND <= len(sample)


def _mostly_control(sample: bytes) -> bool:
    """True where more than one byte in a hundred is a control character, as in no text."""
    return len(_CONTROL_BYTES.findall(sample)) * 100 > len(sample)

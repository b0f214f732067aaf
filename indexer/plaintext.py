"""Reader of plain text: one file, one article.

The first line is the title, unless it is text itself (`indexer.headlines`); a closing ``Source: …`` line is metadata.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from charset_normalizer import from_bytes

from indexer.drafts import MAX_LINE_BYTES, Draft, Skipped
from indexer.headlines import headed
from indexer.paragraphs import clean, take_source
from indexer.readers.inputs import MAX_FILE_BYTES, Input, Unreadable

NO_TEXT = "not a text: binary, damaged UTF-8, or in an encoding that cannot be told"

_SAMPLE_BYTES = 65_536
_COMMON = (
    *(f"cp125{number}" for number in range(9)),
    *("cp874", "koi8_r", "koi8_u", "iso8859_2", "gb18030", "big5", "cp932", "euc_jp", "cp949", "euc_kr", "iso2022_jp"),
)
"""The encodings that nearly all legacy texts have."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def read_plain_text(source: Input) -> Iterator[Draft | Skipped]:
    """The article in a plain text of any encoding. Raises `Unreadable` where it is none."""
    text, named = take_source(source_text(source))
    if not text.strip():
        raise Unreadable("there is a source but no text before it")
    found = headed(text)
    yield Draft(
        source.place,
        source.id,
        found.title,
        found.body,
        date=found.date,
        source=named,
        attributes={"author": found.author} if found.author else {},
        plain=True,
        scraped=True,
    )


def source_text(source: Input) -> str:
    """An input as one text, cleaned. Raises `Unreadable` where it is too large or no text."""
    content = source.file.read(MAX_FILE_BYTES + 1)
    if not content.strip():
        raise Unreadable("the file is empty")
    for number, line in enumerate(content.splitlines(), start=1):
        if len(line) > MAX_LINE_BYTES:
            raise Unreadable(f"the line is longer than {MAX_LINE_BYTES // 1_000_000} MB", number)
    if len(content) > MAX_FILE_BYTES:
        raise Unreadable(f"a text of more than {MAX_FILE_BYTES // 1_000_000} MB: divide it into articles")
    text = decode(content)
    if text is None:
        raise Unreadable(NO_TEXT)
    return clean(text).strip()


def decode(content: bytes) -> str | None:
    """Bytes as text: by byte order mark, as UTF-8, else in the encoding that charset-normalizer tells from a sample.

    None where it is no text, or where no encoding fits.
    """
    encoding = encoding_of(content)
    return None if encoding is None else _decoded(content, encoding)


def encoding_of(content: bytes) -> str | None:
    """The encoding of a text or of its beginning; None where it is no text or none can be told."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return encoding
    wide = b"\0" in content[:_SAMPLE_BYTES]
    if not wide and _decoded(content, "utf-8") is not None:
        return None if _mostly_control(content) else "utf-8"
    if not wide and (_mostly_control(content) or _damaged_utf_8(content)):
        return None
    sample = content[:_SAMPLE_BYTES]
    if len(content) > _SAMPLE_BYTES and not wide:
        sample = sample[: sample.rfind(b"\n") + 1] or sample  # not amid the bytes of one character
    likeliest = _encoding(sample)
    if likeliest is None or (wide and not likeliest.startswith(("utf_16", "utf_32"))):
        return None
    return likeliest


def _encoding(sample: bytes) -> str | None:
    """The likeliest encoding: of those that read as cleanly as the best, a common one, the Western one before all."""
    found = from_bytes(sample)
    best = found.best()
    if best is None:
        return None
    clean = [one.encoding for one in found if one.chaos <= best.chaos]
    return next((one for one in ("cp1252", *clean) if one in clean and one in _COMMON), best.encoding)


def _damaged_utf_8(content: bytes) -> bool:
    """True for UTF-8 with some wrong bytes: whole characters outnumber them, as chance never makes them do elsewhere.

    Read in a legacy encoding it would give wrong characters throughout, without a word.
    """
    text = content.decode("utf-8", "ignore")
    whole = len(text) - len(text.encode("ascii", "ignore"))
    return whole > content.decode("utf-8", "replace").count("\ufffd")


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _mostly_control(content: bytes) -> bool:
    """True where more than one byte in a hundred is a control character, as in no text."""
    sample = content[:_SAMPLE_BYTES]
    return len(_CONTROL_BYTES.findall(sample)) * 100 > len(sample)

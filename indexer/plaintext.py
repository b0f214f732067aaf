"""Reader of plain text: one file, one article.

The first line is the title, a closing ``Source: …`` line is metadata.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from charset_normalizer import from_bytes

from indexer.drafts import MAX_LINE_BYTES, Draft, Place, Skipped
from indexer.paragraphs import clean, take_source

MAX_FILE_BYTES = 50_000_000
"""A plain text is one article, held in memory whole."""

MAX_TITLE_CHARACTERS = 300
"""A longer first line is a paragraph; the title is then its beginning."""

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


def read_plain_text(path: Path, article_id: str) -> Draft | Skipped:
    """The article in a plain text file of any encoding, or why it is none."""
    place = Place(path)
    if path.stat().st_size > MAX_FILE_BYTES:
        return _too_large(path)
    content = path.read_bytes()
    if not content.strip():
        return Skipped(place, "the file is empty")
    for number, line in enumerate(content.splitlines(), start=1):
        if len(line) > MAX_LINE_BYTES:
            return Skipped(Place(path, number), f"the line is longer than {MAX_LINE_BYTES // 1_000_000} MB")
    text = decode(content)
    if text is None:
        return Skipped(place, "not a text: binary, damaged UTF-8, or in an encoding that cannot be told")
    body, source = take_source(clean(text).strip())
    title, _, rest = body.partition("\n")
    if len(title) > MAX_TITLE_CHARACTERS:
        title, rest = f"{title[:80].rsplit(' ', 1)[0]}…", body
    if not rest.strip():
        return Skipped(place, "there is a title but no paragraph after it")
    return Draft(place, article_id, title.strip(), rest.strip("\n"), source=source, plain=True)


def decode(content: bytes) -> str | None:
    """Bytes as text: by byte order mark, as UTF-8, else in the encoding that charset-normalizer tells from a sample.

    None where it is no text, or where no encoding fits.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _decoded(content, encoding)
    wide = b"\0" in content[:_SAMPLE_BYTES]
    if not wide and (text := _decoded(content, "utf-8")) is not None:
        return None if _mostly_control(content) else text
    if not wide and (_mostly_control(content) or _damaged_utf_8(content)):
        return None
    sample = content[:_SAMPLE_BYTES]
    if len(content) > _SAMPLE_BYTES and not wide:
        sample = sample[: sample.rfind(b"\n") + 1] or sample  # not amid the bytes of one character
    likeliest = _encoding(sample)
    if likeliest is None or (wide and not likeliest.startswith(("utf_16", "utf_32"))):
        return None
    return _decoded(content, likeliest)


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


def _too_large(path: Path) -> Skipped:
    """Name the first overlong line of a large file, where there is one, rather than only its size."""
    number, length = 1, 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            head, *tail = block.split(b"\n")
            for line in [head, *tail]:
                if line is not head:
                    number, length = number + 1, 0
                length += len(line)
                if length > MAX_LINE_BYTES:
                    return Skipped(Place(path, number), f"the line is longer than {MAX_LINE_BYTES // 1_000_000} MB")
    return Skipped(Place(path), f"a plain text of more than {MAX_FILE_BYTES // 1_000_000} MB: divide it into articles")

"""Ids that are made of names: of files, of members of archives, of what other programs call an article.

A name is shown as its letters are: without what nobody sees, bytes read in the likeliest encoding, and what still
cannot be printed as ``%XX``, so that two names that can be told apart by the eye give two ids.
"""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from paraglot.indexer.corpus.drafts import SURROGATE, printable
from paraglot.indexer.corpus.encodings import encoding_of
from paraglot.indexer.corpus.paragraphs import clean
from paraglot.indexer.readers.inputs import Unreadable
from paraglot.search.text.normal_form import MARKS_IN_NAMES

_LONGEST_JUDGED = 16_384


def readable_name(name: str) -> str:
    """A name in characters that can be printed; the empty name where nothing of it can be seen.

    Bytes that are no UTF-8 stand in ``name`` as half surrogates, as Python has them.

    >>> readable_name("soft\\u00adhyphen.txt"), readable_name("latin\\udce9.txt"), readable_name("two\\nlines.txt")
    ('softhyphen.txt', 'latin\u00e9.txt', 'two lines.txt')
    """
    if printable(name) and not MARKS_IN_NAMES.search(name):
        return name
    if SURROGATE.search(name):
        name = "/".join(map(_decoded, name.split("/")))
    name = MARKS_IN_NAMES.sub("", clean(name)).replace("\n", " ").replace("\t", " ")
    return "".join(map(_printed, name))


def names_in_one_encoding(names: list[bytes]) -> list[str] | None:
    """Names that were written by one program, by their letters together; None where those cannot be told."""
    try:
        encoding = encoding_of(b"\n".join(dict.fromkeys(names))[:_LONGEST_JUDGED].rpartition(b"\n")[0] or names[0])
        return [name.decode(encoding) for name in names]
    except (Unreadable, UnicodeDecodeError):
        return None


def _decoded(part: str) -> str:
    """A part of a path whose bytes are no UTF-8, as one that is read."""
    if not SURROGATE.search(part):
        return part
    try:
        read = names_in_one_encoding([part.encode("utf-8", "surrogateescape")])
    except UnicodeEncodeError:
        return SURROGATE.sub("\ufffd", part)
    return read[0] if read else part


def _printed(character: str) -> str:
    if printable(character):
        return character
    if unicodedata.category(character) in ("Zs", "Zl", "Zp"):
        return " "
    return quote(character, errors="surrogateescape")

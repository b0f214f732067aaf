"""Whoosh's files are data: reading them runs nothing.

Whoosh keeps its table of contents, the blocks of its postings and some directories as pickles, and a pickle may name
any function to be called. Here every place where Whoosh reads one gets a reader that knows its two classes and plain
values alone; whoever made an index, nothing else is ever called. Segments are then made anew out of checked values.
"""

from __future__ import annotations

import pickle
import re
from collections import defaultdict
from collections.abc import Callable
from io import BytesIO
from types import ModuleType, SimpleNamespace
from typing import IO, Any

import whoosh.columns
import whoosh.formats
import whoosh.index
from whoosh.codec import whoosh3
from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.filedb import structfile
from whoosh.index import TOC, FileIndex

INDEX_NAME = "MAIN"

_SEGMENT_ID = re.compile("[a-z0-9]{16}")


class Refused(pickle.UnpicklingError):
    """A pickle names something that no file of an index needs."""


def _as_bytes(text: str, encoding: str) -> bytes:
    """How old pickles write bytes, without the choice of a codec."""
    if encoding != "latin1":
        raise Refused(f"bytes in the encoding {encoding!r}")
    return text.encode("latin-1")


_KNOWN: dict[tuple[str, str], Any] = {
    ("_codecs", "encode"): _as_bytes,
    ("builtins", "int"): int,
    ("collections", "defaultdict"): defaultdict,
    ("whoosh.codec.whoosh3", "W3Codec"): W3Codec,
    ("whoosh.codec.whoosh3", "W3Segment"): W3Segment,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _KNOWN[module, name]
        except KeyError:
            raise Refused(f"{module}.{name} is named, which no index needs") from None


def load(file: IO[bytes]) -> Any:
    """Read one pickle of plain values and Whoosh's own two classes. Raises `Refused`."""
    return _Unpickler(file).load()


def loads(data: bytes) -> Any:
    """As `load`, from bytes."""
    return load(BytesIO(data))


class DataIndex(FileIndex):  # type: ignore[misc]
    """A `FileIndex` whose table of contents is checked, value by value, before anything is opened by it."""

    def _read_toc(self) -> TOC:
        found = super()._read_toc()
        found.segments = [_checked(one) for one in found.segments]
        return found


def _checked(read: Any) -> W3Segment:
    """The same segment made of nothing but a number, a short name, and the sets and counts that it must have."""
    if type(read) is not W3Segment:
        raise Refused(f"a {type(read).__name__} among the segments")
    values = vars(read)
    if not _SEGMENT_ID.fullmatch(values["segid"]):
        raise Refused("a segment with an unknown form of name")
    deleted = None if values["_deleted"] is None else {int(place) for place in values["_deleted"]}
    segment = W3Segment(W3Codec(), INDEX_NAME, int(values["_doccount"]), values["segid"], deleted)
    segment.compound = bool(values["compound"])
    lengths = {str(name): int(length) for name, length in values["_fieldlengths"].items()}
    segment._fieldlengths = defaultdict(int, lengths)
    return segment


def _replace(module: ModuleType, name: str, by: object) -> None:
    """Put ``by`` in the place of what a module reads pickles with; a release without that place is not known."""
    if not hasattr(module, name):
        raise ImportError(f"{module.__name__} has no {name!r}: this release of Whoosh reads its files in another way.")
    setattr(module, name, by)


_PLACES: tuple[tuple[ModuleType, str, Callable[..., Any]], ...] = (
    (structfile, "load", load),
    (whoosh3, "loads", loads),
    (whoosh.columns, "loads", loads),
    (whoosh.formats, "loads", loads),
)
for _module, _name, _by in _PLACES:
    _replace(_module, _name, _by)
_replace(whoosh.index, "pickle", SimpleNamespace(loads=loads, dumps=pickle.dumps, PicklingError=pickle.PicklingError))
_replace(whoosh.index, "toc_loaders", {})  # of formats before ours, which it reads as pickles of many classes

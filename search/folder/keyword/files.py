"""Whoosh, as an engine: of one segment the dictionary of terms and the postings as arrays, mapped.

A segment is written once. Its places count its paragraphs from 0, in the order of their rows. Whoosh's own blocks of
postings are pickles that are unpacked one number at a time, so its codec is given another: of each term the places,
``uint32[n]`` ascending, then how often it stands in each, ``uint16[n]``, little-endian, which are used where they lie.

Whoosh's files are data: reading them runs nothing. Its dictionary ends in a pickle, which may name any function to be
called; here every place where Whoosh reads one gets a reader that knows plain values alone.
"""

from __future__ import annotations

import mmap
import pickle
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import IO, Any, NamedTuple

import numpy as np
import whoosh.columns
import whoosh.formats
import whoosh.index
from whoosh.codec import base, whoosh3
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3Segment, W3TermInfo, W3TermsReader
from whoosh.fields import TEXT
from whoosh.filedb import structfile
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

from paraglot.search.folder.keyword.postings import FIELDS, Occurrences
from paraglot.search.folder.layout import KeywordPart
from paraglot.search.parts.protocols import Field

PLACE, COUNT = np.dtype("<u4"), np.dtype("<u2")


class Refused(pickle.UnpicklingError):
    """A pickle names something that no file of an index needs."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        raise Refused(f"{module}.{name} is named, which no index needs")


def load(file: IO[bytes]) -> Any:
    """Read one pickle of plain values. Raises `Refused`."""
    return _Unpickler(file).load()


def loads(data: bytes) -> Any:
    """As `load`, from bytes."""
    return load(BytesIO(data))


class Posting(NamedTuple):
    """A term of a segment, in the order in which a segment has them: by field, then by bytes."""

    field: int
    term: bytes
    occurrences: Occurrences


class MappedFile(StructFile):  # type: ignore[misc]
    """A file that Whoosh reads where the system has mapped it. What is read by position shares no state."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            empty = path.stat().st_size == 0  # of a segment whose paragraphs have no words
            self.content = b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        super().__init__(self.content, name=path.name)
        self.is_real = False

    def get(self, position: int, length: int) -> bytes:
        """The bytes at a position."""
        return self.content[position : position + length]


class _MappedStorage(FileStorage):  # type: ignore[misc]
    def open_file(self, name: str, **_: object) -> MappedFile:
        return MappedFile(Path(self.folder) / name)


class _Segment(W3Segment):  # type: ignore[misc]
    """Whoosh's idea of a segment, with the names that the layout gives to its files."""

    def __init__(self, part: KeywordPart) -> None:
        super().__init__(_Codec(), "", segid=str(part.number))
        self._part = part

    def make_filename(self, ext: str) -> str:
        return {W3Codec.TERMS_EXT: self._part.terms, W3Codec.POSTS_EXT: self._part.postings}[ext].name


class _Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's codec but for the postings of a term, which are arrays."""

    def postings_writer(self, file: StructFile, **_: object) -> _PostingsWriter:
        return _PostingsWriter(file)


class _PostingsWriter(base.PostingsWriter):  # type: ignore[misc]
    def __init__(self, file: StructFile) -> None:
        self._file = file

    def start_postings(self, _: object, info: W3TermInfo) -> None:
        self._info = info

    def add_all(self, occurrences: Occurrences) -> None:
        content = occurrences.places.astype(PLACE).tobytes() + occurrences.counts.astype(COUNT).tobytes()
        self._info._df = len(occurrences.places)
        self._info._weight = int(occurrences.counts.sum())
        self._info.set_extent(self._file.tell(), len(content))
        self._file.write(content)

    def finish_postings(self) -> W3TermInfo:
        return self._info


class TermsWriter:
    """Writes the terms of a segment and their postings, in their order."""

    def __init__(self, part: KeywordPart) -> None:
        self._writer = W3FieldWriter(_Codec(), FileStorage(str(part.terms.parent)), _Segment(part))
        self._field = -1

    def add(self, posting: Posting) -> None:
        """Write one term. Raises `ValueError` where it is not after the one before."""
        if posting.field != self._field:
            self._writer.start_field(FIELDS[posting.field], TEXT(phrase=False))
            self._field = posting.field
        self._writer.start_term(posting.term)
        self._writer._postwriter.add_all(posting.occurrences)
        self._writer.finish_term()

    def close(self) -> None:
        """Write what stands at the end, and close the files."""
        self._writer.close()


class TermsReader:
    """Reads the terms of a segment and their postings. Safe to share between threads: it holds no position."""

    def __init__(self, part: KeywordPart) -> None:
        storage = _MappedStorage(str(part.terms.parent), readonly=True)
        reader: W3TermsReader = _Codec().terms_reader(storage, _Segment(part))
        self._reader, self._postings = reader, reader._postfile.content

    def count(self, field: Field, term: bytes) -> int:
        """How many places have a term."""
        count: int = self._reader.doc_frequency(field, term) if (field, term) in self._reader else 0
        return count

    def occurrences(self, field: Field, term: bytes) -> Occurrences | None:
        """The postings of a term, as they lie in the file; None where the segment does not have it."""
        if (field, term) not in self._reader:
            return None
        return self._read(self._reader.term_info(field, term))

    def beginning_with(self, field: Field, prefix: bytes) -> Iterator[bytes]:
        """The terms that begin with a prefix, ascending."""
        for term_field, term in self._reader.terms_from(field, prefix):
            if term_field != field or not term.startswith(prefix):
                return
            yield term

    def all(self) -> Iterator[Posting]:
        """All terms with their postings, in their order."""
        for (field, term), info in self._reader.items():
            yield Posting(FIELDS.index(field), term, self._read(info))

    def _read(self, info: W3TermInfo) -> Occurrences:
        count, (offset, _) = info.doc_frequency(), info.extent()
        places = np.frombuffer(self._postings, PLACE, count, offset)
        return Occurrences(places, np.frombuffer(self._postings, COUNT, count, offset + places.nbytes))


def _replace(module: ModuleType, name: str, replacement: object) -> None:
    """Put ``by`` in the place of what a module reads pickles with; a release without that place is not known."""
    if not hasattr(module, name):
        raise ImportError(f"{module.__name__} has no {name!r}: this release of Whoosh reads its files in another way.")
    setattr(module, name, replacement)


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

"""What belongs to each row, read from the columns of the segments that a generation consists of.

A segment never changes. What is opened of it is shared by all generations of this process that have it; which of its
rows live, each generation says.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from copy import copy
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.arrays import Arrays, map_arrays
from paraglot.search.folder.coded import decoded
from paraglot.search.folder.layout import Generation
from paraglot.search.folder.manifest import MEND_REMEDY
from paraglot.search.folder.opened import Opened, single_file
from paraglot.search.folder.segment_columns import ColumnArrays
from paraglot.search.parts.attributes import LANGUAGE, start_of
from paraglot.search.parts.gist import PackedGists
from paraglot.search.parts.protocols import Scalar
from paraglot.search.parts.ranges import ranges
from paraglot.search.parts.sampling import SAMPLE, Candidates, merged

Places: TypeAlias = NDArray[np.int64]
"""Where rows stand in a segment."""


class Column:
    """The values of one attribute. Holders are counted from 0: articles, or rows for the language.

    Each distinct value has a number; entry i says that holder ``holders[i]`` (``int32``, ascending) has the value with
    the number ``codes[i]`` (``int32``).
    """

    def __init__(self, arrays: Arrays, name: str, partial_dates: bool) -> None:
        """``name``: of its arrays; ``partial_dates``: whether a year or a month is a date."""
        self.holders, self.codes = arrays[f"{name}.holders"], arrays[f"{name}.codes"]
        self._strings = arrays[f"{name}.starts"], arrays[f"{name}.bytes"]
        self._partial_dates = partial_dates

    def of(self, holder: int) -> list[Scalar]:
        """The values of one holder."""
        first, last = np.searchsorted(self.holders, [holder, holder + 1])
        return [self._value(code) for code in self.codes[first:last]]

    def texts_of(self, holders: Sequence[int]) -> list[str]:
        """The text of each of ``holders`` where every one has just one."""
        codes = self.codes[holders]
        starts, content = self._strings[0], self._strings[1].data
        bounds = zip(starts[codes].tolist(), starts[codes + 1].tolist(), strict=True)
        return [str(_decoded(bytes(content[begin:end]))) for begin, end in bounds]

    def having(self, value_mask: NDArray[np.bool_], count: int) -> NDArray[np.bool_]:
        """Which of ``count`` holders have a value that ``value_mask`` has (one truth per distinct value)."""
        mask = np.zeros(count, np.bool_)
        mask[self.holders[value_mask[self.codes]]] = True
        return mask

    @cached_property
    def values(self) -> list[Scalar]:
        """The distinct values, each at its number."""
        return [self._value(code) for code in range(len(self._strings[0]) - 1)]

    @cached_property
    def numbers(self) -> dict[tuple[bool, Scalar], int]:
        """(whether it is a truth, value) → its number."""
        return {(isinstance(value, bool), value): number for number, value in enumerate(self.values)}

    @cached_property
    def starts(self) -> NDArray[np.float64]:
        """When each distinct value begins, in seconds since 1970; NaN where it is no date."""
        return np.array([start_of(value, self._partial_dates) for value in self.values], np.float64)

    def _value(self, number: int) -> Scalar:
        return _decoded(_string(*self._strings, int(number)))


class Segment:
    """The columns of one segment. ``rows`` ascend, ``int64[n]``; ``articles`` says for each which of the articles here
    it is of, ``int32[n]``; ``dates`` are theirs, ``float64[m]`` in seconds since 1970, NaN where there is none.
    """

    def __init__(self, columns: ColumnArrays) -> None:
        facts, self._arrays = columns
        self.rows, self.articles = self._arrays["rows"], self._arrays["articles"]
        self.checksums, self.dates = self._arrays["checksums"], self._arrays["dates"]
        self.hashes = self._arrays["article_hashes"]
        self.names: list[str] = facts["attributes"]
        self._coded = "coded" in facts
        self._by: dict[str, str] = facts["coded"] if self._coded else facts
        self._columns = {
            name: Column(self._arrays, str(place), name == "date") for place, name in enumerate(self.names)
        }

    @property
    def priorities(self) -> NDArray[np.uint64]:
        """Those of the rows in a sample; in a segment of before records' checksums stand for them."""
        priorities = self._arrays.get("priorities")
        return self.checksums.view(np.uint64) if priorities is None else priorities

    @cached_property
    def sample(self) -> Candidates | None:
        """The rows that may stand for chance; None for a large segment of before. Raises `IndexDamaged`."""
        if len(self.rows) <= SAMPLE:
            return Candidates.of(self.rows, self.priorities)
        if "sample" not in self._arrays:
            return None
        places, [until] = self._arrays["sample"], self._arrays["sample_until"].tolist()
        try:
            return Candidates(self.rows[places], self.priorities[places], until)
        except IndexError as error:
            raise IndexDamaged(f"The columns of an index have no such rows ({error}).", MEND_REMEDY) from error

    @property
    def languages(self) -> Column:
        """The language of each row."""
        return self._columns[LANGUAGE]

    @cached_property
    def tags(self) -> list[str]:
        """The distinct languages in lower case, each at its number."""
        return [str(value).lower() for value in self.languages.values]

    @property
    def ids(self) -> Column:
        """The id of each article."""
        return self._columns["id"]

    @cached_property
    def bitmap(self) -> BitMap:
        """All rows, those that live no more included."""
        return BitMap.deserialize(self._arrays["bitmap"].tobytes())

    def column(self, name: str) -> Column | None:
        """The column of an attribute; None where no row has it."""
        return self._columns.get(name)

    def find(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.intp], Places]:
        """Which of ``rows`` lie here, by their place among ``rows``, and where."""
        if not len(self.rows):
            return np.empty(0, np.intp), np.empty(0, np.int64)
        places = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        indices = np.flatnonzero(self.rows[places] == rows)
        return indices, places[indices]

    def made_by(self, part: Literal["marks", "pieces"]) -> str:
        """What made a part of the gists; "" where there are none."""
        return self._by[part]

    def gists(self, part: Literal["marks", "pieces"], places: Places) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """A part of the gists of some rows, packed, one after the other, and how many records each has. Raises
        `IndexDamaged`.
        """
        if self._coded:
            try:
                return decoded(self._arrays, part, places)
            except (IndexError, ValueError) as error:
                raise IndexDamaged(f"The columns of an index have no such {part} ({error}).", MEND_REMEDY) from error
        records = self._arrays[f"{part}.bytes"].view(np.uint64)
        starts = self._arrays[f"{part}.starts"]
        firsts = starts[places] // records.itemsize
        counts = starts[places + 1] // records.itemsize - firsts
        return records[ranges(firsts, counts)], counts


class Columns:
    """The columns of one generation, or of a part of its rows. Safe to share between threads."""

    def __init__(self, segments: Sequence[Segment], removed: BitMap) -> None:
        """``removed``: rows of the segments that are none of the generation."""
        self.segments = segments
        self.live_rows = BitMap.union(BitMap(), *(segment.bitmap for segment in segments)) - removed
        self._is_whole = True

    def within(self, visible: BitMap) -> Columns:
        """The columns as they would be of the rows ``visible`` alone."""
        part = copy(self)
        vars(part).pop("places", None)
        part.live_rows, part._is_whole = self.live_rows & visible, False
        return part

    @cached_property
    def places(self) -> list[Places]:
        """Where the living rows of each segment stand in it."""
        return [self.places_of(segment, self.live_rows) for segment in self.segments]

    def places_of(self, segment: Segment, rows: BitMap) -> Places:
        """Where those of ``rows`` that lie in a segment stand in it."""
        if rows.issuperset(segment.bitmap):
            return np.arange(len(segment.rows))
        places: Places = np.searchsorted(segment.rows, as_array(rows & segment.bitmap))
        return places

    def find(self, rows: Sequence[int]) -> Iterator[tuple[Segment, NDArray[np.intp], Places]]:
        """Each segment, which of ``rows`` lie in it, by their place among ``rows``, and where."""
        sought = np.asarray(rows, np.int64)
        for segment in self.segments:
            indices, places = segment.find(sought)
            if len(indices):
                yield segment, indices, places

    def checksums(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All rows, ascending, and the checksum of each one's paragraph: the same only where the paragraph is."""
        pairs = list(zip(self.segments, self.places, strict=True))
        rows = np.concatenate([np.empty(0, np.int64), *(segment.rows[places] for segment, places in pairs)])
        sums = np.concatenate([np.empty(0, np.int64), *(segment.checksums[places] for segment, places in pairs)])
        order = np.argsort(rows, kind="stable")
        return rows[order], sums[order]

    def candidates(self) -> Candidates:
        """The rows that may stand for chance: of those of the segments, or, within a part, of all that it has."""
        living, samples = as_array(self.live_rows), [segment.sample for segment in self.segments]
        known = [sample for sample in samples if sample is not None]
        if self._is_whole and len(known) == len(samples) and (candidates := merged(known, living)) is not None:
            return candidates
        pairs = list(zip(self.segments, self.places, strict=True))
        rows = np.concatenate([np.empty(0, np.int64), *(segment.rows[places] for segment, places in pairs)])
        drawn = np.concatenate([np.empty(0, np.uint64), *(segment.priorities[places] for segment, places in pairs)])
        return Candidates.of(rows, drawn)

    def languages(self, rows: Sequence[int]) -> list[str]:
        """The language of each of ``rows``, its tag in lower case; "und" for a row that is none of these."""
        languages = ["und"] * len(rows)
        for segment, indices, places in self.find(rows):
            codes = segment.languages.codes[places].tolist()
            for index, code in zip(indices.tolist(), codes, strict=True):
                if rows[index] in self.live_rows:
                    languages[index] = segment.tags[code]
        return languages

    def article_ids(self, rows: Sequence[int]) -> dict[int, str]:
        """The id of the article of each of ``rows`` that is there."""
        by_row: dict[int, str] = {}
        for segment, indices, places in self.find(rows):
            articles = segment.articles[places]
            distinct = sorted(set(articles.tolist()))  # np.unique would load numpy.ma: 25 ms of a cold search
            ids = dict(zip(distinct, segment.ids.texts_of(distinct), strict=True))
            for index, article in zip(indices.tolist(), articles.tolist(), strict=True):
                if rows[index] in self.live_rows:
                    by_row[rows[index]] = ids[article]
        return by_row

    def gists(self, part: Literal["marks", "pieces"], rows: Sequence[int], by: str) -> tuple[list[int], PackedGists]:
        """Those of ``rows`` that have a part of the gist made ``by`` just this, and these."""
        readable = [(segment, places) for segment, _, places in self.find(rows) if segment.made_by(part) == by]
        if not readable:
            return [], PackedGists.of([])
        parts = [segment.gists(part, places) for segment, places in readable]
        records = np.concatenate([packed for packed, _ in parts])
        bounds = [0, *accumulate(count for _, counts in parts for count in counts.tolist())]
        read_rows = [row for segment, places in readable for row in segment.rows[places].tolist()]
        return read_rows, PackedGists(records, bounds)


def read_segment(path: Path) -> Segment:
    """The columns of a segment, mapped. Raises `IndexDamaged`."""
    try:
        return Segment(ColumnArrays(*map_arrays(path)))
    except (KeyError, TypeError) as error:
        raise IndexDamaged(f"{path}: holds no columns ({error}).", MEND_REMEDY) from error


_SEGMENTS = Opened(read_segment, single_file)


def open_columns(generation: Generation, numbers: Sequence[int]) -> Columns:
    """The columns of a generation. Raises `IndexDamaged` with the file that cannot be read."""
    segments = [_SEGMENTS.get(generation.columns_of(number)) for number in numbers]
    try:
        return Columns(segments, BitMap.deserialize(generation.removed_rows.read_bytes()))
    except (OSError, ValueError, OverflowError) as error:
        raise IndexDamaged(f"{generation.removed_rows}: {error}.", MEND_REMEDY) from error


def bitmap(rows: NDArray[Any]) -> BitMap:
    """Rows as a bitmap; by way of ``array``, the one thing that is read without a Python number for each."""
    return BitMap(array("I", rows.astype(np.uint32).tobytes()))


def as_array(rows: BitMap) -> NDArray[np.int64]:
    """The rows of a bitmap, ascending, ``int64[n]``."""
    return np.frombuffer(rows.to_array(), np.uint32).astype(np.int64)


def _decoded(value: bytes) -> Scalar:
    """What was written as JSON."""
    written = value.decode("utf-8", "surrogatepass")
    if written[0] == '"' and "\\" not in written:  # `json` takes ten times as long
        return written[1:-1]
    decoded: Scalar = json.loads(written)
    return decoded


def _string(starts: NDArray[Any], content: NDArray[Any], place: int) -> bytes:
    begin, end = starts[place : place + 2].tolist()
    return bytes(content[begin:end].data)

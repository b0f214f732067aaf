"""The marks of rows between the pass over their texts and the columns that keep them: in a file without a name."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from paraglot.indexer.folder.words import RowWords


class MarksAside:
    """Takes marks row by row, ascending, and gives them back."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `close`)
        self._rows, self._ends = array("q"), array("q", [0])

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def kept(self, words: Iterable[RowWords]) -> Iterator[RowWords]:
        """The same, whose marks are laid aside as they pass."""
        for word in words:
            self._file.write(word.marks)
            self._rows.append(word.row)
            self._ends.append(self._ends[-1] + len(word.marks))
            yield word

    def of(self, rows: Sequence[int]) -> dict[int, bytes]:
        """Row → marks, of those of ``rows`` that were laid aside."""
        stored_rows = np.frombuffer(self._rows, np.int64)
        by_row: dict[int, bytes] = {}
        for row, at in zip(rows, np.searchsorted(stored_rows, rows).tolist(), strict=True):
            if at < len(stored_rows) and stored_rows[at] == row:
                self._file.seek(self._ends[at])
                by_row[row] = self._file.read(self._ends[at + 1] - self._ends[at])
        return by_row

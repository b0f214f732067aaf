"""The words of many rows, analysed by further processes beside this one: the interpreter's lock would stop threads.

A worker is a fresh interpreter that reads batches from a pipe and answers each. It ends with the pipe, so none outlives
its writer, however that dies. What one that is gone did not answer is analysed here.

Workers begin while the writer still reads its corpus. What they answer then is laid aside in a file without a name
until the words are written; rows that came to nothing meanwhile are left out, and what was not asked is analysed then.
"""

from __future__ import annotations

import marshal
import signal
import struct
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from heapq import merge
from itertools import islice
from typing import IO, Any, NamedTuple, Self, TypeAlias, cast

from pyroaring import BitMap

from paraglot.indexer.folder.stored_drafts import NewRow
from paraglot.indexer.folder.words import RowWords, Words
from paraglot.search.encoders.builtin.cores import cores

BATCH = 100
"""Rows that are sent at once: some milliseconds of work for some hundred kilobytes."""

LEAST_ROWS = 2_000
"""Rows from which on it pays to start an interpreter."""

MOST_WORKERS = 3
_TOLD = 1_000
AHEAD = 2
"""Batches that a worker has before it at most while this process analyses, too."""

MOST_WAITING = 50
"""Batches that a worker has before it at most while this process reads."""

MOST_ASIDE_BYTES = 1 << 30
"""What is laid aside at most: the words of some 700,000 paragraphs."""

_SIZE = struct.Struct("<Q")
_START = "import sys; sys.path[:] = {path!r}; from {module} import serve; serve()"
_GONE = (OSError, EOFError, ValueError)
"""What asking a worker raises that is gone."""

Read: TypeAlias = Callable[[Sequence[int]], Iterator[NewRow]]


class _Asked(NamedTuple):
    rows: list[int]
    answer: Future[bytes]


class _Aside(NamedTuple):
    rows: list[int]
    start: int
    size: int


class WordWorkers:
    """Analyses the rows of one write. One thread at a time."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._most = min(cores() - 1, MOST_WORKERS) if sys.executable else 0
        self._workers: list[_Worker] = []
        self._new: list[NewRow] = []
        self._asked: deque[_Asked] = deque()
        self._aside: list[_Aside] = []
        self._file = self._stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (closed by `close`)
        self._size = 0

    def close(self) -> None:
        """End the processes. What they were asked and nobody waits for is given up."""
        self._stack.close()

    def begin(self, rows: Iterable[NewRow]) -> None:
        """Ask for the words of rows that are new, and ascend from call to call, if there are workers who have time."""
        if self._most < 1:
            return
        self._new += rows
        if len(self._new) >= LEAST_ROWS:
            self._start()
        while self._workers and len(self._new) >= BATCH:
            self._ask(self._new[:BATCH])
            del self._new[:BATCH]

    def of(
        self, rows: Sequence[int], read: Read, progress: Callable[[int, int], None] = lambda *_: None
    ) -> Iterator[RowWords]:
        """The words of ``rows``, which ascend, in their order; then the processes end. ``read`` gives rows by number.

        ``progress`` is told how many were given, and of how many.
        """
        words, sought = Words(), BitMap(rows)
        while self._asked and self._asked[-1].answer.cancel():  # both processes share what was not begun
            self._asked.pop()
        analysed = [*(batch.rows for batch in self._aside), *(batch.rows for batch in self._asked)]
        left = list(sought - BitMap.union(BitMap(), *map(BitMap, analysed)))
        if len(left) >= LEAST_ROWS:
            self._start()
        shared = _shared(read(left), words, self._workers)
        begun = (row for row in self._begun(words, read) if row.row in sought)
        try:
            for done, row_words in enumerate(merge(begun, shared, key=lambda item: item.row), start=1):
                yield row_words
                if done % _TOLD == 0 or done == len(rows):
                    progress(done, len(rows))
        finally:
            self.close()

    def _start(self) -> None:
        if not self._workers:
            self._workers = [self._stack.enter_context(_Worker()) for _ in range(self._most)]

    def _ask(self, rows: list[NewRow]) -> None:
        self._lay_aside()
        worker = min(self._workers, key=lambda item: item.waiting)
        if worker.waiting < MOST_WAITING and self._size < MOST_ASIDE_BYTES:
            self._asked.append(_Asked([row.row for row in rows], worker.ask(rows)))

    def _lay_aside(self) -> None:
        """Write down what the first batches that were asked have been answered."""
        while self._asked and self._asked[0].answer.done():
            batch = self._asked.popleft()
            with suppress(*_GONE):
                answer = batch.answer.result()
                self._file.seek(self._size)
                self._file.write(answer)
                self._aside.append(_Aside(batch.rows, self._size, len(answer)))
                self._size += len(answer)

    def _begun(self, words: Words, read: Read) -> Iterator[RowWords]:
        """What was asked for while the corpus was read."""
        for laid_aside in self._aside:
            self._file.seek(laid_aside.start)
            yield from _unpacked(self._file.read(laid_aside.size))
        for batch in self._asked:
            try:
                yield from _unpacked(batch.answer.result())
            except _GONE:
                yield from words.of(read(batch.rows))


def _shared(rows: Iterator[NewRow], words: Words, workers: Sequence[_Worker]) -> Iterator[RowWords]:
    """Each batch to a worker that has few before it, or else it is analysed here."""
    pending: deque[_Batch] = deque()
    while batch := list(islice(rows, BATCH)):
        free = min(
            (worker for worker in workers if worker.waiting < AHEAD), key=lambda item: item.waiting, default=None
        )
        pending.append(_Batch(batch, free.ask(batch) if free else None, None if free else list(words.of(batch))))
        while pending and pending[0].is_done:
            yield from pending.popleft().take(words)
    for left in pending:
        yield from left.take(words)


class _Batch:
    """Rows on their way: asked of a worker, or ``made`` here."""

    def __init__(self, rows: list[NewRow], answer: Future[bytes] | None, made: list[RowWords] | None) -> None:
        self._rows, self._asked, self._made = rows, answer, made

    @property
    def is_done(self) -> bool:
        return self._asked is None or self._asked.done()

    def take(self, words: Words) -> list[RowWords]:
        """The words of the rows, waited for if need be."""
        if self._asked is not None:
            with suppress(*_GONE):
                return _unpacked(self._asked.result())
        return self._made or list(words.of(self._rows))


class _Worker:
    """A process that analyses, and a thread that waits for it."""

    def __enter__(self) -> Self:
        command = _START.format(path=sys.path, module=__name__)
        self._process = subprocess.Popen(  # noqa: S603 (this interpreter, and no word of a user's)
            [sys.executable, "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._pipes = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
        self._thread = ThreadPoolExecutor(1)
        self._asked: list[Future[bytes]] = []
        return self

    def __exit__(self, *_: object) -> None:
        """End the process. What it was asked and nobody waits for is given up."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._process.kill()
        self._thread.shutdown()
        with suppress(OSError):
            self._process.communicate()

    @property
    def waiting(self) -> int:
        """How many batches it has before it."""
        self._asked = [answer for answer in self._asked if not answer.done()]
        return len(self._asked)

    def ask(self, rows: Sequence[NewRow]) -> Future[bytes]:
        """The words of ``rows``, packed; the result raises what is `_GONE` if the process is."""
        answer = self._thread.submit(self._answer, rows)
        self._asked.append(answer)
        return answer

    def _answer(self, rows: Sequence[NewRow]) -> bytes:
        target, source = self._pipes
        _send(target, marshal.dumps([(row.row, row.title, row.heading, row.text, row.language) for row in rows]))
        return _receive(source)


def serve() -> None:
    """A worker: answers what comes in on standard input, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal interrupts all its processes; the writer ends this one
    words, source, target = Words(), sys.stdin.buffer, sys.stdout.buffer
    with suppress(EOFError, BrokenPipeError):
        while True:
            batch = _loaded(_receive(source))
            rows = [NewRow(row, title, heading, text, "", language) for row, title, heading, text, language in batch]
            _send(
                target,
                marshal.dumps(
                    [(row_words.row, [*map(dict, row_words.terms)], row_words.marks) for row_words in words.of(rows)]
                ),
            )


def _unpacked(answer: bytes) -> list[RowWords]:
    return [RowWords(row, tuple(terms), marks) for row, terms, marks in _loaded(answer)]


def _loaded(packed: bytes) -> Any:
    return marshal.loads(packed)  # noqa: S302 (of a process that this one started)


def _send(pipe: IO[bytes], packed: bytes) -> None:
    pipe.write(_SIZE.pack(len(packed)) + packed)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    """What `_send` sent. Raises `EOFError` where the other side is gone."""
    size = pipe.read(_SIZE.size)
    if len(size) < _SIZE.size:
        raise EOFError
    packed = pipe.read(_SIZE.unpack(size)[0])
    if len(packed) < _SIZE.unpack(size)[0]:
        raise EOFError
    return packed

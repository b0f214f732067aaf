"""The words of many rows, analysed by further processes beside this one: the interpreter's lock would stop threads.

A worker is a fresh interpreter that reads batches from a pipe and answers each. It ends with the pipe, so none outlives
its writer, however that dies. What one that is gone did not answer is analysed here.
"""

from __future__ import annotations

import marshal
import signal
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from itertools import islice
from typing import IO, Any, Self, cast

from paraglot.indexer.folder.records import NewRow
from paraglot.indexer.folder.words import RowWords, Words
from paraglot.search.encoders.builtin.cores import cores

BATCH = 100
"""Rows that are sent at once: some milliseconds of work for some hundred kilobytes."""

LEAST_ROWS = 2_000
"""Rows from which on it pays to start an interpreter."""

MOST_WORKERS = 3
_TOLD = 1_000
AHEAD = 2
"""Batches that a worker has before it at most."""

_SIZE = struct.Struct("<Q")
_START = "import sys; sys.path[:] = {path!r}; from {module} import serve; serve()"


def analysed(
    rows: Iterable[NewRow], total: int, progress: Callable[[int, int], None] = lambda *_: None
) -> Iterator[RowWords]:
    """The words of ``rows``, of which there are ``total``, in their order.

    ``progress`` is told how many were given, and of how many.
    """
    words = Words()
    count = min(cores() - 1, MOST_WORKERS) if total >= LEAST_ROWS and sys.executable else 0
    with ExitStack() as stack:
        workers = [stack.enter_context(_Worker()) for _ in range(count)]
        for done, one in enumerate(_shared(iter(rows), words, workers), start=1):
            yield one
            if done % _TOLD == 0 or done == total:
                progress(done, total)


def _shared(rows: Iterator[NewRow], words: Words, workers: Sequence[_Worker]) -> Iterator[RowWords]:
    """Each batch to a worker that has few before it, or else it is analysed here."""
    pending: deque[_Batch] = deque()
    while batch := list(islice(rows, BATCH)):
        free = min((one for one in workers if one.waiting < AHEAD), key=lambda one: one.waiting, default=None)
        pending.append(_Batch(batch, free.ask(batch) if free else None, None if free else list(words.of(batch))))
        while pending and pending[0].is_done:
            yield from pending.popleft().take(words)
    for left in pending:
        yield from left.take(words)


class _Batch:
    """Rows on their way: asked of a worker, or ``made`` here."""

    def __init__(self, rows: list[NewRow], asked: Future[list[RowWords]] | None, made: list[RowWords] | None) -> None:
        self._rows, self._asked, self._made = rows, asked, made

    @property
    def is_done(self) -> bool:
        return self._asked is None or self._asked.done()

    def take(self, words: Words) -> list[RowWords]:
        """The words of the rows, waited for if need be."""
        if self._asked is not None:
            with suppress(OSError, EOFError, ValueError):  # the worker is gone
                return self._asked.result()
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
        self._asked: list[Future[list[RowWords]]] = []
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
        self._asked = [one for one in self._asked if not one.done()]
        return len(self._asked)

    def ask(self, rows: Sequence[NewRow]) -> Future[list[RowWords]]:
        """The words of ``rows``; its result raises `OSError`, `EOFError` or `ValueError` if the process is gone."""
        asked = self._thread.submit(self._answer, rows)
        self._asked.append(asked)
        return asked

    def _answer(self, rows: Sequence[NewRow]) -> list[RowWords]:
        target, source = self._pipes
        _send(target, [(one.row, one.title, one.heading, one.text, one.language) for one in rows])
        return [RowWords(row, tuple(terms), marks) for row, terms, marks in _receive(source)]


def serve() -> None:
    """A worker: answers what comes in on standard input, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal interrupts all its processes; the writer ends this one
    words, source, target = Words(), sys.stdin.buffer, sys.stdout.buffer
    with suppress(EOFError, BrokenPipeError):
        while True:
            rows = [NewRow(row, title, heading, text, "", said) for row, title, heading, text, said in _receive(source)]
            _send(target, [(one.row, [dict(own) for own in one.terms], one.marks) for one in words.of(rows)])


def _send(pipe: IO[bytes], content: Any) -> None:
    packed = marshal.dumps(content)
    pipe.write(_SIZE.pack(len(packed)) + packed)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    """What `_send` sent. Raises `EOFError` where the other side is gone."""
    size = pipe.read(_SIZE.size)
    if len(size) < _SIZE.size:
        raise EOFError
    return marshal.loads(pipe.read(_SIZE.unpack(size)[0]))  # noqa: S302 (of a process that this one started)

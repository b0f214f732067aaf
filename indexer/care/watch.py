"""Following a folder: a run of the indexer for every burst of changes under it, until it is told to end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

from watchfiles import watch

_LOOK_MS, _BURST_MS = 200, 1_000


def changes(corpus: Sequence[Path], stop: Event | None = None) -> Iterator[None]:
    """One at once, then one after every burst of changes under ``corpus``, which may be nothing that matters.

    A path that is replaced by another file or folder, or is gone for a while, is followed all the same. Ends when
    ``stop`` is set, or at Ctrl-C. What changes while a run is under way is in the next burst.
    """
    stop = stop or Event()
    while not stop.is_set():
        watched = _identities(corpus)
        existing = [path for path, identity in zip(corpus, watched, strict=True) if identity]
        # Watching begins before the run, so that nothing falls between the two.
        bursts = _bursts(existing, stop)
        next(bursts, None)
        yield
        for burst in bursts:
            if _identities(corpus) != watched:
                stop.wait(_BURST_MS / 1000)  # editors remove a file before the new one is there
                break
            if burst:
                yield
        else:
            return


def _bursts(paths: Sequence[Path], stop: Event) -> Iterator[object]:
    if paths:
        yield from watch(
            *paths,
            stop_event=stop,
            yield_on_timeout=True,
            rust_timeout=_LOOK_MS,
            debounce=_BURST_MS,
            raise_interrupt=False,
        )
    else:
        yield None
        while not stop.wait(_LOOK_MS / 1000):
            yield None


def _identities(corpus: Sequence[Path]) -> list[tuple[int, int] | None]:
    """Which file or folder each path names now; None: none."""
    identities: list[tuple[int, int] | None] = []
    for path in corpus:
        try:
            status = path.stat()
            identities.append((status.st_dev, status.st_ino))
        except OSError:
            identities.append(None)
    return identities

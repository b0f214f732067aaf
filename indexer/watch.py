"""Following a folder: a run of the indexer for every burst of changes under it, until it is told to end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

from watchfiles import watch

_LOOK_MS, _BURST_MS = 200, 1_000


def changes(corpus: Sequence[Path], stop: Event | None = None) -> Iterator[None]:
    """One at once, then one after every burst of changes under ``corpus``, which may be nothing that matters.

    Ends when ``stop`` is set, or at Ctrl-C. What changes while a run is under way is in the next burst.
    """
    # Watching begins before the first run, so that nothing falls between the two.
    bursts = watch(
        *corpus, stop_event=stop, yield_on_timeout=True, rust_timeout=200, debounce=1_000, raise_interrupt=False
    )
    next(bursts, None)
    yield
    yield from (None for burst in bursts if burst)

"""The progress bar of long work: on stderr, and only where stderr is a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, ConsoleDimensions
from rich.progress import BarColumn, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

from paraglot.indexer.build import Progress

STAGES = {
    "fetch": "fetching",
    "read": "reading",
    "learn": "learning languages",
    "embed": "embedding",
    "words": "writing words",
    "vectors": "writing vectors",
    "commit": "committing",
}


class CountColumn(ProgressColumn):
    """How many are done, and of how many where that is known."""

    def render(self, task: Task) -> Text:
        """The counts of a task; nothing of one that is not counted."""
        if task.total is None:
            return Text(f"{task.completed:,.0f}" if task.completed else "")
        return Text(f"{task.completed:,.0f}/{task.total:,.0f}")


class RateColumn(ProgressColumn):
    """How many are done in a second."""

    def render(self, task: Task) -> Text:
        """The rate of a task, nothing before it is known."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "", style="progress.data.speed")


class BarConsole(Console):
    """A console that leaves two columns free: a terminal writes ^C there, and the line does not break on it."""

    @property  # type: ignore[misc]  # nobody sets it
    def size(self) -> ConsoleDimensions:
        """Of what may be written to."""
        full = super().size
        return ConsoleDimensions(max(full.width - 2, 1), full.height)


LONG_S = 600
"""From so many seconds of embedding on, whoever waits is told that there is a faster encoder."""


SAMPLE = 1_000
"""Texts after which it is told how long the others take."""


def telling_of_the_fast_encoder(progress: Progress | None, tell: Callable[[str], None]) -> Progress:
    """The same progress; ``tell`` is called once where embedding will take longer than `LONG_S` from its beginning
    on.
    """
    started: list[float] = []

    def show(stage: str, done: int, total: int | None) -> None:
        if progress:
            progress(stage, done, total)
        if stage != "embed":
            started[:] = [time.monotonic()]
        elif started and done >= SAMPLE and total:
            left_s = (time.monotonic() - started.pop()) * (total - done) / done
            if left_s > LONG_S:
                tell(
                    f"Embedding takes some {left_s / 60:.0f} min more. A new index with --model builtin-fast is made"
                    " in a fraction of that and finds less (docs/models.md)."
                )

    return show


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """A function that shows progress, or None where nobody would see it: stage, how far, rate and time remaining."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (
        *(TextColumn("{task.description:>15}"), BarColumn(), CountColumn()),
        *(RateColumn(), TimeRemainingColumn()),
    )
    with Bar(*columns, console=BarConsole(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                for task in bar.tasks:  # what went before is done, however much it was said to be
                    bar.update(task.id, total=task.completed)
                tasks[stage] = bar.add_task(STAGES.get(stage, stage), total=total)
            bar.update(tasks[stage], completed=done, total=total)
            if stage == "vectors" and done == total:
                show("commit", 0, None)

        yield show

"""What a call of ``paraglot eval`` asks for, from reading the files to a run and what it has over a baseline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from paraglot.api.evaluation import bitext
from paraglot.api.evaluation.compare import Difference, compare
from paraglot.api.evaluation.judged import read_judged
from paraglot.api.evaluation.measure import MEASURES, build_index, measure
from paraglot.api.evaluation.run import Run, load_run
from paraglot.indexer.build import DEFAULT_MODEL, Progress
from paraglot.search.encoders.load import load_encoder, load_reranker
from paraglot.search.errors import InvalidSettings
from paraglot.search.types import MODES, Mode
from paraglot.search.types.address import Address


@dataclass(frozen=True, slots=True)
class JudgedFiles:
    """The three files of a judged set."""

    corpus: Path
    queries: Path
    qrels: Path


@dataclass(frozen=True, slots=True)
class Task:
    """What is measured, a judged set or the file of a bitext, and how.

    ``languages`` are those of the queries (empty: all), ``sample`` is the most queries of each, drawn by ``seed``.
    ``index`` is where the index is kept, ``reranker`` the one of hybrid searches.
    """

    source: JudgedFiles | Path
    modes: tuple[Mode, ...] = MODES
    separate: bool = True
    languages: tuple[str, ...] = ()
    sample: int | None = None
    seed: int = 0
    model: str | None = None
    index: Address | None = None
    reranker: str | None = None

    @property
    def measures(self) -> tuple[str, ...]:
        """The names of what is measured, the foremost first."""
        return (bitext.MEASURE,) if isinstance(self.source, Path) else tuple(MEASURES)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a run is compared with: another mode of the same run, another model, or a run that was kept in a file."""

    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


def parse_baseline(text: str, task: Task) -> Baseline:
    """Read ``mode=MODE``, ``model=NAME`` or a path. Raises `InvalidSettings`."""
    kind, _, value = text.partition("=")
    if kind == "mode" and (isinstance(task.source, Path) or value not in MODES):
        raise InvalidSettings(f"--compare {text}: there is no such mode to compare with.")
    return Baseline(kind, value) if kind in ("mode", "model") else Baseline("run", text)


def perform(task: Task, progress: Progress | None, warn: Callable[[str], None]) -> Run:
    """Read and measure; ``warn`` is told of texts that cannot be found. Raises `ParaglotError`."""
    if isinstance(task.source, Path):
        run = _bitext(task.source, task, progress)
    else:
        run = _search(task.source, task, progress, warn)
    return replace(run, settings={**run.settings, **_settings(task)})


def against(
    run: Run, task: Task, baseline: Baseline, progress: Progress | None, warn: Callable[[str], None]
) -> list[Difference]:
    """What a run has over its baseline, mode by mode. Raises `ParaglotError`."""
    if baseline.kind == "mode":
        pairs = [(mode, baseline.value) for mode in run.modes if mode != baseline.value]
        return compare(run, run, pairs, task.seed)
    if baseline.kind == "model":
        before = perform(replace(task, model=baseline.value, index=None), progress, warn)
    else:
        before = load_run(Path(baseline.value))
    pairs = [(mode, mode) for mode in run.modes if mode in before.modes]
    if not pairs:
        raise InvalidSettings(f"--compare {baseline.value}: has none of the modes {', '.join(run.modes)}.")
    return compare(run, before, pairs, task.seed)


def _search(files: JudgedFiles, task: Task, progress: Progress | None, warn: Callable[[str], None]) -> Run:
    judged = read_judged(files.corpus, files.queries, files.qrels)
    if task.languages:
        judged = judged.only(task.languages)
    if task.sample:
        judged = judged.sample(task.sample, task.seed)
    reranker = load_reranker(task.reranker)
    with nullcontext(task.index) if task.index else _temporary() as index:
        empty = build_index(judged, index, task.model, progress)
        if empty:
            warn(f"{len(empty)} texts have no word and cannot be found, the first at {empty[0]}")
        return measure(judged, index, task.modes, task.separate, progress, reranker)


@contextmanager
def _temporary() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder)


def _bitext(file: Path, task: Task, progress: Progress | None) -> Run:
    pairs: bitext.Bitext = bitext.read_bitext(file)
    if task.languages:
        pairs = bitext.only(pairs, task.languages)
    if task.sample:
        pairs = bitext.sample(pairs, task.sample, task.seed)
    return bitext.measure_bitext(pairs, load_encoder(task.model or DEFAULT_MODEL), progress)


def _settings(task: Task) -> dict[str, Any]:
    source = task.source
    files = [source] if isinstance(source, Path) else [source.corpus, source.queries, source.qrels]
    settings: dict[str, Any] = {"files": ", ".join(file.name for file in files), "seed": task.seed}
    if task.sample:
        settings["sample"] = task.sample
    if task.reranker and not isinstance(source, Path):
        settings["reranker"] = task.reranker
    return {**settings, "version": version("paraglot")}

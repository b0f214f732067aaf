"""``paraglot eval``: the door to `paraglot.api.evaluation`, which is imported when it is used."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paraglot.api.cli.options import JsonOption, RerankerOption
from paraglot.api.settings import load_settings
from paraglot.search.errors import InvalidSettings, ParaglotError
from paraglot.search.types import MODES, Mode

if TYPE_CHECKING:
    from paraglot.api.evaluation.task import JudgedFiles, Task

GATE_MISSED = 1
PACKAGES = ("ir_measures", "matplotlib")
INSTALL = "pip install 'paraglot[eval]'"


CorpusOption = Annotated[Path | None, typer.Option(help='JSON lines: "id", "text", "title"?, "language"?.')]
QueriesOption = Annotated[Path | None, typer.Option(help='JSON lines: "id", "text", "language"?.')]
QrelsOption = Annotated[Path | None, typer.Option(help="Lines of query id, text id and score, tabs between.")]
BitextOption = Annotated[
    Path | None, typer.Option(help="Instead: lines of language, sentence and its translation, tabs between.")
]
KeptIndexOption = Annotated[
    str | None,
    typer.Option(
        "--index", metavar="PLACE", help="Folder or address of a cluster to keep the index at for the next time."
    ),
]
ModelOption = Annotated[str | None, typer.Option(help="Encoder: builtin, or a sentence-transformers model.")]
ModesOption = Annotated[
    list[str] | None, typer.Option(help="keyword, semantic or hybrid; may be repeated [default: each].")
]
QueryLanguagesOption = Annotated[list[str] | None, typer.Option(help="Only queries in this language; may be repeated.")]
AnyLanguageOption = Annotated[
    bool, typer.Option("--any-language", help="Search all languages together: one column, no matrix.")
]
SampleOption = Annotated[int | None, typer.Option(min=1, help="Only so many queries of each language.")]
SeedOption = Annotated[int, typer.Option(min=0, help="Of the sample, the intervals and the test.")]
CompareOption = Annotated[
    str | None, typer.Option(help="Baseline: mode=MODE, model=NAME, or the folder of an earlier --report.")
]
MinimumOption = Annotated[
    list[str] | None, typer.Option("--min", help="[MODE:][GROUP:]MEASURE=VALUE, else exit code 1; may be repeated.")
]
ReportOption = Annotated[Path | None, typer.Option(help="Folder for report, heat map and the values by query.")]


def eval_command(
    corpus: CorpusOption = None,
    queries: QueriesOption = None,
    qrels: QrelsOption = None,
    bitext: BitextOption = None,
    index: KeptIndexOption = None,
    model: ModelOption = None,
    reranker: RerankerOption = None,
    mode: ModesOption = None,
    language: QueryLanguagesOption = None,
    any_language: AnyLanguageOption = False,
    sample: SampleOption = None,
    seed: SeedOption = 0,
    compare: CompareOption = None,
    minimum: MinimumOption = None,
    report: ReportOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how well judged queries are answered, or how well an encoder finds translations."""
    _check_installed()
    from paraglot.api.evaluation.task import Task

    files = _source(corpus, queries, qrels, bitext, only_judged=bool(mode or any_language or index or reranker))
    settings = load_settings({"model": model, "reranker": reranker, "index": index})
    task = Task(
        source=files,
        modes=_modes(mode or [], compare),
        separate=not any_language,
        languages=tuple(language or ()),
        sample=sample,
        seed=seed,
        model=settings.model,
        index=settings.index if index else None,
        reranker=settings.reranker,
    )
    _evaluate(task, compare, minimum or [], report, as_json)


def _check_installed() -> None:
    for package in PACKAGES:
        if find_spec(package) is None:
            raise ParaglotError(
                f"paraglot eval needs the package {package}, which is not installed.", f"Run: {INSTALL}"
            )


def _source(
    corpus: Path | None, queries: Path | None, qrels: Path | None, bitext: Path | None, only_judged: bool
) -> JudgedFiles | Path:
    """What is measured; ``only_judged``: options were given that only judged queries have."""
    from paraglot.api.evaluation.task import JudgedFiles

    if bitext and not (corpus or queries or qrels or only_judged):
        return bitext
    if corpus and queries and qrels and not bitext:
        return JudgedFiles(corpus, queries, qrels)
    raise InvalidSettings(
        "Give --corpus, --queries and --qrels; or --bitext without them, --mode, --index and --reranker."
    )


def _modes(names: list[str], compare: str | None) -> tuple[Mode, ...]:
    """The modes to measure, that of the baseline among them; all where none is named."""
    for mode in names:
        if mode not in MODES:
            raise InvalidSettings(f"--mode must be one of {', '.join(MODES)}, not {mode!r}.")
    every: tuple[Mode, ...] = ("keyword", "semantic", "hybrid")
    return tuple(mode for mode in every if not names or mode in names or compare == f"mode={mode}")


def _evaluate(task: Task, compare: str | None, minimum: list[str], report: Path | None, as_json: bool) -> None:
    from paraglot.api.cli.progress import progress_bar
    from paraglot.api.evaluation.gate import judge, parse_gate
    from paraglot.api.evaluation.report import Findings, as_plain, markdown, write_report
    from paraglot.api.evaluation.statistics import Estimates
    from paraglot.api.evaluation.task import against, parse_baseline, perform

    gates = [parse_gate(text, task.measures) for text in minimum]
    baseline = parse_baseline(compare, task) if compare else None
    with progress_bar() as progress:
        run = perform(task, progress, _message)
    with progress_bar() as progress:
        differences = against(run, task, baseline, progress, _message) if baseline else []
    estimates = Estimates(run, task.seed)
    verdicts = judge(gates, run, estimates)
    findings = Findings(run, estimates, differences, str(baseline or ""), verdicts)
    if report:
        write_report(findings, report)
    typer.echo(
        json.dumps(as_plain(findings), ensure_ascii=False, indent=2) if as_json else markdown(findings, intervals=False)
    )
    missed = [verdict for verdict in verdicts if not verdict.passed]
    for verdict in missed:
        _message(f"missed: {verdict}")
    if missed:
        raise typer.Exit(GATE_MISSED)


def _message(line: str) -> None:
    typer.echo(f"paraglot: {line}", err=True)

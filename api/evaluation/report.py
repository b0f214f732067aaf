"""A run for people (Markdown, on the terminal and in a file) and for programs (JSON)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from paraglot.api.evaluation.compare import Difference
from paraglot.api.evaluation.gate import Verdict
from paraglot.api.evaluation.run import FILE_NAME, Run, save_run
from paraglot.api.evaluation.statistics import ACROSS, ALL, LEVEL_PERCENT, ROUNDS, SAME, Estimate, Estimates, groups
from paraglot.search.errors import ParaglotError

TEXT_NAME = "report.md"
PICTURE_NAME = "heat-map.png"

_GROUP_NAMES = {ALL: "all cells", SAME: "same language", ACROSS: "across languages"}


@dataclass(frozen=True, slots=True)
class Findings:
    """A run and all that is said of it."""

    run: Run
    estimates: Estimates
    differences: Sequence[Difference] = ()
    baseline: str = ""
    verdicts: Sequence[Verdict] = field(default=())


def write_report(findings: Findings, folder: Path) -> None:
    """Write the report, the heat map and the run itself into a folder, made if need be. Raises `ParaglotError`."""
    from paraglot.api.evaluation.heat_map import draw_heat_map

    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / TEXT_NAME).write_text(markdown(findings, intervals=True) + "\n", "utf-8")
        save_run(findings.run, folder / FILE_NAME)
        draw_heat_map(findings.run, folder / PICTURE_NAME)
    except OSError as error:
        raise ParaglotError(f"{folder}: the report cannot be written ({error.strerror}).") from error


def markdown(findings: Findings, intervals: bool) -> str:
    """The whole report; ``intervals`` puts them into the cells of the matrix too, which makes it wide."""
    run = findings.run
    counts = [len(ids) for ids in run.queries.values()]
    lines = [
        f"# Evaluation of {run.settings['model']}",
        "",
        f"{sum(counts)} queries in {len(counts)} languages. "
        + f"In brackets: {LEVEL_PERCENT} % intervals, from {ROUNDS} bootstrap rounds over queries.",
    ]
    lines += [f"- {name}: {value}" for name, value in run.settings.items() if name not in ("model", "matrix")]
    lines += ["", *_summary(findings)]
    for mode in run.modes:
        lines += ["", *_matrix(findings, mode, intervals)]
    if findings.differences:
        lines += ["", *_differences(findings)]
    if findings.verdicts:
        lines += ["", "## Gates", ""]
        lines += [f"- {'passed' if verdict.passed else 'MISSED'}: {verdict}" for verdict in findings.verdicts]
    return "\n".join(lines)


def as_plain(findings: Findings) -> dict[str, Any]:
    """The report as plain data for programs, without the values by query, which are in ``run.json``."""
    run, estimates = findings.run, findings.estimates
    by_mode: dict[str, Any] = {}
    for mode in run.modes:
        by_mode[mode] = {}
        for measure in run.measures:
            cells = {
                row: {
                    column: asdict(found)
                    for column in run.columns
                    if (found := estimates.cell(mode, measure, row, column))
                }
                for row in run.rows
            }
            over = {name: asdict(estimates.group(mode, measure, name)) for name in _shown_groups(run)}
            by_mode[mode][measure] = {"groups": over, "cells": cells}
    return {
        "settings": dict(run.settings),
        "queries": {row: len(ids) for row, ids in run.queries.items()},
        "columns": run.columns,
        "results": by_mode,
        "baseline": findings.baseline or None,
        "comparison": [asdict(difference) for difference in findings.differences],
        "gates": [
            {**asdict(verdict.gate), "value": verdict.value, "passed": verdict.passed} for verdict in findings.verdicts
        ],
    }


def _shown_groups(run: Run) -> list[str]:
    """All cells, and same and across where the cells are of both kinds."""
    found = [name for name in _GROUP_NAMES if name in groups(run)]
    return found if len(found) == len(_GROUP_NAMES) else [ALL]


def _summary(findings: Findings) -> list[str]:
    run = findings.run
    rows = [
        [mode, measure, *(_interval(findings.estimates.group(mode, measure, name)) for name in _shown_groups(run))]
        for mode in run.modes
        for measure in run.measures
    ]
    return _table(["mode", "measure", *(_GROUP_NAMES[name] for name in _shown_groups(run))], rows)


def _matrix(findings: Findings, mode: str, intervals: bool) -> list[str]:
    """The first measure of every cell; a row is a query language, a column the language that was searched."""
    run = findings.run
    measure = run.measures[0]
    rows = []
    for row in run.rows:
        found = [findings.estimates.cell(mode, measure, row, column) for column in run.columns]
        cells = [
            "–" if estimate is None else _interval(estimate) if intervals else f"{estimate.value:.3f}"
            for estimate in found
        ]
        rows.append([row, str(len(run.queries[row])), *cells])
    return [f"## {measure}, {mode}", "", *_table(["query language", "queries", *run.columns], rows)]


def _differences(findings: Findings) -> list[str]:
    rows = [
        [diff.mode, diff.measure, _GROUP_NAMES[diff.group], f"{diff.baseline:.3f}", f"{diff.value:.3f}",
         f"{diff.difference.value:+.3f} [{diff.difference.low:+.3f}, {diff.difference.high:+.3f}]", f"{diff.p:.4f}"]
        for diff in findings.differences
        if diff.group in _shown_groups(findings.run)
    ]  # fmt: skip
    head = ["mode", "measure", "over", "baseline", "this run", "difference", "p"]
    return [f"## Against {findings.baseline}", "", "p: a paired randomization test.", "", *_table(head, rows)]


def _interval(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table, its columns as wide as what they hold."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    padded = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    return [padded[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *padded[1:]]

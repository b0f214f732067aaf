"""Means and bootstrap intervals of a run.

A cell's value is the mean over its queries; a group's is the mean over its cells, so a language with few queries counts
as much as any. The bootstrap (Efron, "Bootstrap Methods: Another Look at the Jackknife", 1979) draws the queries of
each language anew, with all that was measured of a query going with it, and takes percentiles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paraglot.api.evaluation.run import Floats, Run

ROUNDS = 1_000
LEVEL_PERCENT = 95

ALL, SAME, ACROSS = "all", "same", "across"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


class Estimates:
    """The estimates of a run, from one seeded bootstrap over its queries."""

    def __init__(self, run: Run, seed: int) -> None:
        self._run = run
        self._means = means(run)
        self._rounds = _resampled_means(run, seed)

    def cell(self, mode: str, measure: str, row: str, column: str) -> Estimate | None:
        """The estimate of one cell; None where no query of the row has an answer in the column."""
        index = (self._run.rows.index(row), self._run.columns.index(column))
        cells = np.zeros((len(self._run.rows), len(self._run.columns)), bool)
        cells[index] = judged_cells(self._run)[index]
        return self._estimate(mode, measure, cells) if cells.any() else None

    def group(self, mode: str, measure: str, name: str) -> Estimate:
        """The estimate of a group of `groups`."""
        return self._estimate(mode, measure, groups(self._run)[name])

    def _estimate(self, mode: str, measure: str, cells: NDArray[np.bool_]) -> Estimate:
        at = (self._run.modes.index(mode), self._run.measures.index(measure))
        value = float(self._means[:, at[0], at[1], :][cells].mean())
        drawn = _mean(self._rounds[:, :, at[0], at[1], :][:, cells], 1)
        edge = (100 - LEVEL_PERCENT) / 2
        low, high = np.percentile(drawn[~np.isnan(drawn)], [edge, 100 - edge])
        return Estimate(value, float(low), float(high))


def means(run: Run) -> Floats:
    """The mean of each cell, ``float64[rows, modes, measures, columns]``, NaN where nothing is judged."""
    return np.stack([_mean(run.values[row], 0) for row in run.rows])


def judged_cells(run: Run) -> NDArray[np.bool_]:
    """Which cells have a judged query, ``bool[rows, columns]``."""
    return np.stack([(~np.isnan(run.values[row][:, 0, 0, :])).any(axis=0) for row in run.rows])


def groups(run: Run) -> dict[str, NDArray[np.bool_]]:
    """The groups of cells, ``bool[rows, columns]`` each, none empty.

    `ALL`; `SAME` and `ACROSS` (the column is the query's language, or another); and each query language.
    """
    judged = judged_cells(run)
    same = np.array([[row == column for column in run.columns] for row in run.rows])
    masks = {ALL: judged}
    if run.settings.get("matrix"):
        masks |= {SAME: judged & same, ACROSS: judged & ~same}
    for index, row in enumerate(run.rows):
        only = np.zeros_like(judged)
        only[index] = judged[index]
        masks.setdefault(row, only)
    return {name: cells for name, cells in masks.items() if cells.any()}


def _resampled_means(run: Run, seed: int) -> Floats:
    """The cells' means over queries drawn anew, ``float64[ROUNDS, rows, modes, measures, columns]``."""
    random = np.random.default_rng(seed)
    drawn = []
    for row in run.rows:
        values = run.values[row]
        count = len(values)
        weights = random.multinomial(count, np.full(count, 1 / count), size=ROUNDS).astype(np.float64)
        flat = values.reshape(count, -1)
        judged = ~np.isnan(flat)
        sums, counts = weights @ np.where(judged, flat, 0), weights @ judged
        drawn.append(_ratio(sums, counts).reshape(ROUNDS, *values.shape[1:]))
    return np.stack(drawn, axis=1)


def _mean(values: Floats, axis: int) -> Floats:
    """The mean of what is not NaN; NaN where all is."""
    judged = ~np.isnan(values)
    return _ratio(np.where(judged, values, 0).sum(axis), judged.sum(axis))


def _ratio(sums: Floats, counts: NDArray[np.int64] | Floats) -> Floats:
    ratio = np.full(sums.shape, np.nan)
    np.divide(sums, counts, out=ratio, where=counts > 0)
    return ratio

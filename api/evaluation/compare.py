"""Two runs beside each other, paired by query: what changed, how surely, and how likely chance does the same.

The test flips, in each round, the sign of each query's difference by a coin (a paired randomization test: Smucker,
Allan and Carterette, "A Comparison of Statistical Significance Tests for Information Retrieval Evaluation", CIKM 2007).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paraglot.api.evaluation.run import Floats, Run
from paraglot.api.evaluation.statistics import ACROSS, ALL, SAME, Estimate, Estimates, groups
from paraglot.search.errors import ParaglotError

FLIPS = 10_000
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """What a mode of a run has over a mode of the baseline, in one group and measure.

    ``p`` is the share of flipped rounds that differ as much: how likely chance makes so large a difference.
    """

    mode: str
    baseline_mode: str
    group: str
    measure: str
    baseline: float
    value: float
    difference: Estimate
    p: float


def compare(run: Run, baseline: Run, pairs: Sequence[tuple[str, str]], seed: int) -> list[Difference]:
    """Each (mode of the run, mode of the baseline) of ``pairs``, over the queries and columns that both have.

    Raises `ParaglotError` where they have none in common.
    """
    after, before = _shared(run, baseline, pairs, 0), _shared(baseline, run, pairs, 1)
    apart = Run(
        after.settings,
        after.modes,
        after.measures,
        after.columns,
        after.queries,
        {row: after.values[row] - before.values[row] for row in after.rows},
    )
    if not any(np.isfinite(values).any() for values in apart.values.values()):
        raise _nothing_shared()
    found = []
    estimates, start, end = Estimates(apart, seed), Estimates(before, seed), Estimates(after, seed)
    for name, cells in groups(apart).items():
        if name not in (ALL, SAME, ACROSS):
            continue
        chances = _chances(apart, cells, seed)
        for index, (mode, other) in enumerate(pairs):
            label = after.modes[index]
            for number, measure in enumerate(after.measures):
                change = estimates.group(label, measure, name)
                from_value, to_value = (side.group(label, measure, name).value for side in (start, end))
                chance = float(chances[index, number])
                found.append(Difference(mode, other, name, measure, from_value, to_value, change, chance))
    return found


def _shared(run: Run, other: Run, pairs: Sequence[tuple[str, str]], side: int) -> Run:
    """The part of ``run`` that ``other`` has too, in an order that is the same from either side; a mode per pair."""
    columns = sorted(set(run.columns) & set(other.columns))
    measures = sorted(
        set(run.measures) & set(other.measures), key=(run.measures if side == 0 else other.measures).index
    )
    queries = {
        row: tuple(sorted(set(run.queries[row]) & set(other.queries[row])))
        for row in sorted(set(run.rows) & set(other.rows))
    }
    queries = {row: ids for row, ids in queries.items() if ids}
    if not (columns and measures and queries):
        raise _nothing_shared()
    axes = (
        [run.modes.index(pair[side]) for pair in pairs],
        [run.measures.index(measure) for measure in measures],
        [run.columns.index(column) for column in columns],
    )
    values = {}
    for row, ids in queries.items():
        positions = {name: index for index, name in enumerate(run.queries[row])}
        values[row] = run.values[row][np.ix_([positions[name] for name in ids], *axes)]
    labels = tuple(f"{index}" for index in range(len(pairs)))
    return Run(run.settings, labels, tuple(measures), tuple(columns), queries, values)


def _chances(apart: Run, cells: NDArray[np.bool_], seed: int) -> Floats:
    """``float64[modes, measures]``: the p-values of one group.

    A group's difference is a sum over queries, each with its share of its cells' means; so flipping a query flips its
    summand, whatever number of columns it was asked in.
    """
    shares = []
    for index, row in enumerate(apart.rows):
        values = apart.values[row]
        judged = ~np.isnan(values) & cells[index]
        counts = np.maximum(judged.sum(axis=0), 1)
        shares.append((np.where(judged, values, 0) / counts).sum(axis=-1))
    summands = np.concatenate(shares).reshape(-1, len(apart.modes) * len(apart.measures))
    observed = np.abs(summands.sum(axis=0)) - 1e-12  # rounding must not make a tie a loss
    random = np.random.default_rng(seed)
    as_large = np.zeros(summands.shape[1], np.int64)
    for _ in range(0, FLIPS, _AT_ONCE):
        coins = random.integers(0, 2, size=(_AT_ONCE, len(summands)), dtype=np.int8) * 2.0 - 1.0
        as_large += (np.abs(coins @ summands) >= observed).sum(axis=0)
    return ((as_large + 1) / (FLIPS + 1)).reshape(len(apart.modes), len(apart.measures))


def _nothing_shared() -> ParaglotError:
    return ParaglotError("The two runs have no judged query in common.", "Compare runs over the same queries.")

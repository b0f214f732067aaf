"""The matrix as a picture: a panel for each mode, a row for each query language, a column for each one searched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from paraglot.api.evaluation.run import Floats, Run
from paraglot.api.evaluation.statistics import means

_CELL_INCHES = 0.5
_MARGIN_INCHES = 1.6


def draw_heat_map(run: Run, path: Path) -> None:
    """Write a PNG of the run's first measure. Raises `OSError`."""
    cells = means(run)[:, :, 0, :]
    height = _CELL_INCHES * len(run.rows) + _MARGIN_INCHES
    width = max(_CELL_INCHES * len(run.columns), 1.0) + _MARGIN_INCHES
    figure = Figure(figsize=(width * len(run.modes), height), layout="constrained")
    panels = figure.subplots(1, len(run.modes), squeeze=False)[0]
    for index, (mode, panel) in enumerate(zip(run.modes, panels, strict=True)):
        _draw(panel, run, cells[:, index, :])
        panel.set_title(f"{mode}: {run.measures[0]}")
    figure.savefig(path, format="png", dpi=100)


def _draw(panel: Axes, run: Run, cells: Floats) -> None:
    panel.imshow(cells, cmap="viridis", vmin=0, vmax=1, aspect="auto")
    panel.set_xticks(range(len(run.columns)), run.columns, rotation=45)
    panel.set_yticks(range(len(run.rows)), run.rows)
    panel.set_xlabel("language searched")
    panel.set_ylabel("query language")
    for row, column in np.argwhere(~np.isnan(cells)):
        value = cells[row, column]
        dark = value < 0.6
        panel.text(
            column, row, f"{value:.2f}", ha="center", va="center", fontsize=8, color="white" if dark else "black"
        )

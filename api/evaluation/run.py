"""A run: what was measured of every query, to be summed up, kept in a file, and compared with another run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from paraglot.search.errors import ParaglotError

FILE_NAME = "run.json"
FORMAT = 1

DECIMALS = 6
"""Of a value, as it is measured and as it is kept: so that a run read back equals the run that was kept."""

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Run:
    """Values by query. A *cell* is a query language and a column: the language that was searched.

    ``queries`` is query language → ids; ``values`` is query language → ``float64[queries, modes, measures, columns]``
    in the order of the ids and the three tuples, NaN where a column holds no answer to a query. ``settings`` says what
    was measured how.
    """

    settings: Mapping[str, Any]
    modes: tuple[str, ...]
    measures: tuple[str, ...]
    columns: tuple[str, ...]
    queries: Mapping[str, tuple[str, ...]]
    values: Mapping[str, Floats]

    @property
    def rows(self) -> tuple[str, ...]:
        """The query languages, in order."""
        return tuple(self.queries)


def save_run(run: Run, path: Path) -> None:
    """Write a run as JSON: to `DECIMALS`, null for NaN."""
    content = {
        "format": FORMAT,
        "settings": dict(run.settings),
        "modes": run.modes,
        "measures": run.measures,
        "columns": run.columns,
        "queries": dict(run.queries),
        "values": {language: _plain(values) for language, values in run.values.items()},
    }
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


def load_run(path: Path) -> Run:
    """Read what `save_run` wrote, by the file or by its folder. Raises `ParaglotError`."""
    file = path / FILE_NAME if path.is_dir() else path
    try:
        content = json.loads(file.read_text("utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(f"format {content['format']}")
        run = Run(
            content["settings"],
            tuple(content["modes"]),
            tuple(content["measures"]),
            tuple(content["columns"]),
            {language: tuple(ids) for language, ids in content["queries"].items()},
            {language: np.array(values, np.float64) for language, values in content["values"].items()},
        )
        shape = (len(run.modes), len(run.measures), len(run.columns))
        if any(run.values[language].shape != (len(ids), *shape) for language, ids in run.queries.items()):
            raise ValueError("its parts do not fit together")
    except OSError as error:
        raise ParaglotError(
            f"{file}: cannot be read ({error.strerror}).", "Make it: paraglot eval … --report DIR"
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise ParaglotError(
            f"{file}: not a run of this version of paraglot eval ({reason}).", "Measure again."
        ) from error
    return run


def _plain(values: Floats) -> Any:
    plain = np.round(values, DECIMALS).astype(object)
    plain[np.isnan(values)] = None
    return plain.tolist()

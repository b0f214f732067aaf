"""``--min``: a value that a run must reach.

Such as ``nDCG@10=0.5``, ``across:nDCG@10=0.7`` or ``keyword:same:recall@1=0.6``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paraglot.api.evaluation.run import Run
from paraglot.api.evaluation.statistics import ALL, Estimates, groups
from paraglot.search.errors import InvalidSettings
from paraglot.search.types import MODES


@dataclass(frozen=True, slots=True)
class Gate:
    """The least ``value`` of a measure. ``mode`` None: hybrid, or the only mode that was measured."""

    mode: str | None
    group: str
    measure: str
    least: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """A gate and the value that it met; it is passed from ``least`` on."""

    gate: Gate
    value: float

    @property
    def passed(self) -> bool:
        """Whether the value is large enough."""
        return self.value >= self.gate.least

    def __str__(self) -> str:
        over = f"{self.gate.mode}, {self.gate.group}: {self.gate.measure}"
        sign = "at least" if self.passed else "below"
        return f"{over} is {self.value:.4f}, {sign} {self.gate.least:g}"


def parse_gate(text: str, measures: Sequence[str]) -> Gate:
    """Read ``[MODE:][GROUP:]MEASURE=VALUE``. Raises `InvalidSettings`."""
    name, _, value = text.partition("=")
    *parts, measure = name.split(":")
    mode = parts.pop(0) if parts and parts[0] in MODES else None
    try:
        least = float(value)
    except ValueError:
        least = float("nan")
    if measure not in measures or len(parts) > 1 or not 0 <= least <= 1:
        raise InvalidSettings(
            f"--min {text}: not [MODE:][GROUP:]MEASURE=VALUE, such as across:{measures[0]}=0.5.",
            f"Measures: {', '.join(measures)}; values from 0 to 1.",
        )
    return Gate(mode, parts[0] if parts else ALL, measure, least)


def judge(gates: Sequence[Gate], run: Run, estimates: Estimates) -> list[Verdict]:
    """What each gate says of a run. Raises `InvalidSettings` for a mode or a group that the run does not have."""
    verdicts = []
    for gate in gates:
        mode = gate.mode or ("hybrid" if "hybrid" in run.modes else run.modes[0])
        if mode not in run.modes or (gate.mode is None and mode != "hybrid" and len(run.modes) > 1):
            raise InvalidSettings(f"--min: say of which mode, one of {', '.join(run.modes)}.")
        if gate.group not in groups(run):
            raise InvalidSettings(f"--min: there is no group {gate.group!r}.", f"There are: {', '.join(groups(run))}.")
        value = estimates.group(mode, gate.measure, gate.group).value
        verdicts.append(Verdict(Gate(mode, gate.group, gate.measure, gate.least), value))
    return verdicts

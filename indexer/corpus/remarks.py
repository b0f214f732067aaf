"""What readers say beside the articles: what they leave out of them, and what they read in spite of a fault.

A reader that drops something counts it, with one call:

    source.leave_out("captions", text)                         # an `Input` at hand
    options.remarks.leave_out("captions", place, text)         # only `Options` at hand
    body.leave_out("captions", text)                           # a `Body` at hand; counted when its article is made

and one that reads on where something was wrong says so: ``source.warn(reason, line)``. The kind is a plural as it is
said after a number. Each run has `Remarks` of its own; `Report.left_out` and `Report.warnings` tell them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from paraglot.indexer.corpus.drafts import Place, Skipped

MOST_WARNINGS = 1000
"""Warnings that are held; further ones are counted."""

_SHOWN = 200
"""Characters of a text that are shown of what was left out."""


class Remarks:
    """The remarks of one run. ``listener`` is called with a line for each thing that is left out."""

    def __init__(self, listener: Callable[[str], None] | None = None) -> None:
        self._listener = listener
        self.left_out: Counter[str] = Counter()
        self.warnings: list[Skipped] = []
        self.further_warnings = 0
        self._read_as: Counter[str] = Counter()
        self._read_in: Counter[str] = Counter()
        self._taken_for: dict[tuple[str, str], None] = {}
        self._numbers: dict[str, tuple[str, object]] = {}

    def read_as(self, form: str) -> None:
        """Count a text that was read as HTML, say, because it looks like that."""
        self._read_as[form] += 1

    def read_in(self, encoding: str) -> None:
        """Count an input whose encoding nothing but its letters told."""
        self._read_in[encoding] += 1

    def take_for(self, place: Place, ours: str, theirs: str) -> None:
        """Note a field that was taken for one of ours because another language calls ours so; each name once."""
        if (ours, theirs) in self._taken_for or len(self._taken_for) >= MOST_WARNINGS:
            return
        self._taken_for[ours, theirs] = None
        if self._listener:
            self._listener(f"{place}: {theirs} was taken for {ours}")

    def read_number(self, ours: str, written: str, number: object) -> None:
        """Note the first number of a field that could have been read otherwise."""
        self._numbers.setdefault(ours, (written, number))

    def leave_out(self, kind: str, place: Place, text: str = "", count: int = 1) -> None:
        """Count something that was in the input and is in no article; ``text`` is what it said."""
        self.left_out[kind] += count
        if self._listener:
            shown = " ".join(text.split())
            shown = f": {shown[:_SHOWN]}…" if len(shown) > _SHOWN else f": {shown}" if shown else ""
            self._listener(f"left out {place}: {kind}{f' ({count})' if count > 1 else ''}{shown}")

    def warn(self, place: Place, reason: str) -> None:
        """Say that something was read in spite of a fault, and what became of it."""
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(Skipped(place, reason))
        else:
            self.further_warnings += 1

    def counts(self) -> dict[str, int]:
        """How much was left out of each kind, the most first."""
        return dict(self.left_out.most_common())

    def warned(self) -> list[str]:
        """The warnings, each with its place, and what texts were taken for."""
        forms = [
            f"Texts read as {form}: {count}; --text plain reads texts as they stand."
            for form, count in sorted(self._read_as.items())
        ]
        forms += [
            f"Inputs in no UTF-8, read as {encoding}, which their letters tell: {count}; --encoding says it otherwise."
            for encoding, count in sorted(self._read_in.items())
        ]
        forms += [
            f"A mark of numbers in {ours} may part thousands or decimals: {written} was read as {number}; "
            "without marks between thousands there is no doubt."
            for ours, (written, number) in self._numbers.items()
        ]
        taken = ", ".join(f"{theirs} for {ours}" for ours, theirs in self._taken_for)
        if taken:
            forms.append(f"Fields were taken for ours by their names: {taken}; --field OURS=THEIRS says it otherwise.")
        more = [f"{self.further_warnings} further warnings."] if self.further_warnings else []
        return [str(warning) for warning in self.warnings] + more + forms

"""How right the aligned words are: precision and recall over the hand-made pairs of tests/aligned.jsonl.

    python benchmarks/alignment.py [--misses]

An alignment is right where it overlaps a hand-made pair on both sides.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from paraglot.search.answer.alignment import Aligner
from paraglot.search.encoders.builtin.encoder import BuiltinEncoder
from paraglot.search.types import Alignment

JUDGED = Path(__file__).parent.parent / "tests" / "aligned.jsonl"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found for one query and text: alignments right and wrong, and the pairs that were not found."""

    languages: str
    right: list[str]
    wrong: list[str]
    missed: list[str]


def judge() -> Iterator[Outcome]:
    """Align every query with its text."""
    encoder = BuiltinEncoder()
    aligner = Aligner(encoder, encoder)
    for one in map(json.loads, JUDGED.read_text("utf-8").splitlines()):
        query, text = one["query"], one["text"]
        [found] = aligner.align(query, [text], one["languages"])
        pairs = [(query.index(asked), len(asked), text.index(told), len(told)) for asked, told in one["pairs"]]
        hits = {alignment: [pair for pair in pairs if _overlap(alignment, *pair)] for alignment in found}
        reached = {pair for own in hits.values() for pair in own}
        yield Outcome(
            "-".join(one["languages"]),
            [_show(query, text, alignment) for alignment, own in hits.items() if own],
            [_show(query, text, alignment) for alignment, own in hits.items() if not own],
            [
                f"{asked} = {told}"
                for pair, (asked, told) in zip(pairs, one["pairs"], strict=True)
                if pair not in reached
            ],
        )


def _overlap(one: Alignment, asked: int, asked_length: int, told: int, told_length: int) -> bool:
    return (
        one.query_start < asked + asked_length
        and asked < one.query_end
        and one.start < told + told_length
        and told < one.end
    )


def _show(query: str, text: str, one: Alignment) -> str:
    return f"{query[one.query_start : one.query_end]} = {text[one.start : one.end]}"


def main() -> None:
    """Judge and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", action="store_true")
    arguments = parser.parse_args()
    outcomes = list(judge())
    right, wrong, missed = (sum(len(getattr(one, name)) for one in outcomes) for name in ("right", "wrong", "missed"))
    languages = len({one.languages for one in outcomes})
    print(
        f"{right + missed} pairs in {languages} pairs of languages: precision {right / (right + wrong):.3f}, ", end=""
    )
    print(f"{missed} not found")
    if arguments.misses:
        for one in outcomes:
            print(f"{one.languages}: wrong {one.wrong}, missed {one.missed}")


if __name__ == "__main__":
    main()

"""How well the seeds' judged queries are answered: share of queries with a right paragraph among the first 5.

    python benchmarks/seeds_quality.py [--index FOLDER]

Indexes the seeds with the built-in encoder (into a temporary folder unless one is named), asks every query of
tests/judged in every mode, and prints a table by the query's language. "across" are queries whose answers are all in
other languages; the bar there is over the 16 languages that the encoder knows.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from paraglot.indexer.build import index_corpus
from paraglot.search.engine.engine import Engine, open_index
from paraglot.search.errors import ParaglotError
from paraglot.search.types import MODES, Mode, SearchRequest, SearchResponse

ROOT = Path(__file__).parent.parent
FIRST = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """A query, its language, and the paragraphs that answer it as ``article id#position``."""

    id: str
    query: str
    language: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The place of the first right paragraph among the hits (from 1), or None."""

    judged: Judged
    across: bool
    place: int | None

    @property
    def found(self) -> bool:
        """Whether a right paragraph is among the first `FIRST`."""
        return self.place is not None and self.place <= FIRST


def read_judged(folder: Path = ROOT / "tests" / "judged") -> list[Judged]:
    """All judged queries."""
    return [
        Judged(fields["id"], fields["query"], fields["language"], tuple(fields["answers"]))
        for path in sorted(folder.glob("*.jsonl"))
        for fields in map(json.loads, path.read_text("utf-8").splitlines())
    ]


def judge(engine: Engine, queries: Iterable[Judged], mode: Mode) -> Iterator[Outcome]:
    """Ask every query."""
    for judged in queries:
        yield outcome(engine, judged, engine.search(SearchRequest(judged.query, limit=20, mode=mode)))


def outcome(engine: Engine, judged: Judged, response: SearchResponse) -> Outcome:
    """What a query was answered with; the language of an answer is its paragraph's in the index."""
    languages = {_answer_language(engine, answer) for answer in judged.answers}
    names = [f"{hit.paragraph.article_id}#{hit.paragraph.position}" for hit in response.hits]
    places = [place for place, name in enumerate(names, start=1) if name in judged.answers]
    return Outcome(judged, judged.language not in languages, min(places, default=None))


def share(outcomes: Iterable[Outcome]) -> float:
    """Share of outcomes with a right paragraph among the first 5; nan where there are none."""
    found = [outcome.found for outcome in outcomes]
    return sum(found) / len(found) if found else float("nan")


def table(by_mode: dict[Mode, list[Outcome]]) -> str:
    """Markdown: a line per query language and two for all of them, columns same/across for each mode."""
    languages = sorted({outcome.judged.language for outcome in by_mode["hybrid"]})
    lines = ["| query language | queries | " + " | ".join(f"{mode} same | {mode} across" for mode in MODES) + " |"]
    lines.append("|---|---|" + "---|---|" * len(MODES))
    for name, wanted in [*((one, {one}) for one in languages), ("all", set(languages))]:
        cells = [str(sum(outcome.judged.language in wanted for outcome in by_mode["hybrid"]))]
        for mode in MODES:
            for across in (False, True):
                value = share(one for one in by_mode[mode] if one.across is across and one.judged.language in wanted)
                cells.append("–" if value != value else f"{value:.2f}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _answer_language(engine: Engine, answer: str) -> str:
    article_id, _, position = answer.rpartition("#")
    with engine.snapshot() as snapshot:
        return snapshot.article(article_id)[1][int(position)].language


def main() -> None:
    """Index, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, help="folder of an index of the seeds")
    parser.add_argument("--misses", action="store_true", help="also print the queries that hybrid misses")
    arguments = parser.parse_args()
    try:
        by_mode = _judged(arguments.index)
    except ParaglotError as error:
        raise SystemExit(str(error)) from None
    print(table(by_mode))
    if arguments.misses:
        for outcome in by_mode["hybrid"]:
            if not outcome.found:
                kind = "across" if outcome.across else "same"
                one = outcome.judged
                print(f"{one.id} {kind} {one.language} place {outcome.place}: {one.query} → {', '.join(one.answers)}")


def _judged(index: Path | None) -> dict[Mode, list[Outcome]]:
    """What each mode answers, over an index of the seeds, made if there is none."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = index or Path(temporary)
        if not index:
            index_corpus(folder, [ROOT / "seeds"])
        with open_index(folder) as engine:
            queries = read_judged()
            return {mode: list(judge(engine, queries, mode)) for mode in MODES}


if __name__ == "__main__":
    main()

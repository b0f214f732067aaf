"""One damaged file at a time: what a reader, `verify` and the next writer make of it.

A small index of several commits is damaged in every file in many ways: a bit flipped, cut, emptied, zeroed, grown,
deleted. Then a set of requests is asked. Each must answer as before, or say what is missing, or be refused with the
file's name: an exception of another kind, or another answer without a word, is a failure. At last an article is
written: what can be made from the store must be whole again.

    python benchmarks/damage.py [--flips 40] [--each N] [--seed 0] [--keyword auto] [--archive tests/formats/X.tar.gz]

All damages take hours where the processor is shared: with `--each` it is so many of each file, drawn by chance, so that
no file and no kind of file is left out. `--archive` damages an index of an earlier format in place of a new one.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tarfile
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.care.verify import verify_index
from paraglot.search.answer.similar_types import SimilarRequest
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import NotFound, ParaglotError
from paraglot.search.suggest.types import SuggestRequest
from paraglot.search.types import SearchRequest

SPARED = ("writer.lock", "store.sqlite-shm")
"""What holds nothing: they are made anew."""

QUERIES: list[dict[str, Any]] = [
    {"q": "bread tax council"},
    {"q": "Brot Steuer", "mode": "keyword", "facets": ("source", "language", "tags")},
    {"q": "bakers protested", "mode": "semantic"},
    {"q": "bread", "filter": "source = Gazette AND date >= 2024", "facets": ("source",)},
    {"q": "harbour ferry", "languages": ("en",), "context": 1, "explain": True},
    {"q": "tax", "sort": "date:desc", "group_by": "article"},
]

Damage = tuple[str, str, Callable[[bytes], bytes | None]]
"""A file, what is done to it, and its content afterwards (None: it is gone)."""


@dataclass
class Found:
    """Outcomes, and each failure in words."""

    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    damages: int = 0
    files: int = 0


def articles() -> list[dict[str, Any]]:
    """A few articles in three languages; equal paragraphs, attributes and dates among them."""
    texts = {
        "en": ["The council raised the bread tax.", "Bakers in the old town protested loudly.", "The ferry left late."],
        "de": ["Der Rat hat die Steuer auf Brot erhöht.", "Die Bäcker protestierten.", "Die Fähre fuhr zu spät."],
        "fr": ["Le conseil a augmenté la taxe sur le pain.", "Les boulangers ont protesté.", "Le bac est parti."],
    }
    return [
        {
            "id": f"{language}-{number}",
            "title": f"{language} story {number} of the harbour",
            "language": language,
            "date": f"2024-{number + 1:02}-15",
            "source": ["Gazette", "Herald"][number % 2],
            "tags": [f"t{number % 3}"],
            "text": "\n\n".join([*own, f"Number {number} of the {language} paper, page {number * 7}.", own[0]]),
        }
        for language, own in texts.items()
        for number in range(6)
    ]


def make(folder: Path, keyword: str = "auto") -> Path:
    """An index of three commits: parts, removed rows, former paragraphs and an earlier generation are in it."""
    index, corpus = folder / "index", folder / "corpus.jsonl"
    every = articles()
    for last in (12, 17, 18):
        corpus.write_text("".join(json.dumps(one) + "\n" for one in every[:last]), "utf-8")
        index_corpus(index, [corpus], "fake", keyword=keyword)
        every[3]["text"] += f"\n\nAdded after {last}."
    delete_articles(index, ["de-1"])
    return index


def kept(archive: Path, folder: Path) -> Path:
    """An index that an earlier version made, out of its archive."""
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    return folder / "index"


def damages(index: Path, flips: int, chance: random.Random) -> Iterator[Damage]:
    """Every file of the index in every way, ``flips`` bits of each."""
    for path in sorted(index.rglob("*")):
        if not path.is_file() or path.name in SPARED or path.stat().st_size == 0:
            continue
        name, size = path.relative_to(index).as_posix(), path.stat().st_size
        places = sorted({0, size // 2, size - 1, *(chance.randrange(size) for _ in range(flips))})
        for place in places:
            yield name, f"bit of byte {place} flipped", _flip(place, chance.randrange(8))
        yield name, "cut in half", lambda content: content[: len(content) // 2]
        yield name, "last byte cut", lambda content: content[:-1]
        yield name, "emptied", lambda _: b""
        yield name, "zeroed", lambda content: bytes(len(content))
        yield name, "grown", lambda content: content + b"\0" * 100
        yield name, "deleted", lambda _: None


def _flip(place: int, bit: int) -> Callable[[bytes], bytes]:
    return lambda content: content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]


def drawn(every: list[Damage], each: int | None, chance: random.Random) -> list[Damage]:
    """All damages, or so many of each file."""
    if each is None:
        return every
    files = (list(own) for _, own in groupby(every, key=lambda damage: damage[0]))
    return [damage for own in files for damage in chance.sample(own, min(each, len(own)))]


def campaign(index: Path, flips: int, seed: int, folder: Path, each: int | None = None, most: int = 0) -> Found:
    """Each damage on a fresh copy; ``each``: of each file only so many, ``most``: so many of all."""
    right = answers(index)
    chance = random.Random(seed)
    taken = drawn(list(damages(index, flips, chance)), each, chance)
    taken = chance.sample(taken, most) if most else taken
    found = Found(damages=len(taken), files=len({name for name, _, _ in taken}))
    for number, (name, what, change) in enumerate(taken):
        copy = folder / str(number)
        shutil.copytree(index, copy)
        content = change((copy / name).read_bytes())
        (copy / name).unlink() if content is None else (copy / name).write_bytes(content)
        try:
            outcome = _read(copy, right)
            noticed = bool(verify_index(copy).faults)
            written = _write(copy, folder)
        except ParaglotError as error:
            outcome, noticed, written = "refused", True, "refused" if str(copy) in str(error) else f"unnamed: {error}"
        except Exception:
            outcome, noticed, written = f"exception: {traceback.format_exc(limit=-4)}", False, ""
        found.outcomes[f"search {outcome.partition(':')[0]}"] += 1
        found.outcomes[f"verify {'noticed' if noticed else 'unnoticed'}"] += 1
        found.outcomes[f"write {written.partition(':')[0]}"] += 1
        if outcome not in ("same", "told", "refused") or (outcome == "told" and not noticed) or ":" in written:
            found.failures.append(f"{name}, {what}: {outcome}; {'' if noticed else 'un'}noticed; {written}")
            print(found.failures[-1], flush=True)
        shutil.rmtree(copy)
    return found


def answers(index: Path) -> list[Any]:
    """What every request gives, as JSON would have it, the time left out; with warnings, and refusals in words."""
    found: list[Any] = []
    with Engine(index) as engine:
        ids = ["en-1", "de-2", "fr-5"]
        requests: list[Callable[[], Any]] = [
            *(lambda asked=asked: engine.search(SearchRequest(limit=30, **asked)) for asked in QUERIES),
            lambda: engine.similar(SimilarRequest(id="en-2")),
            lambda: engine.suggest(SuggestRequest("har")),
            *(lambda id_=id_: _article(engine, id_) for id_ in ids),
        ]
        for request in requests:
            try:
                found.append(_told(request()))
            except NotFound as error:
                found.append({"warnings": [], "not_found": str(error)})
            except ParaglotError as error:
                found.append({"refused": str(error)})
    return found


def _article(engine: Engine, id_: str) -> Any:
    with engine.view() as view:
        article, paragraphs = view.article(id_)
        return article.text, [view.paragraph(one.id)[0].text for one in paragraphs]


def _told(answer: Any) -> dict[str, Any]:
    if isinstance(answer, tuple):
        return {"warnings": [], "text": answer}
    hits = [(hit.paragraph, hit.article, hit.score, hit.relevance) for hit in getattr(answer, "hits", [])]
    rest = [getattr(answer, name, None) for name in ("facets", "estimated_total_hits", "suggestions", "did_you_mean")]
    return {"warnings": list(getattr(answer, "warnings", [])), "hits": hits, "rest": rest}


def _read(index: Path, right: list[Any]) -> str:
    outcome = "same"
    for own, wanted in zip(answers(index), right, strict=True):
        if "refused" in own:
            outcome = "refused" if outcome == "same" else outcome
        elif own != wanted:
            if own["warnings"] == wanted["warnings"]:
                return f"different: {own} instead of {wanted}"
            outcome = "told"
    return outcome


def _write(index: Path, folder: Path) -> str:
    corpus = folder / "more.jsonl"
    corpus.write_text('{"id": "more", "text": "One more ferry.", "language": "en"}\n')
    index_corpus(index, [corpus])
    faults = verify_index(index).faults
    if all("store.sqlite: " in fault for fault in faults):
        return "beside a damaged record" if faults else "whole"  # a write reads no records but those that it changes
    return f"damaged: {faults[0]}"


def main() -> None:
    """The campaign at full size; exit code 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=40)
    parser.add_argument("--each", type=int, help="damages of each file (default: all)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keyword", default="auto", help="keyword engine")
    parser.add_argument("--archive", type=Path, help="an index of an earlier format, of tests/formats")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        index = kept(options.archive, place) if options.archive else make(place, options.keyword)
        found = campaign(index, options.flips, options.seed, place, options.each)
    print(f"{found.damages} damages of {found.files} files: {dict(sorted(found.outcomes.items()))}")
    sys.exit(1 if found.failures else 0)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()

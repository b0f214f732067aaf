"""Whether names are found in other scripts, and held to be found: over the seeds and sentences with a name each.

    python benchmarks/names.py [--model builtin-fast] [--half even|odd] [--missed]

`names.tsv` has 40 names in 13 languages. Those of one half stand in the index, each in a sentence of four languages,
and each spelling is asked for. Reported of the sentences in other scripts that have the name: how many are first (but
for others of the same name), among the first five, and of a relevance of 0.5; how many queries find something else that
relevant; and of the names of the other half, which may stand in the seeds, how many find that.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from seeds_quality import FIRST, ROOT

from paraglot.indexer.build import index_corpus
from paraglot.search.engine.engine import Engine, open_index
from paraglot.search.query.names import script_of
from paraglot.search.types import ANSWER_RELEVANCE, SearchRequest

LIMIT = 50
SENTENCES = {
    "en": "On Wednesday a long letter about {} was read aloud in the library.",
    "ru": "Старая картина, на которой {}, продана в пятницу.",
    "uk": "У середу в бібліотеці прочитали листа про те, що {} скоро зміниться.",
    "el": "Το νέο βιβλίο μιλά για {} και τη ζωή τότε.",
    "ar": "قرئت يوم الأربعاء في المكتبة رسالة طويلة عن {} وأصدقائه.",
    "fa": "نقاشی قدیمی {} روز جمعه فروخته شد.",
    "he": "ביום רביעי הוקרא בספרייה מכתב ארוך על {} ועל חבריו.",
    "hi": "नई किताब सौ साल पहले के {} के बारे में बताती है।",
    "bn": "বুধবার গ্রন্থাগারে {} সম্পর্কে একটি চিঠি পড়া হয়।",
    "zh": "那幅画着{}的旧画星期五卖出去了。",
    "ja": "新しい本は百年前の{}について語る。",
    "ko": "수요일에 도서관에서 {}에 관한 긴 편지가 낭독되었다.",
    "th": "เมื่อวันพุธมีการอ่านจดหมายเกี่ยวกับ{}ในห้องสมุด",
}
"""One sentence a language, in which a name stands as it is."""


@dataclass(slots=True)
class Counts:
    """What was found of ``asked`` pairs of a spelling and a sentence in another script, and of ``queries``."""

    asked: int = 0
    first: int = 0
    among_first: int = 0
    relevant: int = 0
    queries: int = 0
    others: int = 0
    absent: int = 0
    absent_found: int = 0
    missed: list[str] = field(default_factory=list)


def read_names() -> list[dict[str, str]]:
    """Language → spelling, of each name."""
    with (Path(__file__).parent / "names.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def articles(names: list[dict[str, str]], half: int) -> Iterator[dict[str, str]]:
    """The sentences of the names of one half."""
    for number, name in enumerate(names):
        for turn in range(4 if number % 2 == half else 0):
            language = list(SENTENCES)[(number * 4 + turn * 3 + number // 13) % len(SENTENCES)]
            text = SENTENCES[language].format(name[language])
            yield {"id": f"name-{number}-{language}", "language": language, "title": "", "text": text}


def count(engine: Engine, names: list[dict[str, str]], stand: list[str]) -> Counts:
    """Ask for every spelling."""
    counts = Counts()
    for number, name in enumerate(names):
        own = [article for article in stand if article.startswith(f"name-{number}-")]
        for language, spelling in name.items():
            hits = engine.search(SearchRequest(spelling, limit=LIMIT)).hits
            found = [(hit.article.id, (hit.relevance or 0.0) >= ANSWER_RELEVANCE) for hit in hits]
            if not own:
                counts.absent += 1
                counts.absent_found += any(relevant for _, relevant in found)
                continue
            counts.queries += 1
            counts.others += any(relevant for article, relevant in found if article not in own)
            for article in own:
                written = name[article.rsplit("-", 1)[1]]
                if script_of(written) != script_of(spelling):
                    _judge(counts, f"{spelling} {written} ({language})", found, own, article)
    return counts


def _judge(counts: Counts, what: str, found: list[tuple[str, bool]], own: list[str], article: str) -> None:
    places = [place for place, (hit, _) in enumerate(found) if hit == article]
    before = sum(hit not in own for hit, _ in found[: places[0]]) if places else LIMIT
    relevant = bool(places) and found[places[0]][1]
    counts.asked += 1
    counts.first += before == 0
    counts.among_first += before < FIRST
    counts.relevant += relevant
    if before >= FIRST or not relevant:
        counts.missed.append(f"{what}: {before} before it, relevant: {relevant}")


def main() -> None:
    """Index, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="builtin-fast")
    parser.add_argument("--half", choices=("even", "odd"), default="odd")
    parser.add_argument("--missed", action="store_true", help="list what was not found")
    options = parser.parse_args()
    names = read_names()
    with tempfile.TemporaryDirectory() as folder:
        written = list(articles(names, options.half == "odd"))
        lines = [json.dumps(article, ensure_ascii=False) for article in written]
        (Path(folder) / "names.jsonl").write_text("\n".join(lines), "utf-8")
        index_corpus(Path(folder) / "index", [ROOT / "seeds", Path(folder) / "names.jsonl"], options.model)
        with open_index(Path(folder) / "index") as engine:
            counts = count(engine, names, [article["id"] for article in written])
    print(f"{counts.asked} spellings and sentences: first {counts.first / counts.asked:.3f}")
    print(f"among the first {FIRST} {counts.among_first / counts.asked:.3f}")
    print(f"relevance of {ANSWER_RELEVANCE} {counts.relevant / counts.asked:.3f}")
    print(f"{counts.others} of {counts.queries} queries find something else that relevant")
    print(f"{counts.absent_found} of {counts.absent} of other names")
    print(*(counts.missed if options.missed else ()), sep="\n")


if __name__ == "__main__":
    main()

"""Questions of several kinds, each answerable in one index and off-topic in another: what relevance is judged by.

A `World` is a collection of paragraphs in groups that say different things: an article of XQuAD, a story of the seeds,
a stretch of native paragraphs. A question whose group is even is answerable in the index of all groups and off-topic in
what a forced filter leaves of it, the odd ones; such a part answers as an index without the rest. Tune with questions
of even groups, report odd ones.

| kind | world | what is asked |
|---|---|---|
| `question` | XQuAD | its questions, which repeat words of their paragraph |
| `two_words` | XQuAD | the two words of a question that the fewest paragraphs of its language have |
| `name` | XQuAD | an entity in one of its languages, by whose English name an English paragraph has it |
| `reader` | seeds | the judged queries, as readers ask them |
| `headline` | seeds | the title of an article, in its own and in other languages' words |
| `native` | native | questions that people wrote in Arabic, Chinese and Japanese |
| `everyday` | all | sentences of Tatoeba, which nothing answers |
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ranking_trial import LANGUAGES, questions, read
from seeds_quality import ROOT, read_judged

from paraglot.indexer.build import index_corpus
from paraglot.indexer.care.export import export_articles
from paraglot.search.text.analysis import words

NATIVE = ("qa_drcd_dev", "qa_arcd_train", "qa_jaquad_train")
STRETCH = 25
"""Native paragraphs that follow one another are of one article: so many make a group."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and what answers it: names of articles or of paragraphs (``article#position``); nothing: off-topic."""

    kind: str
    language: str
    text: str
    group: int
    right: frozenset[str]


@dataclass(slots=True)
class World:
    """Articles as they are indexed, the group of each, and what is asked."""

    name: str
    articles: list[dict[str, Any]]
    groups: dict[str, int]
    asked: list[Asked] = field(default_factory=list)

    def build(self, index: Path, model: str) -> Path:
        """Index the articles with the parity of their groups as the attribute ``half``, if that was not done."""
        if not (index / "CURRENT").exists():
            index.parent.mkdir(parents=True, exist_ok=True)
            corpus = index.parent / f"{index.name}.jsonl"
            kept = [one | {"half": str(self.groups[one["id"]] % 2)} for one in self.articles]
            corpus.write_text("\n".join(json.dumps(one) for one in kept), "utf-8")
            index_corpus(index, [corpus], model=model)
        return index


def xquad(folder: Path, titles: Path | None, every: int, paragraphs: int) -> World:
    """XQuAD, its first ``paragraphs`` in each language, with their questions.

    ``titles``: entities' names as JSON lines, in each line one by language.
    """
    rows = [json.loads(line) for line in read(folder, "corpus.jsonl")]
    rows = [one for one in rows if int(one["id"].rpartition(":p")[2]) < paragraphs]
    articles = [
        {"id": one["id"], "title": one["title"], "paragraphs": [one["text"]], "language": one["lang"]} for one in rows
    ]
    number = {one["id"]: int(one["id"].rpartition(":p")[2]) for one in rows}
    world = World("xquad", articles, {name: of // 5 for name, of in number.items()})
    frequency = {language: _frequency(one["text"] for one in rows if one["lang"] == language) for language in LANGUAGES}
    for one, right in questions(folder, LANGUAGES, None, every):
        if (group := world.groups.get(min(right))) is None:
            continue
        world.asked.append(Asked("question", one["lang"], one["text"], group, frozenset(right)))
        rarest = _rarest(one["text"], frequency[one["lang"]])
        if len(rarest) == 2:
            world.asked.append(Asked("two_words", one["lang"], " ".join(rarest), group, frozenset(right)))
    if titles:
        english = {number[one["id"]]: one["text"] for one in rows if one["lang"] == "en"}
        world.asked += _names(titles, english, every)
    return world


def _frequency(texts: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for text in texts:
        for term in {token.term for word in words(text) for token in word.terms}:
            counts[term] += 1
    return counts


def _rarest(text: str, frequency: dict[str, int]) -> list[str]:
    """The two rarest words of those that some paragraph has, as they are written and in their order."""
    known = [
        (frequency[token.term], token.start, token.end)
        for word in words(text)
        for token in word.terms
        if token.term in frequency
    ]
    return [text[start:end] for _, start, end in sorted(sorted(known)[:2], key=lambda entry: entry[1])]


def _names(titles: Path, english: dict[int, str], every: int) -> Iterator[Asked]:
    """Names of entities that paragraphs of one article alone have, in all languages that they are known in."""
    found = 0
    seen = set()
    written = set(re.findall(r"[\w'-]+", "\n".join(english.values())))
    for names in map(json.loads, read(titles.parent, titles.name.removesuffix(".xz"))):
        name = names.get("en", "")
        if len(name) < 5 or not name[0].isupper() or name in seen:
            continue
        seen.add(name)
        if not written.issuperset(re.findall(r"[\w'-]+", name)) or name.lower() in written:
            continue
        pattern = re.compile(rf"\b{re.escape(name)}\b")
        has = {place for place, text in english.items() if name in text and pattern.search(text)}
        if not has or len({place // 5 for place in has}) != 1:
            continue
        found += 1
        if found % max(every // 2, 1):
            continue
        right = frozenset(f"{language}:p{place}" for language in LANGUAGES for place in has)
        for language in LANGUAGES:
            if language in names:
                yield Asked("name", language, names[language], min(has) // 5, right)


def seeds(work: Path) -> World:
    """The seeds with the judged queries and the articles' titles; articles that answer the same query are one story."""
    index = work / "seeds-read"
    if not (index / "CURRENT").exists():
        index_corpus(index, [ROOT / "seeds"], model="fake")
    articles = list(export_articles(index))
    story = {one["id"]: one["id"] for one in articles}

    def first(name: str) -> str:
        while story[name] != name:
            name = story[name]
        return name

    judged = read_judged()
    for one in judged:
        names = [answer.rpartition("#")[0] for answer in one.answers]
        for name in names[1:]:
            story[first(name)] = first(names[0])
    numbers = {name: at for at, name in enumerate(sorted({first(name) for name in story}))}
    groups = {name: numbers[first(name)] for name in story}
    world = World("seeds", articles, groups)
    for one in judged:
        group = groups[one.answers[0].rpartition("#")[0]]
        world.asked.append(Asked("reader", one.language, one.query, group, frozenset(one.answers)))
    for article in articles:
        group = groups[article["id"]]
        right = frozenset(name for name, own in groups.items() if own == group)
        if article.get("title"):
            world.asked.append(Asked("headline", article.get("language", "und"), article["title"], group, right))
    return world


def native(folder: Path, every: int, paragraphs: int) -> World:
    """Paragraphs and questions of the three native sets, so many of each that the sets weigh alike."""
    world = World("native", [], {})
    for number, name in enumerate(NATIVE):
        own: dict[str, list[tuple[str, str]]] = {}
        for line in read(folder, f"{name}.tsv"):
            language, question, _, paragraph = line.split("\t")
            own.setdefault(paragraph, []).append((language, question))
        for at, (paragraph, asked) in enumerate(list(own.items())[:paragraphs]):
            group = 1_000 * number + at // STRETCH
            article = f"{name}:{at}"
            language = asked[0][0]
            world.articles.append({"id": article, "paragraphs": [paragraph], "language": language})
            world.groups[article] = group
            if at % max(every // 4, 1) == 0:
                text = asked[at % len(asked)][1].strip(" -")
                world.asked.append(Asked("native", language, text, group, frozenset([article])))
    return world


def everyday(path: Path, per_language: int) -> list[Asked]:
    """Sentences of a table ``language, text, language, text``, in every language that has enough; the group by lot."""
    by_language: dict[str, list[str]] = defaultdict(list)
    for line in read(path.parent, path.name.removesuffix(".xz")):
        one, text, other, translation = line.split("\t")
        by_language[one].append(text)
        by_language[other].append(translation)
    draw = random.Random(19)
    return [
        Asked("everyday", language, text, group, frozenset())
        for language, texts in sorted(by_language.items())
        if len(texts) > 1_000
        for group, text in enumerate(draw.sample(texts, 2 * per_language))
    ]

"""Corpora by chance for `benchmarks/wall.py`: articles some of them hidden, with a history, and what to ask of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft

Article: TypeAlias = dict[str, Any]

ROOT = Path(__file__).parent.parent

WORDS = {
    "en": "council tax bread baker town harbour ferry winter timetable river flood school vote price market letter "
    "bridge night garden museum teacher library engine storm island mayor strike",
    "de": "Rat Steuer Brot Bäcker Stadt Hafen Fähre Winter Fahrplan Fluss Hochwasser Schule Wahl Preis Markt Brief "
    "Brücke Nacht Garten Museum Lehrer Bücherei Sturm Insel Streik",
    "fr": "conseil impôt pain boulanger ville port ferry hiver horaire rivière crue école vote prix marché lettre pont "
    "nuit jardin musée tempête île maire grève",
    "ru": "совет налог хлеб пекарь город порт паром зима расписание река школа выборы цена рынок письмо мост ночь сад",
    "zh": "市议会 面包税 老城 面包师 港口 渡轮 冬季 时刻表 河流 洪水 学校 选举 价格 市场 桥梁 花园",
}
USUAL = {
    "en": "the a of and to in was is that for",
    "de": "der die das und in zu war ist von für",
    "fr": "le la les et de à dans est pour",
    "ru": "и в на с что это для по",
    "zh": "的 了 在",
}
SECRETS = {
    "en": "zanzibar quicksilver swordfish vault password moonbase",
    "de": "Geheimbund Schatzkammer Quecksilber Losung",
    "fr": "mercure coffre espion complot",
    "ru": "заговор сокровище шпион ртуть",
    "zh": "阴谋 宝藏 间谍 水银",
}
"""Words that hidden articles alone have."""

HIDDEN_LANGUAGE = "it"
ITALIAN = "consiglio tassa pane fornaio città porto traghetto inverno orario fiume scuola voto prezzo mercato"


@dataclass(slots=True)
class Corpus:
    """Articles by commit, what each deletes, and what there is to ask."""

    commits: list[tuple[list[Article], list[str]]]
    vocabulary: list[str]
    texts: list[str]
    ids: list[str]


def make_corpus(random: Random, size: int) -> Corpus:
    """A corpus of ``size`` articles and their history."""
    texts: list[str] = []
    articles = {f"a{number}": _article(random, f"a{number}", texts) for number in range(size)}
    ids = list(articles)
    random.shuffle(ids)
    commits: list[tuple[list[Article], list[str]]] = []
    first = max(1, size // 2)
    commits.append(([articles[one] for one in ids[:first]], []))
    changed = [_changed(random, articles[one], texts) for one in random.sample(ids[:first], first // 4)]
    commits.append(([articles[one] for one in ids[first:]] + changed, []))
    commits.append(([], random.sample(ids, max(1, size // 12))))
    vocabulary = sorted({word for text in texts for word in text.replace(".", "").split()})
    return Corpus(commits, vocabulary, texts, ids)


def seeds_corpus(random: Random, size: int) -> Corpus:
    """Articles of the seeds, half of them hidden."""
    drafts = [one for one in read_corpus([ROOT / "seeds"]) if isinstance(one, Draft)]
    articles = [
        {"id": one.id, "title": one.title, "text": one.text, "access": random.choice(["open", "closed"])}
        | {name: value for name in ("language", "date", "source") if (value := getattr(one, name))}
        for one in random.sample(drafts, min(size, len(drafts)))
    ]
    texts = [" ".join(block.split()) for one in articles for block in one["text"].split("\n\n") if block.strip()]
    vocabulary = sorted({word for text in texts for word in text.replace(".", "").split()})
    ids = [one["id"] for one in articles]
    half = len(ids) // 2
    return Corpus([(articles[:half], []), (articles[half:], []), ([], ids[: size // 12])], vocabulary, texts, ids)


def _article(random: Random, id_: str, texts: list[str]) -> Article:
    hidden = random.random() < 0.5
    language = HIDDEN_LANGUAGE if hidden and random.random() < 0.2 else random.choice(list(WORDS))
    paragraphs = [_paragraph(random, language, hidden, texts) for _ in range(random.randint(1, 4))]
    article: Article = {
        "id": id_,
        "title": " ".join(_words(random, language, hidden, 3)).capitalize() if random.random() < 0.8 else "",
        "text": "\n\n".join(dict.fromkeys(paragraphs)),
        "access": "closed" if hidden else "open",
        "source": random.choice(["Gazette", "Courier"] + ["Secret Herald"] * hidden),
        "tags": random.sample(["town", "sea", "money"] + ["conspiracy"] * hidden, 2),
        "date": f"20{random.randint(10, 26)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
    }
    if random.random() < 0.8:
        article["language"] = language
    if hidden and random.random() < 0.3:
        article["codename"] = "nightjar"
    if random.random() < 0.3:
        article["author"] = {"name": random.choice(["Ada", "Bo"] + ["Mata Hari"] * hidden)}
    return article


def _paragraph(random: Random, language: str, hidden: bool, texts: list[str]) -> str:
    if texts and random.random() < 0.15:
        again = random.choice(texts)  # both sides may have it, or nearly
        text = again if random.random() < 0.6 else again + " " + " ".join(_words(random, language, hidden, 1)) + "."
    else:
        words = _words(random, language, hidden, random.randint(6, 40))
        cuts = range(0, len(words), random.randint(5, 12))
        width = cuts.step
        text = " ".join(" ".join(words[at : at + width]).capitalize() + "." for at in cuts)
    texts.append(text)
    return text


def _words(random: Random, language: str, hidden: bool, count: int) -> list[str]:
    own = ITALIAN if language == HIDDEN_LANGUAGE else WORDS[language]
    pools = [own.split(), USUAL.get(language, "il la di e").split()]
    secrets = SECRETS.get(language, "congiura tesoro").split()
    found = [random.choice(pools[random.random() < 0.3]) for _ in range(count)]
    return [random.choice(secrets) if hidden and random.random() < 0.15 else word for word in found]


def _changed(random: Random, article: Article, texts: list[str]) -> Article:
    hidden = article["access"] == "closed"
    kept = article["text"].split("\n\n")[1:]
    fresh = [_paragraph(random, article.get("language", "en"), hidden, texts)] if random.random() < 0.7 else []
    return {**article, "text": "\n\n".join(dict.fromkeys([*fresh, *kept])) or "A line that was left."}


def write_index(folder: Path, corpus: Corpus, encoder: str, hide: bool) -> None:
    """The index of a corpus, all of it or without what is hidden."""
    gone = {one["id"] for articles, _ in corpus.commits for one in articles if hide and one["access"] == "closed"}
    for number, (articles, deleted) in enumerate(corpus.commits):
        shown = [one for one in articles if one["id"] not in gone]
        if shown:
            path = folder / f"corpus-{number}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in shown), "utf-8")
            index_corpus(folder / "index", [path], encoder)
        if left := [one for one in deleted if one not in gone]:
            delete_articles(folder / "index", left)

"""A key's filter is a wall: an index with hidden articles answers as one that never had them, byte for byte.

    python benchmarks/wall.py [--requests 2000] [--corpora 20] [--seed 0] [--encoder fake] [--seeds]

Each corpus is made by chance: articles in several languages, of which some are hidden, with words, phrases, titles,
attributes, texts and pins that only they have, and others that both have; written in several commits that change and
delete some; with ``--seeds`` it is a part of the seeds, half of it hidden. It is indexed whole and without what is
hidden. Then both are asked the same at every door that a key with a filter may use, the first with such a key, the
second with one that sees everything. Times, and the number and date of the generation, are left out of the comparison.
Prints what differs; exit code 1 if anything does.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TypeAlias
from unittest.mock import patch
from urllib.parse import quote

import httpx
import numpy as np
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parent))  # imported by the suite, too

from wall_corpora import Corpus, make_corpus, seeds_corpus, write_index

from paraglot.api.http.app import create_app
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from paraglot.api.settings import Settings
from paraglot.search.answer.listing import ORDERS
from paraglot.search.encoders.load import load_encoder
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.suggest.types import SuggestRequest

Ask: TypeAlias = Callable[[TestClient], httpx.Response]
Make: TypeAlias = "Callable[[Random, int], Corpus]"

FORCED = "access = open"

SIZES = (40, 20, 200)
"""Articles of the corpora in turn: the largest has more paragraphs than the window and the sample of chance hold."""

_VOLATILE = re.compile(
    r'"(?:took_ms|timings_ms|generation|created)": ?(?:"[^"]*"|\{[^}]*\}|[^,}]+)'
    r"|<lastBuildDate>[^<]*<|\d+(?:[.,]\d+)?\s*ms\b"
)


@dataclass(slots=True)
class Outcome:
    """What was asked, by door, and what was answered differently."""

    doors: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


class Remembering:
    """An encoder that gives a text the vectors that it gave it before.

    The vectors that are made anew depend on their company, in the sixth digit (`protocols.Encoder`).
    """

    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder
        self._known: dict[tuple[str, str], tuple[Any, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)

    def encode_sentences(self, texts: Any, titles: Any, sentences: Any, progress: Any = None) -> Any:
        """As the encoder, each text by itself where it is new."""
        found = []
        for text, title, own in zip(texts, titles, sentences, strict=True):
            if (text, title) not in self._known:
                whole, parts = self._encoder.encode_sentences([text], [title], [own], progress)
                self._known[text, title] = whole, parts[0]
            found.append(self._known[text, title])
        return np.concatenate([whole for whole, _ in found]), [parts for _, parts in found]


def rules_of(random: Random, corpus: Corpus) -> str:
    """Synonyms and pins in which words and articles of both sides stand."""
    words = [json.dumps(random.choice(corpus.vocabulary), ensure_ascii=False) for _ in range(6)]
    pins = [json.dumps(one) for one in random.sample(corpus.ids, 4)]
    return (
        f"[[synonyms]]\nwords = [{words[0]}, {words[1]}]\n\n[[synonyms]]\nfrom = [{words[2]}]\nto = [{words[3]}]\n\n"
        f"[[pin]]\nquery = [{words[4]}]\nids = [{', '.join(pins[:3])}]\n\n"
        f'[[pin]]\nquery = [{words[5]}]\nmatch = "contains"\nids = [{pins[3]}]\n'
    )


@contextmanager
def client_of(index: Path, forced: str | None) -> Iterator[TestClient]:
    """A client of a service over an index, with a key that has the filter ``forced``."""
    keys = KeyFile(ServiceFolder(index).keys)
    _, token = keys.create("search", filter=forced)
    settings = Settings(index=index, key_rate="1000000/minute")
    engine = ObservedEngine(settings)
    engine.suggest(SuggestRequest("a"))  # made before anybody is asked
    with TestClient(create_app(engine, settings), base_url="http://127.0.0.1") as client:
        client.headers["authorization"] = f"Bearer {token}"
        yield client


def requests_of(random: Random, corpus: Corpus, paragraphs: Sequence[str]) -> Iterator[tuple[str, str, Ask]]:
    """Requests without end: the door, what is asked, and how."""
    doors = ["search", "search", "search", "multi", "similar", "suggest", "article", "paragraph", "feed", "mcp", "page"]
    doors += ["articles", "read"]
    while True:
        door = random.choice(doors)
        match door:
            case "search":
                body = search_fields(random, corpus)
                yield _post(door, "/v1/search", body)
            case "multi":
                searches = [search_fields(random, corpus) for _ in range(2)]
                yield _post(door, "/v1/multi-search", {"searches": searches})
            case "similar":
                known = {"id": random.choice(paragraphs)} if random.random() < 0.5 else {"text": query(random, corpus)}
                yield _post(door, "/v1/similar", known | scope(random) | {"context": random.randint(0, 2)})
            case "suggest":
                typed = query(random, corpus)[: random.randint(1, 20)]
                yield _post(door, "/v1/suggest", {"q": typed or "a"})
            case "article":
                path = random.choice([f"/v1/articles/{random.choice(corpus.ids)}", "/v1/languages", "/v1/index"])
                yield _get(door, path, {})
            case "paragraph":
                yield _get(door, f"/v1/paragraphs/{quote(random.choice(paragraphs))}", {"context": 2})
            case "articles":
                order = {"sort": random.choice(ORDERS), "limit": random.choice([1, 5, 100])}
                yield _get(door, "/v1/articles", order | listed_scope(random) | {"facets": "source,codename,language"})
            case "read":
                asked = {"q": query(random, corpus)} if random.random() < 0.5 else {}
                yield _get(door, f"/article/{quote(random.choice([*corpus.ids, 'nobody']))}", asked)
            case "feed":
                path = random.choice(["/feed.json", "/feed.rss", "/export.csv", "/suggest.json"])
                asked = {"q": query(random, corpus)}
                extra = {} if path == "/suggest.json" else {"min_relevance": random.choice([0, 0.05, 0.5])}
                yield _get(door, path, asked | extra)
            case "mcp":
                yield _tool(random, corpus, paragraphs)
            case _ if random.random() < 0.7:
                yield _get(door, random.choice(["/", "/embed"]), {"q": query(random, corpus)})
            case _:
                yield _get(door, "/", {"browse": random.choice(ORDERS)})


def search_fields(random: Random, corpus: Corpus) -> dict[str, Any]:
    """The fields of a search by chance."""
    body: dict[str, Any] = {"q": query(random, corpus)} | scope(random)
    choices: dict[str, list[Any]] = {
        "mode": ["hybrid", "hybrid", "keyword", "semantic"],
        "semantic_ratio": [None, 0, 0.5, 1],
        "sort": ["relevance", "date:desc", "date:asc"],
        "group_by": [None, "article"],
        "facets": [["source", "tags", "language"], ["codename"], ["author.name", "nonsense"]],
        "prefer_languages": [["de"], ["it", "zh"]],
        "query_language": ["en", "it"],
        "min_relevance": [0.0, 0.02, 0.5],
        "recency_weight": [0.0, 1.0],
        "diversity": [0.0, 0.5],
        "limit": [1, 5, 100],
        "offset": [0, 3],
        "context": [0, 2],
        "explain": [True, False],
    }
    for name, values in choices.items():
        if random.random() < 0.25:
            body[name] = random.choice(values)
    return body


def scope(random: Random) -> dict[str, Any]:
    """A filter and languages by chance, of what is there, hidden or nowhere."""
    filters = [
        "tags = town", "tags = conspiracy", "source = 'Secret Herald'", "codename EXISTS", "NOT access = open",
        "date >= 2018", "author.name = Ada", "nowhere = 1", "id EXISTS OR NOT id EXISTS", "language = it",
    ]  # fmt: skip
    found: dict[str, Any] = {}
    if random.random() < 0.25:
        found["filter"] = random.choice(filters)
    if random.random() < 0.2:
        found["languages"] = random.sample(["en", "de", "it", "zh", "sv"], random.randint(1, 2))
    return found


def listed_scope(random: Random) -> dict[str, Any]:
    """The same as parameters of an address."""
    return {name: ",".join(one) if isinstance(one, list) else one for name, one in scope(random).items()}


def query(random: Random, corpus: Corpus) -> str:
    """Words of the corpus and of none, whole, begun, misspelled, in phrases, excluded."""
    parts = [_asked(random, corpus) for _ in range(random.randint(1, 4))]
    if random.random() < 0.1 and len(parts) > 1:
        parts.insert(1, "OR")
    return " ".join(parts)


def _asked(random: Random, corpus: Corpus) -> str:
    word = random.choice(corpus.vocabulary)
    match random.randint(0, 11):
        case 0:
            return word[: max(2, len(word) // 2)] + "*"
        case 1:
            return f"-{word}"
        case 2 | 3:
            words = random.choice(corpus.texts).replace(".", "").split()
            at = random.randrange(len(words))
            return '"' + " ".join(words[at : at + random.randint(1, 4)]) + '"'
        case 4 | 5:
            return _misspelled(random, word)
        case 6:
            return f"{random.choice(['title', 'text', 'source'])}:{word}"
        case 7:
            return random.choice(["xylograph", "qwertzu", "Verfassungsschutz", "гипотенуза", "量子"])
        case _:
            return word


def _misspelled(random: Random, word: str) -> str:
    at = random.randrange(len(word))
    return random.choice([word[:at] + word[at + 1 :], word[:at] + "e" + word[at:], word[:at] + word[at:][::-1]]) or word


def _post(door: str, path: str, body: dict[str, Any]) -> tuple[str, str, Ask]:
    return door, f"POST {path} {json.dumps(body, ensure_ascii=False)}", lambda client: client.post(path, json=body)


def _get(door: str, path: str, params: dict[str, Any]) -> tuple[str, str, Ask]:
    said = f"GET {path} {json.dumps(params, ensure_ascii=False)}"
    return door, said, lambda client: client.get(path, params=params)


def _tool(random: Random, corpus: Corpus, paragraphs: Sequence[str]) -> tuple[str, str, Ask]:
    tool, arguments = random.choice(
        [
            ("search", {"query": query(random, corpus)}),
            ("search_paragraphs", search_fields(random, corpus)),
            ("fetch", {"id": random.choice([*corpus.ids, *paragraphs])}),
        ]
    )
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    headers = {"accept": "application/json, text/event-stream"}
    said = f"MCP {json.dumps(call['params'], ensure_ascii=False)}"
    return "mcp", said, lambda client: client.post("/mcp", json=call, headers=headers)


def told(response: httpx.Response) -> str:
    """What an answer says, without times and the generation; text within text is JSON again over MCP."""
    text = response.text.replace('\\"', '"')
    return f"{response.status_code} {response.headers.get('content-type')}\n{_VOLATILE.sub('', text)}"


def paragraph_ids(corpus: Corpus) -> list[str]:
    """The ids of all paragraphs there are and were, with some of none."""
    from hashlib import sha256

    ids = []
    for articles, _ in corpus.commits:
        for one in articles:
            ids += [f"{one['id']}~{sha256(text.encode()).hexdigest()[:12]}" for text in one["text"].split("\n\n")]
    return [*dict.fromkeys(ids), "a0~000000000000", "nobody~000000000000"]


def campaign(
    folder: Path, requests: int, corpora: int, seed: int, encoder: str = "fake", make: Make = make_corpus
) -> Outcome:
    """Ask ``requests`` requests of both indexes, over so many corpora."""
    outcome = Outcome()
    remembering = Remembering(load_encoder(encoder))
    with patch("paraglot.indexer.write.load_encoder", lambda _: remembering):
        _campaign(outcome, folder, requests, corpora, seed, encoder, make)
    return outcome


def _campaign(outcome: Outcome, folder: Path, requests: int, corpora: int, seed: int, encoder: str, make: Make) -> None:
    for number in range(corpora):
        random = Random(f"{seed} {number}")
        corpus = make(random, SIZES[number % len(SIZES)])
        rules = rules_of(random, corpus)
        for name, hide in (("whole", False), ("alone", True)):
            write_index(folder / f"{number}-{name}", corpus, encoder, hide)
            IndexLayout(folder / f"{number}-{name}" / "index").rules.write_text(rules, "utf-8")
        with (
            client_of(folder / f"{number}-whole" / "index", FORCED) as walled,
            client_of(folder / f"{number}-alone" / "index", None) as alone,
        ):
            asked = requests_of(random, corpus, paragraph_ids(corpus))
            for _ in range(requests * (number + 1) // corpora - requests * number // corpora):
                _compare(next(asked), walled, alone, outcome)


def _compare(one: tuple[str, str, Ask], walled: TestClient, alone: TestClient, outcome: Outcome) -> None:
    door, said, ask = one
    first = ask(walled)
    outcome.doors[door] += 1
    outcome.statuses[first.status_code] += 1
    answers = [told(first), told(ask(alone))]
    if answers[0] != answers[1]:
        at = next((at for at, pair in enumerate(zip(*answers, strict=False)) if pair[0] != pair[1]), 0)
        shown = " | ".join(answer[max(at - 60, 0) : at + 60].replace("\n", " ") for answer in answers)
        outcome.differences.append(f"{said}\n    {shown}")


def main() -> None:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--corpora", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--encoder", default="fake")
    parser.add_argument("--seeds", action="store_true")
    given = parser.parse_args()
    make = seeds_corpus if given.seeds else make_corpus
    with tempfile.TemporaryDirectory() as folder:
        outcome = campaign(Path(folder), given.requests, given.corpora, given.seed, given.encoder, make)
    for one in outcome.differences[:20]:
        print(one)
    print(
        f"{outcome.doors.total()} requests by {given.encoder} {dict(outcome.doors)}, {dict(outcome.statuses)}: "
        f"{len(outcome.differences)} differences"
    )
    sys.exit(bool(outcome.differences))


if __name__ == "__main__":
    main()

"""The Python client: the same answers as in process, by both clients, and what it does where none comes."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import httpx
import pytest

from paraglot import SearchRequest, open_index
from paraglot.api.client import calls as calls
from paraglot.api.client.client import AsyncClient, Client, Endpoint, attempts
from paraglot.api.client.problems import (
    AnswerNotUnderstood,
    FieldsRefused,
    KeyRefused,
    NothingThere,
    Problem,
    ServiceBusy,
    ServiceUnreachable,
    SuccessorKnown,
)
from paraglot.api.client.reading import NO_ROW
from paraglot.search.answer.listing import ArticlesRequest
from paraglot.search.answer.similar_types import SimilarRequest
from paraglot.search.errors import InvalidRequest, NotFound, ParagraphChanged
from paraglot.search.suggest.types import SuggestRequest
from paraglot.search.types import Article, Hit, Paragraph, SearchResponse
from tests.conftest import ARTICLES, index_of
from tests.servers import ROOT, service

Ask = Callable[..., Any]
URL = "http://service"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:

    folder = tmp_path_factory.mktemp("client")
    return index_of(folder, ARTICLES)


@pytest.fixture(scope="module")
def url(index: Path) -> Iterator[str]:
    with service(index) as running:
        yield str(running.client.base_url)


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest, url: str) -> Ask:
    """Calls a method of a client by its name; of either kind of client."""

    def by_client(name: str, *arguments: Any, **named: Any) -> Any:
        with Client(url) as client:
            return getattr(client, name)(*arguments, **named)

    def by_async_client(name: str, *arguments: Any, **named: Any) -> Any:
        async def asked() -> Any:
            async with AsyncClient(url) as client:
                return await getattr(client, name)(*arguments, **named)

        return asyncio.run(asked())

    return by_client if request.param == "sync" else by_async_client


def over_http(hit: Hit) -> Hit:
    """A hit of the engine as HTTP tells it: without rows, its lists as lists."""

    def unplaced(one: Paragraph) -> Paragraph:
        return replace(one, row=NO_ROW)

    beside = hit.context and replace(
        hit.context, before=[*map(unplaced, hit.context.before)], after=[*map(unplaced, hit.context.after)]
    )
    lists = {
        name: list(getattr(hit, name))
        for name in ("highlights", "matched_terms", "sounds_like", "synonyms", "alignments")
    }
    return replace(
        hit,
        paragraph=unplaced(hit.paragraph),
        context=beside,
        also_in=list(hit.also_in),
        more=[*map(over_http, hit.more)],
        **lists,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "asked",
    [
        SearchRequest("bread tax", facets=("source", "tags"), context=1, explain=True),
        SearchRequest(
            "Altstadt",
            group_by="article",
            languages=("de",),
            filter="tags = Stadt",
            query_language="de",
            explain=True,
        ),
        SearchRequest("zzz", mode="keyword", limit=3, offset=2, explain=True),
    ],
)
def test_the_same_types_and_values_as_in_process(index: Path, ask: Ask, asked: SearchRequest) -> None:
    with open_index(index) as engine:
        here = engine.search(asked)
    there: SearchResponse = ask("search", asked)
    assert list(there.hits) == [over_http(hit) for hit in here.hits]
    same = ("request", "did_you_mean", "estimated_total_hits", "confidence", "generation", "facets")
    assert [getattr(there, name) for name in same] == [getattr(here, name) for name in same]
    assert not [word for word in there.tokens if ":" in word or "~" in word], "words, not terms of the index"
    assert set(there.tokens) <= {term.rpartition(":")[2].removeprefix("~") for term in here.tokens}
    assert there.languages == {tag: round(share, 4) for tag, share in here.languages.items()}
    assert there.warnings == here.warnings
    assert set(there.timings_ms) in ({"kept"}, set(here.timings_ms))  # asked by the other client before


@pytest.mark.slow
def test_other_reads(index: Path, ask: Ask) -> None:
    first, second = ask("search_all", [SearchRequest("bread"), SearchRequest("Altstadt", limit=1)])
    assert (first.request.q, second.request.q, len(second.hits)) == ("bread", "Altstadt", 1)
    article, paragraphs = ask("article", "税")
    assert article == Article("税", "面包税", "市议会提高了面包税。\n\n老城的面包师抗议。", "zh-TW")
    assert [(one.article_id, one.position, one.text) for one in paragraphs] == [
        ("税", 0, "市议会提高了面包税。"),
        ("税", 1, "老城的面包师抗议。"),
    ]
    found = ask("paragraph", paragraphs[0].id, context=1)
    assert (found.paragraph, found.article.title, found.citation.quote) == (paragraphs[0], "面包税", paragraphs[0].text)
    assert (found.context.before, found.context.after) == ([], [paragraphs[1]])
    alike = ask("similar", SimilarRequest(id=paragraphs[0].id, languages=("de",)))
    with open_index(index) as engine:
        here = engine.similar(SimilarRequest(id=paragraphs[0].id, languages=("de",)))
        suggested = engine.suggest(SuggestRequest("the t"))
    assert [(hit.paragraph.id, hit.score) for hit in alike.hits] == [(hit.paragraph.id, hit.score) for hit in here.hits]
    there = ask("suggest", SuggestRequest("the t"))
    assert (there.suggestions, there.complete) == (suggested.suggestions, True)
    asked = ArticlesRequest(limit=1, sort="title:asc", languages=("de", "en"), facets=("source",))
    with open_index(index) as engine:
        listed = engine.articles(asked)
    assert ask("articles", asked) == listed
    assert [one.id for one in ask("articles", replace(asked, cursor=listed.next_cursor)).articles] == ["tax"]
    languages = {one.language: (one.english_name, one.articles, one.paragraphs) for one in ask("languages")}
    assert languages["de"] == ("German", 1, 3)


@pytest.mark.slow
def test_writing(index: Path, ask: Ask) -> None:
    article = Article("a/b", "Rain", "It rained.", "en", date="2024-01-02", attributes={"tags": ["weather"]})
    done = ask("put_article", article, wait_s=30)
    assert (done.status, done.articles, done.skipped) == ("succeeded", 1, 0)
    assert ask("article", "a/b")[0] == article
    [gone] = ask("article", "a/b")[1]
    assert ask("put_article", {"id": "a/b", "title": "Rain", "text": "It snowed."}, wait_s=30).status == "succeeded"
    with pytest.raises(ParagraphChanged) as changed:
        ask("paragraph", gone.id)
    assert isinstance(changed.value, SuccessorKnown)
    assert changed.value.successor == ask("article", "a/b")[1][0].id
    many = ask("put_articles", [{"id": "c", "text": "One."}, {"id": "d"}], wait_s=30)
    assert (many.status, many.articles, many.skipped) == ("succeeded", 1, 1)
    assert [ask("delete_article", one, wait_s=30).articles for one in ("a/b", "c")] == [1, 1]
    assert ask("task", many.id) == many
    with pytest.raises(NotFound, match="a/b"):
        ask("article", "a/b")


@pytest.mark.slow
def test_problems_are_typed_errors(ask: Ask) -> None:
    with pytest.raises(NothingThere) as gone:
        ask("article", "nothing")
    assert (gone.value.status, gone.value.code, gone.value.detail) == (
        404,
        "not_found",
        "There is no article 'nothing'.",
    )
    with pytest.raises(FieldsRefused) as faulty:
        ask("search_all", [SearchRequest("x")] * 21)
    assert (faulty.value.field, faulty.value.code) == ("searches", "invalid_request")
    assert isinstance(faulty.value, InvalidRequest)
    assert "at most 20" in faulty.value.faults[0].detail
    with pytest.raises(Problem, match=r"invalid_request \(HTTP 422\): the article has no text"):
        ask("put_article", {"id": "e"})
    with pytest.raises(NotFound):
        ask("paragraph", "nothing~0")


@pytest.mark.slow
def test_keys_are_sent(small_index: Path) -> None:
    from paraglot.api.keys import KeyFile
    from paraglot.api.service_folder import ServiceFolder

    _, token = KeyFile(ServiceFolder(small_index).keys, required=True).create("search")
    with service(small_index) as running:
        url = str(running.client.base_url)
        with Client(url, key=token) as client:
            assert client.search(SearchRequest("bread tax", limit=1)).hits[0].article.id == "tax"
        with Client(url, key="rk_unknown") as client, pytest.raises(KeyRefused) as refused:
            client.languages()
        assert (refused.value.status, refused.value.code) == (401, "invalid_key")
        with Client(url, key=token) as client, pytest.raises(KeyRefused, match="insufficient_scope"):
            client.delete_article("tax")


def answer(status: int, told: Any = None, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=told or {}, headers=named, request=httpx.Request("GET", URL))


BUSY = {"code": "too_many_requests", "detail": "Too many requests; wait 7 s."}
TASK = {"id": 7, "status": "enqueued", "enqueued": "x", "finished": None, "articles": 1, "skipped": 0,
        "skipped_lines": [], "generation": None, "error": None}  # fmt: skip


def test_what_is_busy_is_asked_again_after_as_long_as_it_says() -> None:
    steps = attempts(calls.task(7), URL, retries=4)
    assert next(steps) == 0
    assert steps.send(answer(429, BUSY, retry_after="7")) == 7
    dated = steps.send(answer(503, BUSY, retry_after=formatdate(time.time() + 20, usegmt=True)))
    assert 0 < dated <= 20
    assert 0.5 <= steps.send(answer(503, BUSY)) <= 1
    assert 1 <= steps.send(httpx.ConnectError("refused")) <= 2
    with pytest.raises(StopIteration) as end:
        steps.send(answer(200, TASK))
    assert end.value.value.id == 7


def test_it_is_given_up() -> None:
    def end(outcome: Any, retries: int = 3, before: int = 0) -> BaseException:
        steps = attempts(calls.task(7), URL, retries)
        next(steps)
        for _ in range(before):
            steps.send(outcome)
        with pytest.raises(Exception) as raised:  # noqa: PT011
            steps.send(outcome)
        return raised.value

    last = end(answer(429, BUSY, retry_after="1"), retries=2, before=2)
    assert isinstance(last, ServiceBusy)
    assert (last.code, last.retry_after_s, str(last)) == (
        "too_many_requests",
        1,
        "too_many_requests (HTTP 429): Too many requests; wait 7 s.",
    )
    assert isinstance(end(answer(503, BUSY, retry_after="31")), ServiceBusy)
    assert isinstance(end(httpx.ConnectError("no one there"), retries=1, before=1), ServiceUnreachable)
    assert isinstance(end(httpx.ReadTimeout("too long")), ServiceUnreachable)
    assert type(end(answer(500, {"code": "internal_error"}))) is Problem
    proxy = httpx.Response(502, text="<h1>Bad gateway</h1>", request=httpx.Request("GET", URL))
    assert str(end(proxy)) == "no code (HTTP 502): <h1>Bad gateway</h1>"


@pytest.mark.parametrize("told", ['{"id": 7}', "[]", "<p>Welcome", '{"id": 7, "status": "gone"}'])
def test_an_answer_of_something_else_is_named(told: str) -> None:
    steps = attempts(calls.task(7), URL, retries=0)
    next(steps)
    with pytest.raises(AnswerNotUnderstood):
        steps.send(httpx.Response(200, text=told, request=httpx.Request("GET", URL)))


def test_no_service() -> None:
    with Client("http://127.0.0.1:9", retries=0) as client, pytest.raises(ServiceUnreachable, match=r"127\.0\.0\.1:9"):
        client.languages()


def test_both_clients_have_every_call() -> None:
    public = {name for name, one in vars(calls).items() if inspect.isfunction(one) and not name.startswith("_")}
    public -= {"asdict", "dataclass", "field", "quote", "replace", "request_of"}
    for kind in (Client, AsyncClient):
        assert {name for name in dir(kind) if isinstance(getattr(kind, name), Endpoint)} == public
        assert kind.search.__doc__ == calls.search.__doc__


def test_the_client_is_light() -> None:
    shown = "import sys, paraglot.api.client.client; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert {"numpy", "faiss", "whoosh", "fastapi", "torch", "sentencepiece"} & set(loaded.split()) == set()

"""Writing over HTTP: every write is a task, acknowledged when the disk has it, committed with others."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from paraglot.api.http.fields.faults import FaultModel
from paraglot.api.http.guard.policy import needs
from paraglot.api.http.problems import problem
from paraglot.api.http.queue.spool import Spool
from paraglot.api.http.queue.tasks import (
    MOST_NAMED,
    MOST_SHOWN,
    Change,
    QueueFull,
    ReadLines,
    Status,
    Task,
    TaskQueue,
)
from paraglot.api.http.routes.search import engine_of, problems
from paraglot.indexer.corpus.drafts import MAX_LINE_BYTES, Draft, Place, Skipped, printable
from paraglot.indexer.corpus.own_vectors import unfit_vectors
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.inputs import Input, Options, Unreadable
from paraglot.indexer.readers.json.lines import read_json_lines
from paraglot.search.errors import InvalidRequest
from paraglot.search.parts.articles import MAX_ID_CHARACTERS
from paraglot.search.text.normal_form import id_form
from paraglot.search.types import EncoderSpec

LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-lines")
_ARRAYS = "A JSON array becomes lines by: jq -c '.[]'; one article alone is PUT to /v1/articles/ID."
MAX_WAIT_SECONDS = 60
LOOK_SECONDS = 0.05

writes = APIRouter(prefix="/v1", tags=["writing"])


class ArticleFields(BaseModel):
    """An article as it is put: ``text`` with blank lines between paragraphs, or ``paragraphs``; any more fields.

    Nothing is refused for its type: what a line of a file may hold is read here, too (`indexer.corpus.fields`).
    """

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={"examples": [{"title": "Bread tax", "text": "The council raised it.", "language": "en"}]},
    )

    title: Annotated[Any, Field(description="A text, or an object that holds one.")] = None
    text: Annotated[
        Any,
        Field(description="A text, plain or HTML or Markdown; or what an editor keeps as JSON; or texts by language."),
    ] = None
    paragraphs: Annotated[Any, Field(description="A list of texts.")] = None
    language: Annotated[
        Any,
        Field(description="BCP 47 tag, code of three letters or name; told from the text where it is left out."),
    ] = None
    url: Annotated[Any, Field(description="An address.")] = None
    date: Annotated[
        Any,
        Field(description="ISO 8601, or any form that can mean one day only; else kept as `date_as_given`."),
    ] = None
    source: Annotated[Any, Field(description="A text, or an object with a `name`.")] = None
    vector: Annotated[
        Any,
        Field(
            description="In an index whose vectors come from outside: that of the text, a list of numbers, or "
            "`vectors` with one for each of `paragraphs`."
        ),
    ] = None


class TaskModel(BaseModel):
    """A write and what became of it."""

    id: int
    status: Status
    enqueued: str
    finished: str | None
    articles: Annotated[
        int, Field(description="Articles put or removed; once it is done, without removals of what was not there.")
    ]
    skipped: Annotated[int, Field(description="Lines that were no article.")]
    skipped_lines: Annotated[list[str], Field(description="The first of them, with reasons.")]
    remarks: Annotated[
        list[str], Field(description="The first of what was read otherwise than it was given, as a date that is none.")
    ]
    generation: Annotated[int | None, Field(description="The first generation that shows the write.")]
    error: Annotated[str | None, Field(description="Why it failed, or why it still waits.")]

    @classmethod
    def of(cls, task: Task) -> TaskModel:
        """From the queue's type."""
        return cls(**{name: getattr(task, name) for name in cls.model_fields})


class TasksModel(BaseModel):
    """Tasks, the newest first."""

    tasks: list[TaskModel]


Wait = Annotated[
    float, Query(ge=0, le=MAX_WAIT_SECONDS, description="Seconds to wait for the end; 200 where it came, else 202.")
]
ArticleId = Annotated[str, AfterValidator(id_form), Path(description="The article's id.", examples=["reef-ja"])]
ANSWERS: dict[int | str, dict[str, Any]] = {
    **problems(404, 422, 503),
    200: {"model": TaskModel, "description": "Done within `wait`: a search from now on sees it."},
    202: {"model": TaskModel, "description": "Taken in: it will not be lost."},
}


@writes.put(
    "/articles/{article_id:path}",
    summary="Put an article",
    status_code=202,
    responses=ANSWERS,
    dependencies=[needs("write", timed=False, max_body_bytes=MAX_LINE_BYTES)],
)
async def put_article(
    request: Request,
    response: Response,
    article_id: ArticleId,
    fields: Annotated[ArticleFields, Body()],
    wait: Wait = 0,
) -> Any:
    """Add the article, or replace it whole."""
    values = fields.model_dump(exclude_unset=True)
    if id_form(str(values.setdefault("id", article_id))) != article_id:
        raise InvalidRequest("id", f"The body's id is {values['id']!r}, the address's {article_id!r}.")
    remarks = _Named()
    with _spool(request).file() as path:
        path.write_text(json.dumps(values) + "\n", "utf-8")
        every = await run_in_threadpool(lambda: list(_json_lines(path, _encoder(request), remarks, drafts=True)))
    found = every[0] if len(every) == 1 else Skipped(Place(path), f"The body holds {len(every)} articles, not one")
    if isinstance(found, Skipped):
        field_name = re.match(r'"(\w+)"', found.reason)
        fault = FaultModel(pointer=f"/{field_name[1]}" if field_name else "", detail=f"{found.reason}.")
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", fault.detail, [fault])
    return await _take(
        request,
        response,
        [(found.id, found)],
        ReadLines(remarks=[remark.partition(": ")[2] for remark in remarks.named]),
        wait,
    )


@writes.delete(
    "/articles/{article_id:path}",
    summary="Remove an article",
    status_code=202,
    responses=ANSWERS,
    dependencies=[needs("write", timed=False)],
)
async def delete_article(request: Request, response: Response, article_id: ArticleId, wait: Wait = 0) -> Any:
    """Remove the article; one that is not there is removed already."""
    if len(article_id) > MAX_ID_CHARACTERS or not printable(article_id):
        raise InvalidRequest("article_id", f"An id has at most {MAX_ID_CHARACTERS} printable characters.")
    return await _take(request, response, [(article_id, None)], ReadLines(), wait)


@writes.post(
    "/articles",
    summary="Put many articles",
    status_code=202,
    responses={**ANSWERS, **problems(415)},
    dependencies=[needs("write", timed=False, max_body_bytes=None)],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                LINES[0]: {
                    "schema": {"type": "string", "description": "One article a line, with its id."},
                    "example": '{"id": "a", "title": "Bread tax", "text": "The council raised it."}\n',
                }
            },
        }
    },
)
async def post_articles(request: Request, response: Response, wait: Wait = 0) -> Any:
    """Add and replace articles, JSON lines as `paraglot index` reads them; lines that are no article are named.

    An answer comes when the whole body was taken in; a connection that breaks before leaves nothing.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in LINES:
        detail = f"Send one article a line, as Content-Type: {LINES[0]}. {_ARRAYS}"
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
    with _spool(request).file() as path:
        with path.open("wb") as file:
            async for piece in request.stream():
                file.write(piece)
        changes, read = await run_in_threadpool(_read, path, _encoder(request))
        array = not changes and _begins_an_array(path)
    if not changes:
        # Where no line is at fault, all were left out.
        faults = [FaultModel(pointer="", detail=f"{reason}.") for reason in read.skipped_lines or read.remarks]
        detail = f"No line is an article; {faults[0].detail}{f' {_ARRAYS}' if array else ''}"
        more = read.skipped - len(read.skipped_lines)
        if more:
            faults.append(FaultModel(pointer="", detail=f"{more:,} more lines are no articles."))
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", detail, faults)
    return await _take(request, response, changes, read, wait)


@writes.get(
    "/tasks/{task_id}",
    summary="A write and what became of it",
    responses=problems(404, 422),
    dependencies=[needs("write", timed=False)],
)
async def task(
    request: Request, task_id: Annotated[int, Path(ge=1, le=2**53, examples=[7])], wait: Wait = 0
) -> TaskModel:
    """A task, by the id that its write was answered with."""
    return TaskModel.of(await _waited(request, await run_in_threadpool(_queue(request).task, task_id), wait))


@writes.get("/tasks", summary="The newest writes", responses=problems(422), dependencies=[needs("write")])
def tasks(request: Request, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> TasksModel:
    """The newest tasks first."""
    return TasksModel(tasks=[TaskModel.of(task) for task in _queue(request).newest(limit)])


async def _take(request: Request, response: Response, changes: list[Change], read: ReadLines, wait_s: float) -> Any:
    try:
        taken = await run_in_threadpool(_queue(request).add, changes, read)
    except QueueFull:
        full = problem(HTTPStatus.SERVICE_UNAVAILABLE, "queue_full", "Too many writes wait already; try again later.")
        full.headers["retry-after"] = "10"
        return full
    request.app.state.writing.set()
    ended = await _waited(request, taken, wait_s)
    response.status_code = HTTPStatus.OK if ended.done else HTTPStatus.ACCEPTED
    response.headers["location"] = f"{request.scope.get('root_path', '')}/v1/tasks/{ended.id}"
    return TaskModel.of(ended)


async def _waited(request: Request, task: Task, wait_s: float) -> Task:
    """The task once it is done and this process serves it, or after the time as it is then."""
    end = time.monotonic() + wait_s
    while not task.done and time.monotonic() < end:
        await asyncio.sleep(LOOK_SECONDS)
        task = await run_in_threadpool(_queue(request).task, task.id)
    if task.done and wait_s:
        await run_in_threadpool(request.app.state.engine.refresh)
    return task


def _read(path: FilePath, encoder: EncoderSpec) -> tuple[list[Change], ReadLines]:
    """The articles of a file of JSON lines; the last of several with one id counts."""
    changes: dict[str, Draft | None] = {}
    lines: list[str] = []
    count = 0
    remarks = _Named()
    for found in _json_lines(path, encoder, remarks):
        if isinstance(found, Skipped):
            count += 1
            if len(lines) < MOST_NAMED:
                lines.append(f"line {found.place.line}: {found.reason}")
        else:
            changes[found.id] = found
    return list(changes.items()), ReadLines(count, lines, remarks.named)


class _Named(Remarks):
    """The first remarks of a body, each with its line."""

    def __init__(self) -> None:
        super().__init__()
        self.named: list[str] = []

    def leave_out(self, kind: str, place: Place, text: str = "", count: int = 1) -> None:
        """Name what is left out or read otherwise."""
        super().leave_out(kind, place, text, count)
        if len(self.named) < MOST_NAMED:
            self.named.append(f"line {place.line}: {kind}{f': {text[:MOST_SHOWN]}' if text else ''}")

    def take_for(self, place: Place, ours: str, theirs: str) -> None:
        """Name a field that was taken for one of ours."""
        self.leave_out(f"{theirs} was taken for {ours}", place)

    def read_in(self, encoding: str) -> None:
        """Name what the body was read as, which is no UTF-8."""
        super().read_in(encoding)
        self.named.append(f"no UTF-8: read as {encoding}, which the letters tell")

    def warn(self, place: Place, reason: str) -> None:
        """Name what was read in spite of a fault."""
        self.leave_out(reason, place)


def _begins_an_array(path: FilePath) -> bool:
    with path.open("rb") as file:
        return file.read(100).lstrip().startswith(b"[")


def _json_lines(
    path: FilePath, encoder: EncoderSpec, remarks: Remarks, drafts: bool = False
) -> Iterator[Draft | Skipped]:
    """The articles of a file for an index with this encoder, and why the other lines are none; ``drafts``: those that
    are kept back, too.
    """
    with path.open("rb") as file:
        source = Input(Place(path), "posted", file, Options(drafts=drafts, remarks=remarks))
        try:
            for found in read_json_lines(source):
                unfit = None if isinstance(found, Skipped) else unfit_vectors(found, encoder)
                yield Skipped(found.place, unfit) if unfit else found
        except Unreadable as error:
            yield source.skipped(error)


def _encoder(request: Request) -> EncoderSpec:
    return engine_of(request).manifest.encoder


def _spool(request: Request) -> Spool:
    spool: Spool = request.app.state.spool
    return spool


def _queue(request: Request) -> TaskQueue:
    queue: TaskQueue = request.app.state.queue
    return queue

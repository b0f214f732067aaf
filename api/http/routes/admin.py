"""``/admin``: the page of those who run the service, and its forms. The page itself is open and empty; what it tells
and does needs a key of scope admin, as everything of that kind.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from paraglot.api.http.guard.access import current_key, refusal_of
from paraglot.api.http.guard.headers import PAGE
from paraglot.api.http.guard.policy import needs
from paraglot.api.http.queue.tasks import TaskQueue
from paraglot.api.http.routes.rules import unknown_ids
from paraglot.api.http.routes.search import engine_of
from paraglot.api.http.shared import Shared
from paraglot.api.keys import EVERY, LOCAL, SCOPES, Key, KeyFile
from paraglot.api.pages.admin import Administered, Outcome, show_admin
from paraglot.search.errors import InvalidSettings, ParaglotError
from paraglot.search.query.rules.rules import as_tables, read_rules

NEWEST_TASKS = 20
QUERIES = 25
FORM = "application/x-www-form-urlencoded"

router = APIRouter(include_in_schema=False)


@router.get("/admin", response_class=HTMLResponse, dependencies=[needs(None)])
def admin(request: Request) -> Response:
    """The page; for whom the key opens nothing here it says so."""
    refused = refusal_of(request)
    if refused:
        return _page(None, None, str(json.loads(bytes(refused.body))["detail"]), refused.status_code)
    key = current_key(request)
    if not key.allows("admin"):
        return _page(None, None, f"The key has scope {key.scope}.", HTTPStatus.FORBIDDEN)
    return _page(_administered(request), None, "")


@router.post("/admin", response_class=HTMLResponse, dependencies=[needs("admin")])
async def change(request: Request) -> Response:
    """One form of the page."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    text = (await request.body()).decode("utf-8", "replace") if kind == FORM else ""
    return await run_in_threadpool(_changed, request, dict(parse_qsl(text, max_num_fields=50)))


def _changed(request: Request, fields: Mapping[str, str]) -> Response:
    try:
        outcome = _DO.get(fields.get("do", ""), _unknown)(request, fields)
    except ParaglotError as error:
        outcome = Outcome(str(error), failed=True)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if outcome.failed else HTTPStatus.OK
    return _page(_administered(request), outcome, "", status)


def _page(shown: Administered | None, outcome: Outcome | None, refusal: str, status: int = HTTPStatus.OK) -> Response:
    # Without a referrer a form of the page would come from "null", as those of pages do that may not send one.
    headers = {"content-security-policy": PAGE, "cache-control": "no-store", "referrer-policy": "same-origin"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    return HTMLResponse(show_admin(shown, outcome, refusal), status, headers)


def _administered(request: Request) -> Administered:
    state, engine = request.app.state, engine_of(request)
    queue: TaskQueue = state.queue
    counted, now = state.engine.observation.statistics, engine.rules.now()
    file, admin_key = _keys(request)
    return Administered(
        collection=state.collection,
        manifest=engine.manifest,
        faults=[str(fault) for fault in engine.faults],
        queries=counted
        and {"top": counted.top(QUERIES, False), "without_results": counted.top(QUERIES, without_results=True)},
        rules=now.rules,
        rules_version=now.version,
        rules_fault=now.fault,
        tasks=queue.newest(NEWEST_TASKS),
        waiting=queue.waiting(),
        keys=[key for key in file.all() if _manages(admin_key, key)],
        keys_needed=state.shared.doors.keys(state.name).required,
    )


def _keys(request: Request) -> tuple[KeyFile, Key]:
    """The file that the caller's key is in, where new ones go, and the key."""
    shared: Shared = request.app.state.shared
    key = current_key(request)
    return shared.doors.file_of(key, request.app.state.name), key


def _manages(admin_key: Key, other: Key) -> bool:
    """Whether an admin may see, make and revoke a key: one that opens no more than the admin's own."""
    if admin_key is LOCAL or EVERY in admin_key.collections:
        return True
    if not admin_key.collections:
        return not other.collections
    return bool(other.collections) and set(other.collections) <= set(admin_key.collections)


def _unknown(request: Request, fields: Mapping[str, str]) -> Outcome:  # noqa: ARG001
    return Outcome("This is none of the page's forms.", failed=True)


def _add_synonyms(request: Request, fields: Mapping[str, str]) -> Outcome:
    words, to = _lines(fields.get("words", "")), _lines(fields.get("to", ""))
    table: dict[str, Any] = {"from": words, "to": to} if to else {"words": words}
    if language := fields.get("language", "").strip():
        table["language"] = language
    return _added(request, "synonyms", table, f"{words[0] if words else ''} has synonyms now.")


def _add_pin(request: Request, fields: Mapping[str, str]) -> Outcome:
    queries = _lines(fields.get("queries", ""))
    table: dict[str, Any] = {"queries": queries, "ids": _lines(fields.get("ids", ""))}
    table["match"] = fields.get("match", "exact")
    if languages := _names(fields.get("languages", "")):
        table["languages"] = languages
    outcome = _added(request, "pins", table, f"Results are pinned for {', '.join(queries)}.")
    absent = unknown_ids(request, table["ids"])
    more = f" Nothing in the index has: {', '.join(absent)}." if absent else ""
    return replace(outcome, message=f"{outcome.message}{more}")


def _added(request: Request, kind: str, table: Mapping[str, Any], message: str) -> Outcome:
    """Rules with one more. Raises `InvalidSettings`, which says of which field."""
    rules = engine_of(request).rules
    read_rules({kind: [table]}, lambda *_: "The form")  # its own faults by itself, before those of all
    tables = as_tables(rules.now().rules)
    if table not in tables[kind]:
        rules.replace(read_rules({**tables, kind: [*tables[kind], table]}))
    return Outcome(message)


def _remove(kind: str, request: Request, fields: Mapping[str, str]) -> Outcome:
    """Rules without one, unless they were changed since the page was made: the number may be another's."""
    rules, number = engine_of(request).rules, fields.get("number", "")
    now = rules.now()
    tables = as_tables(now.rules)
    if fields.get("version") != now.version or not number.isdecimal() or int(number) >= len(tables[kind]):
        return Outcome("The rules were changed meanwhile; look again.", failed=True)
    del tables[kind][int(number)]
    rules.replace(read_rules(tables))
    return Outcome("Removed.")


def _add_key(request: Request, fields: Mapping[str, str]) -> Outcome:
    file, admin_key = _keys(request)
    scope = next((name for name in SCOPES if name == fields.get("scope")), None)
    if scope is None:
        raise InvalidSettings(f"The scope must be one of {', '.join(SCOPES)}.")
    texts = {name: fields.get(name, "").strip() for name in ("name", "filter", "expires")}
    collections = _names(fields.get("collections", "")) or list(admin_key.collections)
    shared: Shared = request.app.state.shared
    collection_names = (
        [*shared.doors.names, EVERY] if _manages(admin_key, Key("", "admin", collections=(EVERY,))) else None
    )
    new_key = Key("", scope, collections=tuple(collections))
    if not _manages(admin_key, new_key) or (
        collection_names is not None and not set(collections) <= set(collection_names)
    ):
        raise InvalidSettings("Your key opens no such collection.")
    key, token = file.create(
        scope, texts["name"], texts["filter"] or None, texts["expires"] or None, collections=collections
    )
    return Outcome(f"The key {key.id}, of scope {scope}, is shown this once:", token=token)


def _revoke_key(request: Request, fields: Mapping[str, str]) -> Outcome:
    file, admin_key = _keys(request)
    revocable = [key.id for key in file.all() if key.id == fields.get("id") and _manages(admin_key, key)]
    if not revocable:
        return Outcome("There is no such key any more.", failed=True)
    file.revoke(revocable)
    ended = datetime.now(UTC).strftime("%H:%M UTC")
    return Outcome(f"The key {revocable[0]} ended at {ended}.")


def _lines(text: str) -> list[str]:
    return [line for part in text.splitlines() if (line := part.strip())]


def _names(text: str) -> list[str]:
    return [name for part in text.split(",") if (name := part.strip())]


_DO = {
    "add-synonyms": _add_synonyms,
    "add-pin": _add_pin,
    "remove-synonyms": lambda request, fields: _remove("synonyms", request, fields),
    "remove-pins": lambda request, fields: _remove("pins", request, fields),
    "add-key": _add_key,
    "revoke-key": _revoke_key,
}

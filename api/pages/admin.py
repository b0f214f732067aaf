"""The page of those who run the service: what it shows, through its template. In English; readers never see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from paraglot.api.http.queue.tasks import Task
from paraglot.api.keys import SCOPES, Key
from paraglot.api.language_names import name_in, number_in, time_in
from paraglot.api.pages.show import templates
from paraglot.search.index import Manifest
from paraglot.search.query.rules.rules import Rules

LANGUAGES = 12
"""Of the index, the ones of the most paragraphs, that are named."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a form: ``message`` in words, ``failed`` or done; ``token`` is a new key, shown this once."""

    message: str
    failed: bool = False
    token: str = ""


@dataclass(frozen=True, slots=True)
class Administered:
    """What the page tells. ``queries``: those asked most and those without an answer, as ``/v1/stats`` has them; None:
    they are not counted. ``rules_version`` is of the rules that the numbers of their forms are of; ``keys`` are those
    that the caller may manage.
    """

    collection: str
    manifest: Manifest
    faults: Sequence[str]
    queries: Mapping[str, Sequence[Mapping[str, Any]]] | None
    rules: Rules
    rules_version: str
    rules_fault: str | None
    tasks: Sequence[Task]
    waiting: int
    keys: Sequence[Key]
    keys_needed: bool


def show_admin(shown: Administered | None, outcome: Outcome | None, refusal: str) -> str:
    """The page; without what is ``shown``: a form for the key, and why it is needed."""
    template = templates().get_template("admin.html")
    languages = sorted(shown.manifest.languages.items(), key=lambda item: (-item[1], item[0])) if shown else []
    return template.render(
        shown=shown,
        outcome=outcome,
        refusal=refusal,
        scopes=SCOPES,
        languages=languages[:LANGUAGES],
        further=len(languages[LANGUAGES:]),
        name_in=name_in,
        time_in=time_in,
        number=lambda count: number_in(count, "en"),
    )

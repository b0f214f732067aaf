"""What is wrong, told to a reader in the language of the page. The service's own words are for those who run it."""

from __future__ import annotations

from paraglot.api.http.fields.faults import ProblemModel
from paraglot.api.pages.texts import all_texts

BUSY = ("too_many_requests", "overloaded", "queue_full", "timeout")
"""Codes of problems that pass by themselves."""

_LABELS = {"q": "query", "filter": "filters"} | {
    name: name for name in ("languages", "sources", "years", "since", "until", "mode", "sort")
}
"""What the page calls a field of the search."""


def problem_text(problem: ProblemModel, ui: str) -> str:
    """What a problem means to a reader.

    >>> problem_text(ProblemModel(type="", title="", status=429, detail="", code="too_many_requests"), "de")
    'Im Augenblick wird zu viel gesucht. Versuchen Sie es gleich noch einmal.'
    """
    texts = all_texts()[ui]
    if problem.code in BUSY:
        return texts["error_busy"]
    if problem.code != "invalid_request":
        return texts["error_index"]
    field = problem.errors[0].pointer.strip("/") if problem.errors else ""
    if field in ("offset", "page"):
        return texts["no_such_page"]
    if field == "dates":
        return texts["error_dates"].format(since=texts["since"], until=texts["until"])
    return texts["error_field"].format(field=texts[_LABELS[field]] if field in _LABELS else field)

"""The page of what went wrong before any page of ours could be made, as under overload or at a wrong address."""

from __future__ import annotations

from paraglot.api.http.fields.faults import ProblemModel
from paraglot.api.pages.brand import Brand
from paraglot.api.pages.show import interface, templates

_HEADINGS = {
    **dict.fromkeys(("not_found", "method_not_allowed"), "no_page"),
    "missing_key": "key_needed",
    **dict.fromkeys(("invalid_key", "insufficient_scope"), "key_wrong"),
}
"""The text that says all of a problem, by its code."""


def show_error(problem: ProblemModel, ui: str, brand: Brand, home: str) -> str:
    """The page, from which ``home`` leads to the search."""
    heading = _HEADINGS.get(problem.code)
    values = interface(ui, brand) | {"problem": problem, "heading": heading, "home": home}
    return templates().get_template("error.html").render(values)

"""Three example searches over the seeds, printed by ``make run``: by word, by meaning, and across languages."""

from __future__ import annotations

from rich.console import Console

from paraglot.api.cli.searching.render import print_response
from paraglot.api.settings import load_settings
from paraglot.search.engine.engine import open_index
from paraglot.search.types import SearchRequest

TOUR = (
    ("By word and meaning, in English", SearchRequest("peat bogs that store carbon", limit=2)),
    ("By meaning, in French", SearchRequest("dormir dans le train plutôt que prendre l'avion", limit=2)),
    (
        "Across languages: asked in German, told in French and Spanish",
        SearchRequest("Was sagte Xi über die Freundschaft mit Belarus?", limit=3),
    ),
)


def main() -> None:
    """Print the tour."""
    console = Console(highlight=False)
    with open_index(load_settings({}).index) as engine:
        for title, request in TOUR:
            console.rule(title)
            console.print(f"paraglot search {request.q!r} --limit {request.limit}\n", style="green")
            print_response(console, engine.search(request))


if __name__ == "__main__":
    main()

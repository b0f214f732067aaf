"""Three example searches over the seeds, printed by ``make run``: by word, by meaning, and across languages."""

from __future__ import annotations

from rich.console import Console

from paraglot.api.cli.searching.render import print_response
from paraglot.api.settings import load_settings
from paraglot.search.engine.engine import open_index
from paraglot.search.types import ANSWER_RELEVANCE, SearchRequest

TOUR = (
    ("By word and meaning, in English", "peat bogs that store carbon", 2),
    ("By meaning, in French", "dormir dans le train plutôt que prendre l'avion", 2),
    (
        "Across languages: asked in German, told in French and Spanish",
        "Was sagte Xi über die Freundschaft mit Belarus?",
        3,
    ),
)


def main() -> None:
    """Print the tour."""
    console = Console(highlight=False)
    with open_index(load_settings({}).index) as engine:
        for title, query, limit in TOUR:
            console.rule(title)
            console.print(f"paraglot search {query!r} --limit {limit}\n", style="green")
            request = SearchRequest(query, limit=limit, min_relevance=ANSWER_RELEVANCE, answers_first=True)
            print_response(console, engine.search(request), long=False)


if __name__ == "__main__":
    main()

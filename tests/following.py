"""Runs of `paraglot follow` over an index, for tests: by a clock of their own, with pauses that take no time."""

from __future__ import annotations

from pathlib import Path

from paraglot.indexer.follow.follow import MOST_PAGES, Followed, follow
from paraglot.indexer.follow.polite import Polite
from paraglot.indexer.follow.web import Web
from paraglot.indexer.run import Making
from paraglot.search.engine.engine import open_index


class Run:
    """Runs over an index; pauses are noted and take no time."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.paused, self.clock = folder, [0.0][:0], 1_000_000.0
        self.answer_s = 60.0

    def __call__(
        self, *addresses: str, most_pages: int = MOST_PAGES, drafts: bool = False, private: bool = True
    ) -> Followed:
        polite = Polite(Web(private=private, answer_s=self.answer_s), self._pause, lambda: self.clock)
        making = Making("fake", keyword="whoosh")
        return follow(
            self.folder, addresses, making, polite, most_pages=most_pages, drafts=drafts, now=lambda: self.clock
        )

    def _pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        self.clock += seconds

    def articles(self) -> set[str]:
        with open_index(self.folder) as engine, engine.view() as view:
            keys = view.snapshot.articles(view.snapshot.select())
            return {view.article(key.id)[0].title for key in keys}

"""What is asked of a run that writes, what it tells meanwhile, and what it reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from paraglot.indexer.corpus.drafts import Skipped

Progress: TypeAlias = Callable[[str, int, int | None], None]
"""Called with the stage, how much of it is done, and how much there is (None: not known)."""

MOST_NAMED = 10_000
"""Skipped inputs that a report holds."""


@dataclass(slots=True)
class Report:
    """What a run did. ``generation`` is the one served afterwards; ``committed`` says whether this run made it.

    ``paragraphs_resumed`` were embedded by an earlier run that never committed; ``seconds`` are by stage.
    ``skipped`` names the first `MOST_NAMED` inputs that could not be read, ``skipped_count`` counts all; ``left_out``
    counts by kind what was in the inputs and is in no article.
    """

    generation: int = 0
    committed: bool = False
    articles_added: int = 0
    articles_changed: int = 0
    articles_removed: int = 0
    articles_unchanged: int = 0
    paragraphs_added: int = 0
    paragraphs_removed: int = 0
    paragraphs_unchanged: int = 0
    paragraphs_embedded: int = 0
    paragraphs_resumed: int = 0
    articles: int = 0
    paragraphs: int = 0
    languages: dict[str, int] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    skipped_count: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def skip(self, *inputs: Skipped) -> None:
        """Take in inputs that could not be read."""
        self.skipped_count += len(inputs)
        self.skipped += inputs[: MOST_NAMED - len(self.skipped)]


@dataclass(frozen=True, slots=True)
class Making:
    """How the generation is to be made: with which encoder (None: the index's own), with or without sentences (None:
    as the index is, or as the encoder has them), whether the keyword index is made anew from the store, by which
    engine (`paraglot.search.folder.keyword.engines.CHOICES`; None: the index's own, `AUTO` of a new one), and with
    vectors less the means of their languages or not (None: as the index is; of a new one, where that helps).
    """

    model: str | None = None
    sentences: bool | None = None
    anew: bool = False
    keyword: str | None = None
    means: bool | None = None

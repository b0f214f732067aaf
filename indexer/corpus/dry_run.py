"""What a corpus holds, without an index and without an encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from paraglot.indexer.corpus.assemble import assemble
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.paragraphs import MAX_CHARACTERS
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.inputs import Options
from paraglot.search.text.sentences import width

FIRST_ARTICLES = 5
"""Articles shown as they would be read."""


@dataclass(slots=True)
class DryRun:
    """What would be read. ``languages`` counts paragraphs, ``left_out`` by kind what is in no article, ``first`` shows
    the first articles.
    """

    articles: int = 0
    paragraphs: int = 0
    characters: int = 0
    languages: dict[str, int] = field(default_factory=dict)
    skipped: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    first: list[dict[str, object]] = field(default_factory=list)


def dry_run(
    corpus: Sequence[Path],
    options: Options,
    progress: Callable[[str, int, int | None], None] | None,
    skip: Callable[[Skipped], None],
    listener: Callable[[str], None] | None = None,
) -> DryRun:
    """Read a corpus as `index_corpus` would, but for the length of paragraphs, which an encoder may shorten.

    ``skip`` is called with each input that cannot be read, ``listener`` with a line for each thing that is left out.
    Holds nothing but counts.
    """
    report = DryRun()
    remarks = Remarks(listener)
    options = replace(options, remarks=remarks)
    for number, found in enumerate(read_corpus(corpus, options), start=1):
        if progress:
            progress("read", number, None)
        if isinstance(found, Skipped):
            report.skipped += 1
            skip(found)
        else:
            _count(report, found)
    report.left_out, report.warnings = remarks.counts(), remarks.warned()
    return report


def _count(report: DryRun, draft: Draft) -> None:
    article = assemble(draft, lambda text: 2 * len(text) <= MAX_CHARACTERS or width(text) <= MAX_CHARACTERS)
    report.articles += 1
    report.paragraphs += len(article.paragraphs)
    report.characters += sum(len(paragraph.text) for paragraph in article.paragraphs)
    for paragraph in article.paragraphs:
        report.languages[paragraph.language] = report.languages.get(paragraph.language, 0) + 1
    if len(report.first) < FIRST_ARTICLES:
        report.first.append(
            {
                "id": draft.id,
                "title": draft.title,
                "language": article.language,
                "url": draft.url,
                "date": draft.date,
                "source": draft.source,
                "paragraphs": len(article.paragraphs),
                "begins": article.paragraphs[0].text[:100] if article.paragraphs else "",
            }
        )

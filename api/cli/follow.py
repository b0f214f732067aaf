"""``paraglot follow``: what is new in feeds and sitemaps, once (for cron) or again and again."""

from __future__ import annotations

import time
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from paraglot.api.cli.index import SOME_SKIPPED, print_report
from paraglot.api.cli.index_options import (
    DraftsOption,
    KeywordOption,
    ModelOption,
    SentencesOption,
    VerboseOption,
)
from paraglot.api.cli.options import EndpointOption, IndexOption, JsonOption, WaitOption
from paraglot.api.cli.output import Flood, counted, message, print_json, print_line
from paraglot.api.service_folder import ServiceFolder
from paraglot.api.settings import Settings, load_settings
from paraglot.search.errors import InvalidSettings, ParaglotError
from paraglot.search.text.dates import duration_s

if TYPE_CHECKING:
    from paraglot.indexer.follow.follow import Followed

LEAST_S = 60
"""How often is as often as is polite."""

EveryOption = Annotated[
    str | None,
    typer.Option("--every", metavar="TIME", help="Go on: look again after so long, such as 15m or 2h, until Ctrl-C."),
]
PagesOption = Annotated[
    int | None, typer.Option("--pages", min=1, help="Pages of sitemaps that a run asks for at most [default: 500].")
]
PrivateOption = Annotated[
    bool, typer.Option("--private", help="Ask addresses of private networks and of this machine, too.")
]


def follow_command(
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="Feeds (RSS, Atom, JSON Feed) and sitemaps.")],
    index: IndexOption = None,
    model: ModelOption = None,
    sentences: SentencesOption = None,
    keyword: KeywordOption = None,
    endpoint: EndpointOption = None,
    every: EveryOption = None,
    pages: PagesOption = None,
    private: PrivateOption = False,
    drafts: DraftsOption = False,
    verbose: VerboseOption = False,
    wait: WaitOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Fetch what is new in feeds and in the pages of sitemaps, and index it."""
    interval_s = None if every is None else seconds(every)
    flags = {"index": index, "model": model, "endpoint": endpoint, "sentences": sentences, "keyword": keyword}
    how = {"drafts": drafts, "wait_s": wait, "listener": message if verbose else None}
    how |= {"most_pages": pages} if pages else {}
    run = partial(_run, load_settings(flags), urls, private, how)
    if interval_s is None:
        _end(run(), as_json, verbose)
        return
    while True:
        started = time.monotonic()
        try:
            found = run()
            if found.report.committed or found.failures:
                _show(found, as_json, verbose)
        except ParaglotError as error:
            message(str(error))
        time.sleep(max(0.0, started + interval_s - time.monotonic()))


def seconds(text: str) -> float:
    """The time that ``--every`` gives. Raises `InvalidSettings`.

    >>> seconds("15m"), seconds("2h")
    (900.0, 7200.0)
    """
    found = duration_s(text)
    if found is None or found < LEAST_S:
        raise InvalidSettings(f"--every must be a time such as 15m, 2h or 1d, at least 1m, not {text!r}.")
    return found


def _run(settings: Settings, urls: list[str], private: bool, how: dict[str, Any]) -> Followed:
    from paraglot.api.cli.progress import progress_bar
    from paraglot.indexer.follow.follow import follow
    from paraglot.indexer.follow.polite import Polite
    from paraglot.indexer.follow.web import Web
    from paraglot.indexer.run import Making

    making = Making(settings.model, settings.sentences, keyword=settings.keyword, means=settings.language_means)
    with progress_bar() as progress:
        memory = ServiceFolder.of(settings).folder
        return follow(settings.index, urls, making, Polite(Web(private)), memory=memory, progress=progress, **how)


def _end(found: Followed, as_json: bool, verbose: bool) -> None:
    """Say what one run did, and end by the exit code that it stands for."""
    _show(found, as_json, verbose)
    if found.failures and not (found.asked or found.unchanged):
        raise typer.Exit(1)
    if found.failures:
        raise typer.Exit(SOME_SKIPPED)


def _show(found: Followed, as_json: bool, verbose: bool) -> None:
    from paraglot.api.cli.reading import left_out_line

    flood = Flood(verbose)
    for failure in found.failures:
        flood.message(failure)
    flood.end("addresses that gave nothing")
    if as_json:
        print_json(asdict(found) | {"report": asdict(found.report)})
        return
    left = f" {counted(found.left, 'page is', 'pages are')} left for the next run." if found.left else ""
    print_line(f"Asked: {found.asked} new, {found.unchanged} unchanged.{left}")
    if found.report.generation:
        print_report(found.report, as_json=False, verbose=verbose)
    elif found.report.left_out:
        print_line(left_out_line(found.report.left_out, verbose))

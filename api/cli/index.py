"""The commands that change what is in an index: index, delete."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Never

import typer

from paraglot.api.cli.index_options import (
    BaseUrlOption,
    CorpusArgument,
    DraftsOption,
    DryRunOption,
    EncodingOption,
    FieldOption,
    FormatOption,
    KeywordOption,
    LanguageMeansOption,
    ModelOption,
    PruneOption,
    SentencesOption,
    TextOption,
    VerboseOption,
    WatchOption,
)
from paraglot.api.cli.options import (
    Backend,
    BackendOption,
    EndpointOption,
    IndexOption,
    JsonOption,
    WaitOption,
)
from paraglot.api.cli.output import Flood, Interrupted, counted, message, print_json, print_line
from paraglot.api.settings import Settings, load_settings
from paraglot.search.encoders.load import BUILTIN, with_backend
from paraglot.search.errors import EncoderMissing, InvalidSettings, ParaglotError
from paraglot.search.types.address import Address

if TYPE_CHECKING:
    from paraglot.indexer.build import Report
    from paraglot.indexer.readers.inputs import Options

SOME_SKIPPED = 3


def index_command(
    corpus: CorpusArgument,
    index: IndexOption = None,
    model: ModelOption = None,
    sentences: SentencesOption = None,
    language_means: LanguageMeansOption = None,
    keyword: KeywordOption = None,
    endpoint: EndpointOption = None,
    backend: BackendOption = Backend.torch,
    prune: PruneOption = False,
    watch: WatchOption = False,
    field: FieldOption = None,
    format_: FormatOption = None,
    text: TextOption = "auto",
    encoding: EncodingOption = None,
    base_url: BaseUrlOption = None,
    drafts: DraftsOption = False,
    dry_run: DryRunOption = False,
    verbose: VerboseOption = False,
    wait: WaitOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Add and replace articles. A second run over the same corpus changes nothing."""
    from paraglot.api.cli.reading import print_dry_run, reading_options

    options = reading_options(field or [], format_, text, encoding, base_url, drafts)
    _check_there(corpus)
    if dry_run:
        if print_dry_run(corpus, options, as_json, verbose):
            raise typer.Exit(SOME_SKIPPED)
        return
    flags = {"index": index, "model": model, "endpoint": endpoint, "sentences": sentences, "keyword": keyword}
    flags["language_means"] = language_means
    settings = _with_backend(load_settings(flags), backend)
    run = partial(_run, settings, corpus, options, prune, wait, message if verbose else None)
    if watch:
        _follow(run, corpus, as_json, verbose)
    _end(run(), as_json, verbose)


def delete_command(
    ids: Annotated[list[str], typer.Argument(help="Ids of articles.")],
    index: IndexOption = None,
    wait: WaitOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Remove articles by id; all of them or, where one is unknown, none."""
    from paraglot.indexer.build import delete_articles

    print_report(delete_articles(load_settings({"index": index}).index, ids, wait), as_json)


def _check_there(corpus: list[Path]) -> None:
    for path in corpus:
        if re.match(r"https?:/", str(path)):
            address = re.sub(r":/(?!/)", "://", str(path), count=1)
            raise InvalidSettings(
                f"{address}: this reads files.", f"Feeds and sitemaps are fetched by: paraglot follow {address}"
            )
        if str(path) != "-" and not path.exists():
            raise InvalidSettings(f"{path}: there is no such file or folder.")


def _with_backend(settings: Settings, backend: Backend) -> Settings:
    settings = replace(settings, model=with_backend(settings.model, backend.value))
    if backend is not Backend.torch and settings.model in (None, "onnx:builtin", "openvino:builtin"):
        raise InvalidSettings(f"--backend {backend.value} runs sentence-transformers models.", "Name one: --model NAME")
    return settings


def _end(report: Report, as_json: bool, verbose: bool) -> None:
    """Say what one run did, and end by the exit code that it stands for."""
    _show(report, as_json, verbose)
    if report.skipped:
        raise typer.Exit(SOME_SKIPPED)
    if not report.articles:
        raise ParaglotError(
            "No article was found, and the index is empty.",
            "Give files or folders of them; paraglot index --dry-run shows what is read.",
        )


def _run(
    settings: Settings,
    corpus: list[Path],
    options: Options,
    prune: bool,
    wait: float,
    listener: Callable[[str], None] | None,
) -> Report:
    from paraglot.api.cli.progress import progress_bar, telling_of_the_fast_encoder
    from paraglot.indexer.build import index_corpus

    with _saying_what_is_kept(settings.index), progress_bar() as shown:  # said when the bar is gone
        progress = shown
        if settings.model in (None, BUILTIN) and not _is_there(settings.index):
            progress = telling_of_the_fast_encoder(shown, message)
        return index_corpus(
            settings.index,
            corpus,
            settings.model,
            progress,
            settings.sentences,
            options,
            keyword=settings.keyword,
            means=settings.language_means,
            prune=prune,
            wait_s=wait,
            listener=listener,
        )


@contextmanager
def _saying_what_is_kept(index: Address) -> Iterator[None]:
    """Have whoever interrupts a run, or whose encoder is gone, know that the next one goes on from there."""
    try:
        yield
    except (Interrupted, EncoderMissing):
        from paraglot.indexer.folder.vector_cache import left_by_a_run

        if not isinstance(index, Path):
            message("what was committed is there: the same command goes on from there.")
        elif vectors_left := left_by_a_run(index):
            message(f"{counted(vectors_left, 'embedded text')} kept: the same command goes on from there.")
        raise


def _is_there(index: Address) -> bool:
    return not isinstance(index, Path) or index.exists()


def _follow(run: Callable[[], Report], corpus: list[Path], as_json: bool, verbose: bool) -> Never:
    """Index after every burst of changes. A run that fails is told of; the next burst is another chance."""
    from paraglot.indexer.care.watch import changes

    shown: Report | None = None
    for _ in changes(corpus):
        try:
            report = run()
            if shown is None or report.committed or _faults(report) != _faults(shown):
                _show(report, as_json, verbose)
            shown = report
        except ParaglotError as error:
            if shown is None:
                raise
            message(str(error))
    raise Interrupted(signal.SIGINT)


def _faults(report: Report) -> tuple[object, ...]:
    return report.skipped, report.skipped_count, report.warnings, report.left_out


def _show(report: Report, as_json: bool, verbose: bool) -> None:
    skipped, warnings = Flood(verbose), Flood(verbose)
    for skipped_input in report.skipped:
        skipped.message(f"skipped {skipped_input}")
    skipped.end("skipped inputs", report.skipped_count - len(report.skipped))
    for warning in report.warnings:
        warnings.message(warning)
    warnings.end("warnings")
    print_report(report, as_json, verbose)


def print_report(report: Report, as_json: bool, verbose: bool = False) -> None:
    """What a run did, for people or for programs."""
    from paraglot.api.cli.reading import left_out_line

    if as_json:
        print_json({**asdict(report), "skipped": [_skipped(skipped_input) for skipped_input in report.skipped]})
        return
    if report.left_out:
        print_line(left_out_line(report.left_out, verbose))
    if not report.committed:
        print_line(
            f"Nothing changed: {counted(report.articles, 'article')},"
            f" {counted(report.paragraphs, 'paragraph')}, generation {report.generation}."
        )
        return
    _print_counts(report)
    if report.skipped_count:
        print_line(f"Skipped: {counted(report.skipped_count, 'input')}, named above.")
    stages = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in report.seconds.items())
    took = f", {sum(report.seconds.values()):.1f} s ({stages})" if stages else ""
    print_line(
        f"Committed generation {report.generation}: {counted(report.articles, 'article')},"
        f" {counted(report.paragraphs, 'paragraph')} in {counted(len(report.languages), 'language')}{took}."
    )


def _print_counts(report: Report) -> None:
    articles = {
        "added": report.articles_added,
        "changed": report.articles_changed,
        "removed": report.articles_removed,
        "unchanged": report.articles_unchanged,
    }
    paragraphs = {
        "added": report.paragraphs_added,
        "removed": report.paragraphs_removed,
        "unchanged": report.paragraphs_unchanged,
        "embedded": report.paragraphs_embedded,
        "embedded by an earlier run": report.paragraphs_resumed,
    }
    print_line(f"Articles: {_counts(articles)}.")
    print_line(f"Paragraphs: {_counts(paragraphs)}.")
    most = list(report.languages.items())
    more = f" and {len(most) - 10} more" if len(most) > 10 else ""
    print_line(f"Languages: {', '.join(f'{tag} {count}' for tag, count in most[:10])}{more}.")


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "none"


def _skipped(skipped: Any) -> dict[str, Any]:
    return {"path": str(skipped.place.path), "line": skipped.place.line, "reason": skipped.reason}

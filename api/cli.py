"""The console script ``rosetta``. Data goes to stdout, progress and messages to stderr.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but some inputs were skipped. What a command needs is imported
inside it, so that each starts as fast as it can.
"""

from __future__ import annotations

import io
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.eval_cli import eval_command
from api.output import message, print_json, print_line
from api.settings import load_settings
from search.errors import InvalidRequest, InvalidSettings, RosettaError

if TYPE_CHECKING:
    from indexer.build import Report

FAILED, WRONG_USAGE, SOME_SKIPPED = 1, 2, 3

app = typer.Typer(
    name="rosetta",
    help="Search article paragraphs by keyword and by meaning, in any language.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

IndexOption = Annotated[Path | None, typer.Option("--index", help="Folder of the index [default: index].")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command("index")
def index_command(
    corpus: Annotated[
        list[Path], typer.Argument(help="Files and folders in any format of docs/readers.md; - is standard input.")
    ],
    index: IndexOption = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="Encoder of a new index: builtin, or a sentence-transformers model."),
    ] = None,
    sentences: Annotated[
        bool | None,
        typer.Option(
            "--sentences/--no-sentences",
            help="Whether a new index keeps the vectors of sentences [default: if the encoder has them in one pass].",
        ),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", metavar="OURS=THEIRS", help="Field to read under another name: title=headline."),
    ] = None,
    format_: Annotated[str | None, typer.Option("--format", help="Read all as this format, whatever it seems.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be read; touch no index.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Add and replace articles. A second run over the same corpus changes nothing."""
    from api.progress import progress_bar
    from api.reading import print_dry_run, reading_options

    options = reading_options(field or [], format_)
    if dry_run:
        if print_dry_run(corpus, options, as_json):
            raise typer.Exit(SOME_SKIPPED)
        return
    from indexer.build import index_corpus

    settings = load_settings({"index": index, "model": model, "sentences": sentences})
    with progress_bar() as progress:
        report = index_corpus(settings.index, corpus, settings.model, progress, settings.sentences, options)
    for skipped in report.skipped:
        message(f"skipped {skipped}")
    _print_report(report, as_json)
    if report.skipped:
        raise typer.Exit(SOME_SKIPPED)
    if not report.articles:
        raise RosettaError(
            "No article was found, and the index is empty.",
            "Give files or folders of them; rosetta index --dry-run shows what is read.",
        )


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="Words or a question, in any language.")],
    index: IndexOption = None,
    limit: Annotated[int | None, typer.Option(help="Hits to show [default: 10].")] = None,
    offset: Annotated[int, typer.Option(help="Hits to leave out before the first.")] = 0,
    mode: Annotated[str | None, typer.Option(help="hybrid, keyword or semantic [default: hybrid].")] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Only paragraphs in this language; may be repeated.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain/--no-explain", help="With --json: why each hit is there.")] = True,
    min_relevance: Annotated[float, typer.Option(help="Leave out hits that are less relevant, 0 to 1.")] = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Print the paragraphs that answer a query, best first, and why."""
    from search.engine import open_index
    from search.types import SearchRequest

    settings = load_settings({"index": index, "limit": limit, "mode": mode})
    request = SearchRequest(
        query,
        settings.limit,
        offset,
        settings.mode,
        tuple(language or ()),
        explain,
        min_relevance=min_relevance,
    )
    with open_index(settings.index) as engine:
        response = engine.search(request)
    for warning in response.warnings:
        message(warning)
    if as_json:
        from api.schemas import SearchModel

        print_json(SearchModel.of(response).model_dump())
    else:
        from rich.console import Console

        from api.render import print_response

        print_response(Console(highlight=False), response)


@app.command()
def serve(
    index: IndexOption = None,
    host: Annotated[str | None, typer.Option(help="Loopback address to listen on [default: 127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option(help="Port [default: 8000]; 0 takes a free one.")] = None,
) -> None:
    """Answer searches over HTTP; new commits are served as they come."""
    from api.server import serve as run

    run(load_settings({"index": index, "host": host, "port": port}))


@app.command()
def delete(
    ids: Annotated[list[str], typer.Argument(help="Ids of articles.")],
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove articles by id; all of them or, where one is unknown, none."""
    from indexer.build import delete_articles

    _print_report(delete_articles(load_settings({"index": index}).index, ids), as_json)


@app.command()
def status(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Say what the index is made of."""
    from api.schemas import IndexModel
    from search.layout import IndexLayout
    from search.manifest import read_manifest
    from search.snapshot import committed_number

    layout = IndexLayout(load_settings({"index": index}).index)
    manifest = read_manifest(layout.generation(committed_number(layout)).manifest)
    if as_json:
        print_json(IndexModel.of(manifest).model_dump())
        return
    print_line(f"{layout.folder}: generation {manifest.generation}, committed {manifest.created}")
    print_line(f"{manifest.articles} articles, {manifest.paragraphs} paragraphs, encoder {manifest.encoder.name}")
    print_line("paragraphs by language: " + ", ".join(f"{tag} {count}" for tag, count in manifest.languages.items()))


app.command("eval")(eval_command)


@app.command()
def models(as_json: JsonOption = False) -> None:
    """List the encoders that can be used here, built in and installed, and well-known ones that can be named."""
    from search.encoders.known import KNOWN_MODELS
    from search.encoders.load import installed_models, transformers_version

    found = installed_models()
    runs = transformers_version()
    if as_json:
        known = [asdict(one) for one in KNOWN_MODELS]
        print_json({"models": [asdict(one) for one in found], "known": known, "sentence_transformers": runs})
        return
    for one in found:
        size = f"{one.size_bytes / 1e6:.0f} MB"
        print_line(f"{one.name}: {', '.join(filter(None, [one.source, size, ' '.join(one.languages)]))}")
    if runs:
        print_line(f"sentence-transformers {runs} is installed: any of its models can be named, or its folder.")
    else:
        print_line("For any sentence-transformers model: pip install 'rosetta-search[transformers]'")
    print_line("Known, not run here (see docs/models.md):")
    for model in KNOWN_MODELS:
        print_line(f"  {model.name}: {model.dimension} dimensions, {model.license}")


@app.command()
def doctor(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Check versions, index, encoder and disk; say what is wrong and what to do. Exit code 1 if anything is."""
    from api.doctor import examine

    findings = examine(load_settings({"index": index}).index)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            print_line(f"{'ok   ' if finding.ok else 'WRONG'} {finding.subject}: {finding.detail}")
            if finding.remedy:
                print_line(f"      → {finding.remedy}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(FAILED)


class Interrupted(BaseException):
    """A signal asked the command to end. Not an `Exception`, so nothing on the way takes it for a fault."""


def main() -> None:
    """Run the command line; every failure that a user can mend is one message, never a traceback."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may lack a script, a file's name be no UTF-8
    try:
        app()
    except (InvalidSettings, InvalidRequest) as error:
        message(str(error))
        sys.exit(WRONG_USAGE)
    except RosettaError as error:
        message(str(error))
        sys.exit(FAILED)
    except OSError as error:
        message(f"{error.filename or 'the output'}: {error.strerror or error}.")
        sys.exit(FAILED)
    except Interrupted as interrupted:
        message("interrupted; the index is as the last commit left it.")
        sys.exit(128 + interrupted.args[0])


def _interrupt(number: int, frame: object) -> None:  # noqa: ARG001
    raise Interrupted(number)


def _print_report(report: Report, as_json: bool) -> None:
    if as_json:
        fields = {**asdict(report), "skipped": [_skipped(one) for one in report.skipped]}
        print_json(fields)
        return
    if not report.committed:
        print_line(
            f"Nothing changed: {report.articles} articles, {report.paragraphs} paragraphs,"
            f" generation {report.generation}."
        )
        return
    changes = ", ".join(
        f"{count} {word}"
        for word, count in (
            ("added", report.articles_added),
            ("changed", report.articles_changed),
            ("removed", report.articles_removed),
            ("unchanged", report.articles_unchanged),
        )
        if count
    )
    print_line(f"Articles: {changes}.")
    print_line(
        f"Paragraphs: {report.paragraphs_added} added, {report.paragraphs_removed} removed,"
        f" {report.paragraphs_embedded} embedded."
    )
    print_line(
        f"Committed generation {report.generation}: {report.articles} articles, {report.paragraphs} paragraphs"
        f" in {len(report.languages)} languages, {sum(report.seconds.values()):.1f} s."
    )


def _skipped(one: Any) -> dict[str, Any]:
    return {"path": str(one.place.path), "line": one.place.line, "reason": one.reason}

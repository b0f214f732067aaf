"""The console script ``rosetta``. Data goes to stdout, progress and messages to stderr.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but some inputs were skipped. What a command needs is imported
inside it, so that each starts as fast as it can.
"""

from __future__ import annotations

import io
import json
import re
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.eval_cli import eval_command
from api.keys_cli import keys_app
from api.serve_cli import serve_command
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
    corpus: Annotated[list[Path], typer.Argument(help="Files and folders: plain text (.txt) and JSON lines (.jsonl).")],
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
    as_json: JsonOption = False,
) -> None:
    """Add and replace articles. A second run over the same corpus changes nothing."""
    from api.progress import progress_bar
    from indexer.build import index_corpus

    settings = load_settings({"index": index, "model": model, "sentences": sentences})
    with progress_bar() as progress:
        report = index_corpus(settings.index, corpus, settings.model, progress, settings.sentences)
    for skipped in report.skipped:
        _message(f"skipped {skipped}")
    _print_report(report, as_json)
    if report.skipped:
        raise typer.Exit(SOME_SKIPPED)
    if not report.articles:
        raise RosettaError(
            "No article was found, and the index is empty.", "Give files (.txt, .jsonl) or folders of them."
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
    as_json: JsonOption = False,
) -> None:
    """Print the paragraphs that answer a query, best first, and why."""
    from search.engine import open_index
    from search.types import SearchRequest

    settings = load_settings({"index": index, "limit": limit, "mode": mode})
    request = SearchRequest(query, settings.limit, offset, settings.mode, tuple(language or ()), explain)
    with open_index(settings.index) as engine:
        response = engine.search(request)
    for warning in response.warnings:
        _message(warning)
    if as_json:
        from api.schemas import SearchModel

        _print_json(SearchModel.of(response).model_dump())
    else:
        from rich.console import Console

        from api.render import print_response

        print_response(Console(highlight=False), response)


app.command("serve")(serve_command)
app.add_typer(keys_app)


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
        _print_json(IndexModel.of(manifest).model_dump())
        return
    _print(f"{layout.folder}: generation {manifest.generation}, committed {manifest.created}")
    _print(f"{manifest.articles} articles, {manifest.paragraphs} paragraphs, encoder {manifest.encoder.name}")
    _print("paragraphs by language: " + ", ".join(f"{tag} {count}" for tag, count in manifest.languages.items()))


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
        _print_json({"models": [asdict(one) for one in found], "known": known, "sentence_transformers": runs})
        return
    for one in found:
        size = f"{one.size_bytes / 1e6:.0f} MB"
        _print(f"{one.name}: {', '.join(filter(None, [one.source, size, ' '.join(one.languages)]))}")
    if runs:
        _print(f"sentence-transformers {runs} is installed: any of its models can be named, or its folder.")
    else:
        _print("For any sentence-transformers model: pip install 'rosetta-search[transformers]'")
    _print("Known, not run here (see docs/models.md):")
    for model in KNOWN_MODELS:
        _print(f"  {model.name}: {model.dimension} dimensions, {model.license}")


@app.command()
def doctor(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Check versions, index, encoder and disk; say what is wrong and what to do. Exit code 1 if anything is."""
    from api.doctor import examine

    findings = examine(load_settings({"index": index}).index)
    if as_json:
        _print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            _print(f"{'ok   ' if finding.ok else 'WRONG'} {finding.subject}: {finding.detail}")
            if finding.remedy:
                _print(f"      → {finding.remedy}")
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
        _message(str(error))
        sys.exit(WRONG_USAGE)
    except RosettaError as error:
        _message(str(error))
        sys.exit(FAILED)
    except OSError as error:
        _message(f"{error.filename or 'the output'}: {error.strerror or error}.")
        sys.exit(FAILED)
    except Interrupted as interrupted:
        _message("interrupted; the index is as the last commit left it.")
        sys.exit(128 + interrupted.args[0])


def _interrupt(number: int, frame: object) -> None:  # noqa: ARG001
    raise Interrupted(number)


def _print_report(report: Report, as_json: bool) -> None:
    if as_json:
        fields = {**asdict(report), "skipped": [_skipped(one) for one in report.skipped]}
        _print_json(fields)
        return
    if not report.committed:
        _print(
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
    _print(f"Articles: {changes}.")
    _print(
        f"Paragraphs: {report.paragraphs_added} added, {report.paragraphs_removed} removed,"
        f" {report.paragraphs_embedded} embedded."
    )
    _print(
        f"Committed generation {report.generation}: {report.articles} articles, {report.paragraphs} paragraphs"
        f" in {len(report.languages)} languages, {sum(report.seconds.values()):.1f} s."
    )


def _skipped(one: Any) -> dict[str, Any]:
    return {"path": str(one.place.path), "line": one.place.line, "reason": one.reason}


def _print(line: str) -> None:
    typer.echo(_one_line(line))


def _print_json(value: Any) -> None:
    utf_8 = sys.stdout.encoding.lower().replace("-", "") == "utf8"
    typer.echo(json.dumps(value, ensure_ascii=not utf_8, indent=2))


def _message(line: str) -> None:
    typer.echo(f"rosetta: {_one_line(line)}", err=True)


def _one_line(text: str) -> str:
    """A text without what would steer a terminal or end the line: the name of a file may hold anything."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", lambda found: ascii(found.group())[1:-1], text)

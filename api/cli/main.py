"""The console script ``paraglot``. Data goes to stdout, progress and messages to stderr.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but some inputs were skipped. What a command needs is imported
inside it, so that each starts as fast as it can.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from paraglot.api.cli.analyze import analyze_command
from paraglot.api.cli.copies import backup_command, export_command, rebuild_command, restore_command
from paraglot.api.cli.eval import eval_command
from paraglot.api.cli.follow import follow_command
from paraglot.api.cli.index import delete_command, index_command
from paraglot.api.cli.keys import keys_app
from paraglot.api.cli.mcp import mcp_command
from paraglot.api.cli.operations import rollback_command, status_command, verify_command
from paraglot.api.cli.options import EndpointOption, IndexOption, JsonOption, TakesText
from paraglot.api.cli.output import Interrupted, message, print_json, print_line
from paraglot.api.cli.searching.search import search_command
from paraglot.api.cli.searching.show import show_command
from paraglot.api.cli.searching.similar import similar_command
from paraglot.api.cli.searching.suggest import suggest_command
from paraglot.api.cli.serve import serve_command
from paraglot.api.settings import load_settings
from paraglot.search.errors import InvalidRequest, InvalidSettings, ParaglotError

FAILED, WRONG_USAGE = 1, 2

app = typer.Typer(
    name="paraglot",
    help="Search article paragraphs by keyword and by meaning, in any language.",
    no_args_is_help=True,
    rich_markup_mode=None,  # or "[default: 10]" would be taken for markup, and left out
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print_line(f"paraglot {version('paraglot')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Print the version and end.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Search article paragraphs by keyword and by meaning, in any language."""


app.command("index")(index_command)
app.command("follow", short_help="Index what is new in feeds and sitemaps.")(follow_command)
app.command("search", cls=TakesText)(search_command)
app.command("show")(show_command)
app.command("similar", cls=TakesText, short_help="Print what says the same as a paragraph or a text.")(similar_command)
app.command("suggest", cls=TakesText)(suggest_command)
app.command("serve")(serve_command)
app.command("mcp", short_help="Let an assistant of this machine search, over MCP.")(mcp_command)
app.add_typer(keys_app)
app.command("delete", short_help="Remove articles by id, all of them or none.")(delete_command)
app.command("status", short_help="Say what the index is made of: counts, sizes, encoder, age.")(status_command)
app.command("verify", short_help="Read all of the index, and see that it is whole.")(verify_command)
app.command("rollback", short_help="Serve an earlier generation again.")(rollback_command)
app.command("rebuild", short_help="Make all indexes anew from the store, without the corpus.")(rebuild_command)
app.command("export", short_help="Print every article as JSON lines.")(export_command)
app.command("backup")(backup_command)
app.command("restore", short_help="Make an index out of a backup.")(restore_command)
app.command("eval", short_help="Measure how well judged queries are answered.")(eval_command)
app.command("analyze", cls=TakesText, short_help="Show the terms that a text has, or that a query looks for.")(
    analyze_command
)


@app.command(short_help="List the encoders that can be used here.")
def models(as_json: JsonOption = False) -> None:
    """List the encoders that can be used here, built in and installed, and well-known ones that can be named."""
    from paraglot.search.encoders.known import KNOWN_MODELS
    from paraglot.search.encoders.load import installed_models, transformers_version
    from paraglot.search.encoders.plugins import plugin_names

    found = installed_models()
    runs = transformers_version()
    if as_json:
        encoders = [asdict(entry) for entry in KNOWN_MODELS]
        answer = {"models": [asdict(model) for model in found], "known": encoders, "sentence_transformers": runs}
        print_json(answer | {"plugins": plugin_names()})
        return
    for model in found:
        size = f"{model.size_bytes / 1e6:.0f} MB"
        print_line(f"{model.name}: {', '.join(filter(None, [model.source, size, ' '.join(model.languages)]))}")
    if runs:
        print_line(f"sentence-transformers {runs} is installed: any of its models can be named, or its folder.")
    else:
        print_line("For any sentence-transformers model: pip install 'paraglot[transformers]'")
    for name in plugin_names():
        print_line(f"{name}: a plug-in of another package")
    print_line("openai:NAME: any model behind an endpoint of embeddings, with --endpoint URL (see docs/models.md)")
    print_line("vectors:DIMENSION: none; articles and queries bring their vectors")
    print_line("Known, not run here (see docs/models.md):")
    for entry in KNOWN_MODELS:
        print_line(f"  {entry.name}: {entry.dimension} dimensions, {entry.license}")


@app.command(short_help="Say what is wrong here, and what to do.")
def doctor(index: IndexOption = None, endpoint: EndpointOption = None, as_json: JsonOption = False) -> None:
    """Check versions, index, encoder and disk; say what is wrong and what to do. Exit code 1 if anything is."""
    from paraglot.api.cli.doctor import examine

    settings = load_settings({"index": index, "endpoint": endpoint})
    findings = examine(settings.index, settings.service_folder)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            print_line(f"{'ok   ' if finding.ok else 'WRONG'} {finding.subject}: {finding.detail}")
            if finding.remedy:
                print_line(f"      → {finding.remedy}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(FAILED)


def main() -> None:
    """Run the command line; every failure that a user can mend is one message, never a traceback."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may lack a script, a file's name be no UTF-8
    try:
        app()
    except SystemExit as end:
        gone = end.__context__  # the library ends by 1 where who read, as head does, has had enough
        sys.exit(0 if isinstance(gone, OSError) and gone.errno == errno.EPIPE else end.code)
    except (InvalidSettings, InvalidRequest) as error:
        message(str(error))
        sys.exit(WRONG_USAGE)
    except ParaglotError as error:
        message(str(error))
        sys.exit(FAILED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # who read, as head does, has had enough
    except OSError as error:
        message(f"{error.filename or 'the output'}: {error.strerror or error}.")
        sys.exit(FAILED)
    except Interrupted as interrupted:
        message("interrupted; the index is as the last commit left it.")
        sys.exit(128 + interrupted.args[0])


def _interrupt(number: int, frame: object) -> None:  # noqa: ARG001
    raise Interrupted(number)

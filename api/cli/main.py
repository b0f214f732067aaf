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
from paraglot.api.cli.options import IndexOption, JsonOption, TakesText
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
app.command("follow")(follow_command)


app.command("search", cls=TakesText)(search_command)
app.command("show")(show_command)
app.command("similar", cls=TakesText)(similar_command)
app.command("suggest", cls=TakesText)(suggest_command)
app.command("serve")(serve_command)
app.command("mcp")(mcp_command)
app.add_typer(keys_app)
app.command("delete")(delete_command)
app.command("status")(status_command)
app.command("verify")(verify_command)
app.command("rollback")(rollback_command)
app.command("rebuild")(rebuild_command)
app.command("export")(export_command)
app.command("backup")(backup_command)
app.command("restore")(restore_command)
app.command("eval")(eval_command)
app.command("analyze", cls=TakesText)(analyze_command)


@app.command()
def models(as_json: JsonOption = False) -> None:
    """List the encoders that can be used here, built in and installed, and well-known ones that can be named."""
    from paraglot.search.encoders.known import KNOWN_MODELS
    from paraglot.search.encoders.load import installed_models, transformers_version
    from paraglot.search.encoders.plugins import plugin_names

    found = installed_models()
    runs = transformers_version()
    if as_json:
        known = [asdict(one) for one in KNOWN_MODELS]
        told = {"models": [asdict(one) for one in found], "known": known, "sentence_transformers": runs}
        print_json(told | {"plugins": plugin_names()})
        return
    for one in found:
        size = f"{one.size_bytes / 1e6:.0f} MB"
        print_line(f"{one.name}: {', '.join(filter(None, [one.source, size, ' '.join(one.languages)]))}")
    if runs:
        print_line(f"sentence-transformers {runs} is installed: any of its models can be named, or its folder.")
    else:
        print_line("For any sentence-transformers model: pip install 'paraglot[transformers]'")
    for name in plugin_names():
        print_line(f"{name}: a plug-in of another package")
    print_line("openai:NAME: any model behind an endpoint of embeddings, with --endpoint URL (see docs/models.md)")
    print_line("vectors:DIMENSION: none; articles and queries bring their vectors")
    print_line("Known, not run here (see docs/models.md):")
    for model in KNOWN_MODELS:
        print_line(f"  {model.name}: {model.dimension} dimensions, {model.license}")


@app.command()
def doctor(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Check versions, index, encoder and disk; say what is wrong and what to do. Exit code 1 if anything is."""
    from paraglot.api.cli.doctor import examine

    settings = load_settings({"index": index})
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

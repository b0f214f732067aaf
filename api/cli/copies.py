"""The commands that make something else of an index: rebuild, export, backup, restore."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from paraglot.api.cli.index import print_report
from paraglot.api.cli.options import (
    Backend,
    BackendOption,
    EndpointOption,
    IndexOption,
    JsonOption,
    WaitOption,
    folder_of,
)
from paraglot.api.cli.output import message, print_json, print_line
from paraglot.api.settings import load_settings
from paraglot.search import disk
from paraglot.search.encoders.load import with_backend
from paraglot.search.errors import ParaglotError

SNAPSHOTS = "A cluster makes copies of its own (snapshots): docs/scaling.md tells how."


def rebuild_command(
    model: Annotated[str | None, typer.Option("--model", help="Another encoder [default: as it is].")] = None,
    endpoint: EndpointOption = None,
    backend: BackendOption = Backend.torch,
    sentences: Annotated[
        bool | None,
        typer.Option("--sentences/--no-sentences", help="Keep the vectors of sentences or not [default: as it is]."),
    ] = None,
    language_means: Annotated[
        bool | None,
        typer.Option(
            "--language-means/--no-language-means",
            help="Learn the means of languages anew and take them from the vectors, or not [default: as it is].",
        ),
    ] = None,
    keyword: Annotated[
        str | None,
        typer.Option("--keyword", metavar="ENGINE", help="Another keyword engine: auto, whoosh, tantivy."),
    ] = None,
    index: IndexOption = None,
    wait: WaitOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Make all indexes anew from the store, without the corpus; the old generation is served meanwhile."""
    from paraglot.api.cli.progress import progress_bar
    from paraglot.indexer.care.rebuild import rebuild_index

    place = load_settings({"index": index, "endpoint": endpoint}).index
    if any(own is not None for own in (sentences, keyword, language_means)):
        folder_of(place, "rebuild --sentences, --keyword or --language-means")
    model = with_backend(model, backend.value)
    with progress_bar() as progress:
        report = rebuild_index(place, model, sentences, progress, wait, keyword=keyword, means=language_means)
    print_report(report, as_json)


def export_command(
    file: Annotated[Path, typer.Argument(help="File to write; - is standard output.", show_default=False)] = Path("-"),
    index: IndexOption = None,
) -> None:
    """Print every article as JSON lines, which index again to the same index."""
    from paraglot.indexer.care.export import export_articles

    articles = export_articles(load_settings({"index": index}).index)
    lines = (json.dumps(article, ensure_ascii=False).encode() + b"\n" for article in articles)
    if str(file) == "-":
        for line in lines:
            typer.echo(line, nl=False)
        return
    if file.exists():
        raise ParaglotError(f"{file}: the file exists already.", "Name a new file.")
    disk.write_through(file, lambda out: out.writelines(lines))


def backup_command(
    file: Annotated[Path, typer.Argument(help="File to write, such as news.tar; - is standard output.")],
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy a live index to one file."""
    from paraglot.indexer.care.backup import back_up, stream_back_up

    folder = folder_of(load_settings({"index": index}).index, "backup", SNAPSHOTS)
    if str(file) == "-":
        message(f"standard output: generation {stream_back_up(folder, sys.stdout.buffer)}.")
        return
    generation = back_up(folder, file)
    if as_json:
        print_json({"file": str(file), "generation": generation, "size_bytes": file.stat().st_size})
    else:
        print_line(f"{file}: generation {generation}, {file.stat().st_size / 1e6:.1f} MB.")


def restore_command(
    file: Annotated[Path, typer.Argument(help="A file that `paraglot backup` wrote.")],
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an index out of a backup, in a new folder; it is read through before it is served."""
    from paraglot.indexer.care.restore import restore

    folder = folder_of(load_settings({"index": index}).index, "restore", SNAPSHOTS)
    generation = restore(file, folder)
    if as_json:
        print_json({"index": str(folder), "generation": generation})
    else:
        print_line(f"{folder}: generation {generation} restored, read through and whole.")

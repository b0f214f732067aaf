"""``paraglot analyze``: what happens to a text when it is indexed, and to a query when it is asked."""

from __future__ import annotations

from typing import Annotated

import typer

from paraglot.api.cli.options import IndexOption, JsonOption
from paraglot.api.cli.output import one_line, print_json
from paraglot.api.service_folder import index_of
from paraglot.api.settings import load_settings


def analyze_command(
    text: Annotated[str, typer.Argument(help="A text, or a query.")],
    language: Annotated[
        str | None, typer.Option(help="The text's language (BCP 47) [default: told by the words].")
    ] = None,
    query: Annotated[bool, typer.Option("--query", help="Read it as a query of the index instead.")] = False,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the terms that a text has in the index, or those that a query looks for."""
    from paraglot.api.http.fields.analyze import of_query, of_text

    if query:
        from paraglot.search.engine.engine import open_index

        with open_index(index_of(load_settings({"index": index}))) as engine:
            analysis = of_query(engine, text, language)
    else:
        analysis = of_text(text, language)
    if as_json:
        print_json(analysis.model_dump())
        return
    likely = ", ".join(f"{likelihood.language} {likelihood.probability:.2f}" for likelihood in analysis.languages)
    typer.echo(f"language: {likely or 'none'}")
    for token in analysis.tokens:
        typer.echo(f"{token.start}-{token.end}\t{one_line(text[token.start : token.end])}\t{token.term}")

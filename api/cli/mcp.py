"""``paraglot mcp``: the tools for assistants on standard input and output."""

from __future__ import annotations

import signal
from typing import Annotated

import typer

from paraglot.api.cli.options import IndexOption
from paraglot.api.service_folder import index_of
from paraglot.api.settings import load_settings
from paraglot.search.errors import InvalidSettings


def mcp_command(
    index: IndexOption = None,
    filter_: Annotated[
        str, typer.Option("--filter", help="The assistant sees only what it lets through: 'source = Gazette'.")
    ] = "",
) -> None:
    """Let an assistant of this machine search: an MCP server on standard input and output."""
    try:
        import anyio

        from paraglot.api.mcp.server import serve_stdio
    except ImportError:
        raise InvalidSettings("paraglot mcp needs the MCP SDK.", "Install it: pip install 'paraglot[mcp]'") from None
    from paraglot.search.encoders.load import load_reranker
    from paraglot.search.engine.engine import open_index
    from paraglot.search.types import check_scope

    check_scope(filter_, ())
    for number in (signal.SIGINT, signal.SIGTERM):
        # It only reads, so nothing is left to end; a clean end would wait for the next line of input.
        signal.signal(number, signal.SIG_DFL)
    settings = load_settings({"index": index})
    with open_index(index_of(settings), reranker=load_reranker(settings.reranker)) as engine:
        anyio.run(serve_stdio, engine, filter_ or None)

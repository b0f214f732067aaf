"""``paraglot serve``: the flags of the service."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from paraglot.api.cli.options import EndpointOption, IndexOption, RerankerOption
from paraglot.api.settings import load_settings


def serve_command(
    index: IndexOption = None,
    collection: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FOLDER", help="Index to offer by name; may be repeated, the first is the default."),
    ] = None,
    endpoint: EndpointOption = None,
    reranker: RerankerOption = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on [default: 127.0.0.1]; any other needs keys.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port [default: 8000]; 0 takes a free one.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that answer [default: 1].")] = None,
    allow_origin: Annotated[
        list[str] | None, typer.Option(help="Origin of web pages that may use the service (CORS); may be repeated.")
    ] = None,
    log_format: Annotated[str | None, typer.Option(help="auto, text or json [default: auto].")] = None,
    log_queries: Annotated[bool | None, typer.Option(help="Whether the log holds the queries [default: no].")] = None,
    statistics: Annotated[bool | None, typer.Option(help="Whether queries are counted [default: no].")] = None,
    telemetry: Annotated[bool | None, typer.Option(help="Whether traces are sent (OTEL_* says where).")] = None,
) -> None:
    """Answer searches over HTTP; new commits are served as they come."""
    from paraglot.api.http.server import serve

    flags: dict[str, Any] = {
        "index": index,
        "collection": collection or None,
        "endpoint": endpoint,
        "reranker": reranker,
    }
    flags |= {"host": host, "port": port, "workers": workers, "allow_origin": allow_origin or None}
    flags |= {"log_format": log_format, "log_queries": log_queries, "statistics": statistics, "telemetry": telemetry}
    serve(load_settings(flags))

"""The options that several commands have."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

IndexOption = Annotated[Path | None, typer.Option("--index", help="Folder of the index [default: index].")]
LanguageOption = Annotated[
    list[str] | None, typer.Option("--language", help="Only paragraphs in this language; may be repeated.")
]
FilterOption = Annotated[
    str, typer.Option("--filter", help="Attributes of articles: 'date >= 2024-01-01 AND NOT source = daily'.")
]
RerankerOption = Annotated[
    str | None, typer.Option("--reranker", help="Cross-encoder, by name or folder, that orders the first 30 hits.")
]
ContextOption = Annotated[int, typer.Option("--context", help="Paragraphs to show before and after each hit, 0 to 3.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


class Backend(StrEnum):
    """What runs a sentence-transformers model."""

    torch = "torch"
    onnx = "onnx"
    openvino = "openvino"


BackendOption = Annotated[
    Backend, typer.Option("--backend", help="What runs a sentence-transformers model; int8 where the model has it.")
]
WaitOption = Annotated[
    float, typer.Option("--wait", min=0, metavar="SECONDS", help="How long to wait for another writer to end.")
]

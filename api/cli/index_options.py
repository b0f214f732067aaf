"""The options of ``paraglot index``: what is read, how, and what becomes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CorpusArgument = Annotated[
    list[Path], typer.Argument(help="Files and folders in any format of docs/readers.md; - is standard input.")
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="Encoder of a new index: builtin, builtin-fast (much sooner done, finds less), openai:NAME with"
        " --endpoint, vectors:DIMENSION where the articles bring theirs, a plug-in's, or one of"
        " sentence-transformers.",
    ),
]
SentencesOption = Annotated[
    bool | None,
    typer.Option(
        "--sentences/--no-sentences",
        help="Whether a new index keeps the vectors of sentences [default: if the encoder has them in one pass].",
    ),
]
LanguageMeansOption = Annotated[
    bool | None,
    typer.Option(
        "--language-means/--no-language-means",
        help="Whether the vectors of a new index are less the mean of their language [default: where that helps].",
    ),
]
KeywordOption = Annotated[
    str | None,
    typer.Option(
        "--keyword",
        metavar="ENGINE",
        help="Keyword engine of a new index: auto (tantivy where it is installed), whoosh, tantivy.",
    ),
]
PruneOption = Annotated[
    bool, typer.Option("--prune", help="Remove the articles that came from CORPUS and are not there any more.")
]
WatchOption = Annotated[
    bool, typer.Option("--watch", help="Go on: index again whenever something under CORPUS changes, until Ctrl-C.")
]
FieldOption = Annotated[
    list[str] | None,
    typer.Option(
        "--field",
        metavar="OURS=THEIRS[:TYPE]",
        help="Field to read as another: title=headline, tags=keywords:list.",
    ),
]
FormatOption = Annotated[str | None, typer.Option("--format", help="Read all as this format, whatever it seems.")]
TextOption = Annotated[
    str, typer.Option("--text", help="What the text fields of JSON and CSV hold: auto, html, markdown or plain.")
]
EncodingOption = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help="The encoding of all texts, such as cp1250.")
]
BaseUrlOption = Annotated[
    str | None,
    typer.Option("--base-url", metavar="URL", help="Where the pages of a folder of HTML or Markdown lie on the web."),
]
DraftsOption = Annotated[
    bool, typer.Option("--drafts", help="Read what is kept back, too: drafts, private posts, pages with noindex.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be read; touch no index.")]
VerboseOption = Annotated[
    bool, typer.Option("--verbose", help="Name each thing that is left out, and every skipped input.")
]

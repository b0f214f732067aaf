"""How ``paraglot index`` is told to read, and what ``--dry-run`` prints."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import cast

from paraglot.api.cli.output import Flood, counted, message, print_json, print_line
from paraglot.api.cli.progress import progress_bar
from paraglot.indexer.corpus.encodings import known_encoding
from paraglot.indexer.readers.addresses import divided, is_web
from paraglot.indexer.readers.field_types import TYPES
from paraglot.indexer.readers.formats import READERS
from paraglot.indexer.readers.inputs import Options
from paraglot.indexer.readers.text.field_text import CHOICES
from paraglot.search.errors import InvalidRequest

FIELDS = ("id", "title", "text", "paragraphs", "language", "url", "date", "source")
_ATTRIBUTE = re.compile(r"[\w.-]{1,100}")


def reading_options(
    pairs: Sequence[str],
    form: str | None,
    text: str = "auto",
    encoding: str | None = None,
    base_url: str | None = None,
    drafts: bool = False,
) -> Options:
    """``--field``, ``--format``, ``--text``, ``--encoding``, ``--base-url`` and ``--drafts`` as options.

    Raises `InvalidRequest`.
    """
    fields, types = {}, {}
    for pair in pairs:
        ours, equals, theirs = pair.partition("=")
        named, colon, kind = theirs.rpartition(":")
        if colon and named and kind in TYPES:
            theirs, types[ours] = named, kind
        if not equals or not theirs or (ours not in FIELDS and not (ours in types and _ATTRIBUTE.fullmatch(ours))):
            raise InvalidRequest(
                "field",
                f"--field takes OURS=THEIRS with one of {', '.join(FIELDS)}, or NAME=THEIRS:TYPE with any name"
                f" and one of {', '.join(TYPES)}, not {pair!r}.",
            )
        fields[ours] = theirs
    if form is not None and form not in READERS:
        raise InvalidRequest("format", f"--format must be one of {', '.join(READERS)}, not {form!r}.")
    if text not in CHOICES:
        raise InvalidRequest("text", f"--text must be one of {', '.join(CHOICES)}, not {text!r}.")
    codec = known_encoding(encoding) if encoding is not None else None
    if encoding is not None and codec is None:
        raise InvalidRequest("encoding", f"--encoding must name an encoding such as cp1250, not {encoding!r}.")
    if base_url is not None and not (is_web(base_url) and divided(base_url).hostname):
        raise InvalidRequest("base_url", f"--base-url must be as https://example.org/docs/ is, not {base_url!r}.")
    return Options(fields, form, types, text, codec, base_url, drafts)


def print_dry_run(corpus: Sequence[Path], options: Options, as_json: bool, verbose: bool) -> bool:
    """Read a corpus and print what would be indexed. Returns whether some inputs were skipped.

    Each skipped input is named as it is met: on stderr, whatever is printed on stdout.
    """
    from paraglot.indexer.corpus.dry_run import dry_run

    skipped, warnings = Flood(verbose), Flood(verbose)
    with progress_bar() as progress:
        report = dry_run(
            corpus,
            options,
            progress,
            lambda line: skipped.message(f"skipped {line}"),
            message if verbose else None,
        )
    skipped.end("skipped inputs")
    for warning in report.warnings:
        warnings.message(warning)
    warnings.end("warnings")
    if as_json:
        print_json(asdict(report))
        return report.skipped > 0
    for line in report.first:
        many = counted(cast(int, line["paragraphs"]), "paragraph")
        print_line(f"{line['id']}: {line['title']} [{line['language']}], {many}: {line['begins']}")
    print_line(
        f"{counted(report.articles, 'article')}, {counted(report.paragraphs, 'paragraph')},"
        f" {counted(report.characters, 'character')} would be read; {counted(report.skipped, 'input')} skipped."
    )
    if report.left_out:
        print_line(left_out_line(report.left_out, verbose))
    languages = sorted(report.languages.items(), key=lambda item: (-item[1], item[0]))
    print_line("paragraphs by language: " + ", ".join(f"{tag} {count}" for tag, count in languages))
    return report.skipped > 0


def left_out_line(counts: Mapping[str, int], verbose: bool) -> str:
    """What was in the inputs and is in no article, by kind."""
    how = "each named above" if verbose else "--verbose names them"
    return f"Left out: {', '.join(f'{kind} ({count})' for kind, count in counts.items())}; {how}."

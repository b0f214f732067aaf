"""The commands that look after an index: status, verify, rollback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paraglot.api.cli.options import IndexOption, JsonOption, WaitOption, folder_of
from paraglot.api.cli.output import counted, message, print_json, print_line
from paraglot.api.settings import load_settings
from paraglot.search.folder.manifest import MEND_REMEDY
from paraglot.search.types.address import Address, ClusterAddress

if TYPE_CHECKING:
    from paraglot.indexer.care.status import KeptGeneration, Status
    from paraglot.indexer.opensearch.generations import KeptIndex
    from paraglot.search.index import Manifest


def status_command(
    index: IndexOption = None,
    duplicates: Annotated[
        bool, typer.Option("--duplicates", help="List paragraphs that stand there more than once; reads all texts.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what the index is made of: counts by language, sizes, generations, encoder, age."""
    from paraglot.api.http.fields.index import IndexModel
    from paraglot.indexer.care.status import index_status

    place = load_settings({"index": index}).index
    if not isinstance(place, Path):
        _cluster_status(place, duplicates, as_json)
        return
    folder = place
    found = index_status(folder)
    copies = _copies(folder) if duplicates else {}
    if as_json:
        generations = [asdict(generation) for generation in found.generations]
        more = {"age_s": round(found.age_s), "sizes_bytes": found.sizes_bytes, "generations": generations}
        more |= {"duplicates": copies} if duplicates else {}
        more |= {"doubled_ids": found.doubled_ids, "bytes_per_paragraph": found.bytes_per_paragraph}
        more |= {"vector_recall": found.recall}
        print_json(IndexModel.of(found.manifest).model_dump() | more)
    else:
        _print_status(folder, found, copies)


def _cluster_status(address: ClusterAddress, duplicates: bool, as_json: bool) -> None:
    from paraglot.api.http.fields.index import IndexModel
    from paraglot.indexer.opensearch.care import cluster_status
    from paraglot.indexer.opensearch.generations import kept_on_cluster

    if duplicates:
        folder_of(address, "status --duplicates")
    found = cluster_status(address)
    generations = kept_on_cluster(address)
    more = {name: getattr(found, name) for name in ("index", "health", "shards", "copies", "sizes_bytes")}
    if as_json:
        print_json(
            IndexModel.of(found.manifest).model_dump()
            | more
            | {"generations": [asdict(generation) for generation in generations]}
        )
        return
    age_s = (datetime.now(UTC) - datetime.fromisoformat(found.manifest.created)).total_seconds()
    _print_manifest(address, found.manifest, age_s)
    per_paragraph = found.sizes_bytes["shards"] / max(found.manifest.paragraphs, 1)
    print_line(
        f"{found.index}: {found.health}, {found.shards} shards of {_size(found.sizes_bytes['shards'])} together"
        f" ({per_paragraph:.0f} bytes a paragraph), {found.copies} further copies,"
        f" all {_size(found.sizes_bytes['all'])}"
    )
    _print_others(generations)


def _print_status(folder: Path, found: Status, copies: dict[str, list[list[str]]]) -> None:
    _print_manifest(folder, found.manifest, found.age_s)
    print_line("sizes: " + ", ".join(f"{name} {_size(size)}" for name, size in found.sizes_bytes.items() if size))
    per_paragraph = found.bytes_per_paragraph.items()
    print_line("bytes per paragraph: " + ", ".join(f"{name} {size:,}" for name, size in per_paragraph if size))
    exact = "exact" if found.recall is None else f"by codes, recall@10 {found.recall:.3f} when they were written"
    print_line(f"search by meaning: {exact}")
    if found.doubled_ids:
        print_line(
            f"WRONG {counted(len(found.doubled_ids), 'id has', 'ids have')} more than one article,"
            f" such as {found.doubled_ids[0]!r}. {MEND_REMEDY}"
        )
    _print_others(found.generations)
    for kind, groups in copies.items():
        print_line(f"{kind} duplicates: {counted(len(groups), 'group')}")
        for group in groups:
            print_line("  " + " ".join(group))


def _print_others(generations: Sequence[KeptGeneration | KeptIndex]) -> None:
    if not_served := [str(generation.number) for generation in generations if not generation.served]:
        print_line(f"paraglot rollback --to can serve: {', '.join(not_served)}")


def _print_manifest(place: Address, manifest: Manifest, age_s: float) -> None:
    print_line(f"{place}: generation {manifest.generation}, committed {manifest.created} ({_ago(age_s)} ago)")
    from paraglot.search.encoders.means import is_centred

    sentences = "with sentences" if manifest.sentences else "without sentences"
    sentences += ", less the means of languages" if is_centred(manifest.encoder) else ""
    print_line(
        f"{counted(manifest.articles, 'article')}, {counted(manifest.paragraphs, 'paragraph')},"
        f" encoder {manifest.encoder.name}"
        f" ({manifest.encoder.dimension} dimensions, {sentences}), {manifest.keyword_engine}, {manifest.analyzer}"
    )
    print_line("paragraphs by language: " + ", ".join(f"{tag} {count}" for tag, count in manifest.languages.items()))


def _copies(folder: Path) -> dict[str, list[list[str]]]:
    from paraglot.indexer.care.duplicates import find_duplicates

    return asdict(find_duplicates(folder))


def verify_command(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """See that every store agrees with its checksums and with the others. Exit code 1 if not."""
    from paraglot.indexer.care.verify import verify_index

    found = verify_index(load_settings({"index": index}).index)
    if as_json:
        print_json({"ok": not found.faults, **asdict(found)})
    else:
        for fault in found.faults:
            print_line(f"WRONG {fault}")
        if not found.faults:
            files = f"{counted(found.files, 'file')}, " if found.files else ""
            print_line(
                f"Whole: generation {found.generation}, {files}"
                f"{counted(found.articles, 'article')}, {counted(found.paragraphs, 'paragraph')}."
            )
    if found.faults:
        message(f"The index is damaged. {found.remedy}")
        raise typer.Exit(1)


def rollback_command(
    to: Annotated[
        int | None,
        typer.Option(
            "--to", help="Generation to serve [default: the one before; the newest whole one where CURRENT is lost]."
        ),
    ] = None,
    index: IndexOption = None,
    wait: WaitOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Serve an earlier generation again (`paraglot status` lists those that are there)."""
    served = _rolled_back(load_settings({"index": index}).index, to, wait)
    if as_json:
        print_json(asdict(served))
    else:
        print_line(
            f"Generation {served.number} is served again: {counted(served.articles, 'article')},"
            f" {counted(served.paragraphs, 'paragraph')}, committed {served.created}."
        )


def _rolled_back(index: Address, to: int | None, wait_s: float) -> KeptGeneration | KeptIndex:
    from paraglot.indexer.care.rollback import roll_back
    from paraglot.indexer.opensearch.generations import roll_back_on_cluster

    if isinstance(index, Path):
        return roll_back(index, to, wait_s)
    return roll_back_on_cluster(index, to, wait_s)


def _ago(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return "1 second" if round(seconds) == 1 else f"{seconds:.0f} seconds"


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 100_000 else f"{size_bytes / 1e3:.1f} kB"

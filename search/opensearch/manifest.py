"""The manifest: the document that says what the index on a cluster is made of. Writing it is the commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from paraglot.search.encoders.load import name_today
from paraglot.search.errors import IndexDamaged, IndexMismatch
from paraglot.search.lexicon.lexicon import LEXICON_VERSION
from paraglot.search.opensearch.schema import FORMAT
from paraglot.search.types import EncoderSpec

ANEW = "Index the corpus again under another name: paraglot index CORPUS --index opensearch://HOST/NEW_NAME"


@dataclass(frozen=True, slots=True)
class ClusterManifest:
    """What a generation is made of. ``created`` is ISO 8601 in UTC; ``languages`` counts paragraphs per tag.

    ``articles_in`` counts the articles that have a paragraph in a language. Its documents were written by the attempts
    up to ``attempt`` but those that never committed, ``given_up``; ``removed`` are ids of documents that are of this
    generation no more and may still be there.
    """

    generation: int
    created: str
    encoder: EncoderSpec
    analyzer: str
    articles: int
    paragraphs: int
    languages: Mapping[str, int]
    articles_in: Mapping[str, int]
    sentences: bool
    next_row: int
    attempt: int
    given_up: tuple[int, ...] = ()
    removed: tuple[str, ...] = ()
    keyword_engine: str = "opensearch"
    lexicon: str = LEXICON_VERSION
    format: int = field(default=FORMAT)

    def to_json(self) -> dict[str, Any]:
        """The manifest as it is stored."""
        return asdict(self)


def read_manifest(address: str, data: Mapping[str, Any]) -> ClusterManifest:
    """A manifest out of its document. Raises `IndexDamaged`, `IndexMismatch` where its format is another."""
    try:
        fields = dict(data)
        if fields["format"] != FORMAT:
            raise IndexMismatch(
                f"{address}: the index has format {fields['format']}, this version reads {FORMAT}.", ANEW
            )
        encoder = fields["encoder"]
        spec = EncoderSpec(**{**encoder, "languages": tuple(encoder["languages"])})
        fields["encoder"] = replace(spec, name=name_today(spec))
        fields |= {name: tuple(fields[name]) for name in ("given_up", "removed")}
        return ClusterManifest(**fields)
    except (ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"{address}: not a manifest ({error}).", ANEW) from error

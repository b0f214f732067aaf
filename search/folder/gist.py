"""The gist of a paragraph: what queries compare of its words, made by the commit so that no query has to read them.

It is two things: the marks of its text under its title and heading (`paraglot.search.lexicon`), and the pieces that
the encoder cuts its text into (`soft_match`). An index may have one that another lexicon gave, or none where its
columns were made anew in memory: then the text is read. Both ways lead to the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from paraglot.search.deadline import check
from paraglot.search.encoders.pieces import Pieces, pieces_of
from paraglot.search.encoders.protocols import PieceEncoder
from paraglot.search.lexicon.lexicon import LEXICON_VERSION, Marks, open_lexicon
from paraglot.search.parts.gist import unpacked_marks, unpacked_pieces

if TYPE_CHECKING:
    from paraglot.search.folder.snapshot import Snapshot

_T = TypeVar("_T")


def marks_of(snapshot: Snapshot, rows: Sequence[int]) -> list[Marks]:
    """What each of ``rows`` says by the lexicon, under its heading and its article's title, as the encoder reads it."""

    def read(missing: list[int]) -> list[Marks]:
        return [
            _marks(article.title, paragraph.heading, paragraph.text, paragraph.language)
            for paragraph, article in snapshot.store.paragraphs(missing)
        ]

    known, packed = snapshot.store.gists("marks", rows, LEXICON_VERSION)
    return _known_or_read(dict(zip(known, unpacked_marks(packed), strict=True)), rows, read)


def pieces_of_rows(snapshot: Snapshot, encoder: PieceEncoder, rows: Sequence[int]) -> list[Pieces]:
    """The pieces of each of ``rows``, by the encoder of the index."""
    known, packed = snapshot.store.gists("pieces", rows, snapshot.manifest.encoder.fingerprint)
    return _known_or_read(
        dict(zip(known, unpacked_pieces(packed), strict=True)),
        rows,
        lambda missing: pieces_of(encoder, snapshot.store.bodies(missing)),
    )


def _known_or_read(known: dict[int, _T], rows: Sequence[int], read: Callable[[list[int]], Iterable[_T]]) -> list[_T]:
    """What is known of each of ``rows``; what is not is read, all at once."""
    missing = [row for row in rows if row not in known]
    if missing:
        known.update(zip(missing, read(missing), strict=True))
    return [known[row] for row in rows]


def _marks(title: str, heading: str, text: str, language: str) -> Marks:
    check()
    return open_lexicon().marks(f"{title}\n{heading}\n{text}", language)

"""Pinned results: paragraphs that a rule puts before all others. What a filter keeps out, no pin brings in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from paraglot.search.candidates import Candidates, concatenate


def pinned_rows(pins: Sequence[Sequence[int]], candidates: Candidates) -> list[int]:
    """Of the rows of each pin the best candidate, or else the first; each row once."""
    place = {row: at for at, row in enumerate(candidates.rows.tolist())}
    best = (min(rows, key=lambda row: place.get(row, len(place))) for rows in pins if rows)
    return list(dict.fromkeys(best))


def pin(candidates: Candidates, pinned: Candidates) -> Candidates:
    """The ``pinned`` ones first, in their order, then the other candidates; one that is no candidate has score 0."""
    scores = dict(candidates.ranking)
    copies = dict(zip(candidates.rows.tolist(), candidates.near_copies, strict=True))
    first = pinned.with_columns(
        scores=[scores.get(row, 0.0) for row in pinned.rows.tolist()],
        near_copies=[copies.get(row) for row in pinned.rows.tolist()],
        pinned=np.ones(len(pinned), np.bool_),
    )
    return concatenate([first, candidates.take(~np.isin(candidates.rows, pinned.rows))])

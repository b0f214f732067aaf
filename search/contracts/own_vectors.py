"""The contract of an index that can be made for vectors from outside: `OwnVectorsContract`."""

from __future__ import annotations

from contextlib import closing

import numpy as np

from paraglot.search.contracts.index import ARTICLES, paragraphs_of
from paraglot.search.contracts.refused import fault
from paraglot.search.index import WritableIndex


class OwnVectorsContract:
    """How an index is written to whose vectors come from outside. Needs the fixture ``outside``: an empty one, made for
    vectors of 2 numbers (``vectors:2``)."""

    def test_paragraphs_have_the_vectors_that_they_came_with(self, outside: WritableIndex) -> None:
        tax = ARTICLES[0]
        with outside.change() as change:
            change.put(tax, paragraphs_of(tax), [(3, 4), (0, -2.5)])
            first = change.commit()
        assert _vectors(outside) == [[0.6, 0.8], [0, -1]]
        with outside.change() as change:
            change.put(tax, paragraphs_of(tax), [(3, 4), (0, -2.5)])
            assert change.commit() == first, "nothing changed"
        with outside.change() as change:
            change.put(tax, paragraphs_of(tax), [(3, 4), (1, 0)])
            assert change.commit() > first
        assert _vectors(outside) == [[0.6, 0.8], [1, 0]]

    def test_vectors_that_do_not_fit_are_refused(self, outside: WritableIndex) -> None:
        tax = ARTICLES[0]
        own = paragraphs_of(tax)
        with outside.change() as change:
            for wrong in ((), [(1, 0)], [(1, 0), (1, 0, 0)], [(1, 0), (0, 0)], [(1, 0), (1, float("nan"))]):
                assert fault(change.put, tax, own, wrong) == "vectors", wrong


def _vectors(index: WritableIndex) -> list[list[float]]:
    """Of the paragraphs of `ARTICLES` that an index has, in their order, to the digits that half precision keeps."""
    with closing(index.current()) as snapshot:
        [rows] = snapshot.find(["tax"])
        return [np.round(vector.astype(float), 3).tolist() for vector in snapshot.vectors(rows) if vector is not None]

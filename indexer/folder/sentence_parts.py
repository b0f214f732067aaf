"""The vectors of sentences, the side that writes: a part beside each dense part, with the same rows and number."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.indexer.folder.parts import live_mask
from paraglot.search import disk
from paraglot.search.folder.layout import Generation
from paraglot.search.folder.sentence_index import SentencePart
from paraglot.search.parts.sentence_records import Records, record_type


def live_sentences(part: SentencePart, removed: BitMap) -> list[Records]:
    """What lives of a part: the sentences of each living row."""
    return part.of(np.flatnonzero(live_mask(part.rows, removed)))


def write_sentence_part(
    target: Generation, number: int, dimension: int, rows: NDArray[np.int64], sentences: Sequence[Records]
) -> None:
    """Write part ``number`` of ``rows``, ascending, and the sentences of each."""
    firsts = np.cumsum([0] + [len(of_row) for of_row in sentences[:-1]], dtype=np.int64)
    records = np.concatenate([np.empty(0, record_type(dimension)), *sentences])
    index = np.stack([rows, firsts])
    disk.write_through(target.sentence_rows(number), partial(np.save, arr=index, allow_pickle=False))
    disk.write_through(target.sentence_records(number), partial(np.save, arr=records, allow_pickle=False))

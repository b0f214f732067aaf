"""The vectors of sentences, the side that writes: a part beside each dense part, with the same rows and number."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.parts import first_merged, gone_rows, is_living
from search import disk
from search.layout import Generation
from search.sentence_index import Records, read_sentence_part


def write_sentences(
    target: Generation,
    base: Generation | None,
    base_parts: Sequence[int],
    rows: Sequence[int],
    sentences: Sequence[Records],
    removed: Sequence[int],
) -> tuple[int, ...]:
    """Write the sentences of ``target``: those of ``base`` with those of ``rows`` and without those of ``removed``.

    Returns the numbers of the parts, which are those of the dense parts.
    """
    disk.make_folder(target.sentences)
    gone = gone_rows(base, removed)
    old = [(number, read_sentence_part(base, number)) for number in base_parts] if base else []
    linked = first_merged([part.rows for _, part in old], gone, len(rows))
    new_rows, new_sentences = np.asarray(rows, np.int64), list(sentences)
    for _, part in reversed(old[linked:]):
        places = np.flatnonzero(is_living(part.rows, gone))
        new_rows, new_sentences = np.concatenate([part.rows[places], new_rows]), part.of(places) + new_sentences
    numbers = [number for number, _ in old[:linked]]
    if base:
        for number in numbers:
            disk.link_file(base.sentence_rows(number), target.sentence_rows(number))
            disk.link_file(base.sentence_records(number), target.sentence_records(number))
    if len(new_rows):
        numbers.append(target.number)
        firsts = np.cumsum([0] + [len(own) for own in new_sentences[:-1]], dtype=np.int64)
        disk.write_file(target.sentence_rows(target.number), _file(np.stack([new_rows, firsts])))
        disk.write_file(target.sentence_records(target.number), _file(np.concatenate(new_sentences)))
    disk.sync_folder(target.sentences)
    return tuple(numbers)


def _file(array: NDArray[Any]) -> bytes:
    content = BytesIO()
    np.save(content, array, allow_pickle=False)
    return content.getvalue()

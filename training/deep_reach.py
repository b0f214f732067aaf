"""What the numbers of texts reach in the deep network, channel by channel: what its fixed scales are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.builtin.tokenizer import Tokenizer
from paraglot.search.encoders.deep.reader import PARAGRAPH_PREFIX, QUERY_PREFIX, SPECIAL
from paraglot.search.encoders.deep.table import DeepTable
from training.deep_base import DeepBase
from training.deep_means import MOST_CHARACTERS, QUERY_CHARACTERS, Texts
from training.deep_network import FloatGraph, Reach, network

OF_A_KIND = 2
"""Texts of each kind that are read in each language."""


def reach(base: DeepBase, embedded: Iterable[NDArray[np.float32]]) -> dict[str, Reach]:
    """By the name of what is multiplied, over all tokens of texts (``float32[tokens, 384]`` each) read in float32."""
    import onnxruntime

    graph = FloatGraph()
    states = network(base, graph)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    model = graph.model(states, graph.multiplied)
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    found: dict[str, Reach] = {}
    for text in embedded:
        told = session.run(graph.multiplied, {"embedded": text[np.newaxis]})
        for name, numbers in zip(graph.multiplied, told, strict=True):
            own = Reach(numbers[0].min(axis=0), numbers[0].max(axis=0))
            before = found.get(name, own)
            found[name] = Reach(np.minimum(before.least, own.least), np.maximum(before.largest, own.largest))
    return found


def sample(texts: Mapping[str, Texts]) -> list[str]:
    """A few paragraphs and queries in every language, after their prefixes."""
    chosen = []
    for own in texts.values():
        paragraphs = [*own.manuals[:OF_A_KIND], *own.declared[:OF_A_KIND], *own.everyday[:OF_A_KIND]]
        chosen += [PARAGRAPH_PREFIX + text[:MOST_CHARACTERS] for text in paragraphs]
        chosen += [QUERY_PREFIX + text[:QUERY_CHARACTERS] for text in (own.asked or own.declared)[:OF_A_KIND]]
    return chosen


def embedded(folder: Path, texts: Sequence[str]) -> list[NDArray[np.float32]]:
    """What the network reads of texts, by the pieces and the token table in ``folder``."""
    table = DeepTable(folder)
    return [table.embedded(np.array(ids, np.int64)) for ids in Tokenizer(folder, SPECIAL).encode(texts)]

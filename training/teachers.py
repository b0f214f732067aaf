"""What the texts in base languages mean: their vectors, by the base itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from training.network import TorchNetwork

BATCH_TOKENS = 1_500


def text_vectors(
    network: TorchNetwork, rows: NDArray[np.float32], ids: Sequence[Sequence[int]], longest: int = 400
) -> NDArray[np.float16]:
    """``float16[len(ids), 512]``, unit rows. ``ids`` without begin and end; ``rows`` is the token table."""
    vectors = np.empty((len(ids), rows.shape[1]), np.float16)
    order = sorted(range(len(ids)), key=lambda text: len(ids[text]))
    at = 0
    while at < len(order):
        length = min(len(ids[order[at]]), longest) + 2
        batch = order[at : at + max(1, BATCH_TOKENS // length)]
        at += len(batch)
        texts = [[1, *ids[text][:longest], 2] for text in batch]
        tokens = torch.from_numpy(rows[np.concatenate(texts).astype(np.int64)])
        with torch.inference_mode():
            vectors[batch] = network.encode(tokens, [len(text) for text in texts]).numpy()
    return vectors

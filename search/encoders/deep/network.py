"""The twelve layers, run by ONNX Runtime: the one place that knows it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

NETWORK = "network.onnx"


class DeepNetwork:
    """Tokens to states. Safe to use from several threads; a call takes the thread that calls, and no other.

    Weights are int8, and so is what they are multiplied by, at scales that were found beforehand: the states of a text
    do not depend on other texts. Raises `ValueError` where the file is no such network.
    """

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL  # written as it runs
        options.enable_cpu_mem_arena = options.enable_mem_pattern = False  # they keep what the longest texts took
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(folder / NETWORK), options, providers=["CPUExecutionProvider"]
            )
        except Exception as problem:  # its exceptions have no class in common
            raise ValueError(f"{NETWORK}: {problem}") from problem

    def states(self, embedded: NDArray[np.float32]) -> NDArray[np.float32]:
        """``float32[tokens, 384]`` to the states of the same text's tokens, likewise."""
        (states,) = self._session.run(None, {"embedded": embedded[np.newaxis]})
        last: NDArray[np.float32] = states[0]
        return last

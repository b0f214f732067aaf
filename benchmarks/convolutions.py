"""The six convolutions of the built-in encoder, four ways: microseconds of one core's time a token.

``python benchmarks/convolutions.py`` from the root. With ``pip install onnx onnxruntime`` int8 is measured too: the six
products alone, static scales, without what turns numbers into int8 and back, and without the residual sums.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy

import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from paraglot.search.encoders.builtin.winograd import Convolution

WIDTH, COUNT, ROUNDS = 256, 1_020, 30
WINDOWS = (2, 3, 5)


def best(work: Callable[[], Any]) -> float:
    """Microseconds a token of this thread's time, the best of `ROUNDS`."""
    found = []
    for _ in range(ROUNDS):
        start = time.thread_time()
        work()
        found.append(time.thread_time() - start)
    return min(found) / COUNT * 1e6


def int8(tokens: int) -> Callable[[], Any]:
    """One convolution by ONNX Runtime: 8-bit activations, 7-bit weights (8 would overflow without VNNI)."""
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    random = np.random.default_rng(tokens)
    constants = {
        "w": random.integers(-63, 64, (WIDTH, WIDTH, tokens)).astype(np.int8),
        "xs": np.float32(0.02),
        "xz": np.uint8(128),
        "ws": np.full(WIDTH, 0.01, np.float32),
        "wz": np.zeros(WIDTH, np.int8),
        "ys": np.float32(0.5),
        "yz": np.uint8(0),
        "b": np.zeros(WIDTH, np.int32),
    }
    node = helper.make_node(
        "QLinearConv",
        ["x", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"],
        ["y"],
        domain="com.microsoft",
        channels_last=1,
        kernel_shape=[tokens],
    )
    graph = helper.make_graph(
        [node],
        "convolution",
        [helper.make_tensor_value_info("x", TensorProto.UINT8, [1, "rows", WIDTH])],
        [helper.make_tensor_value_info("y", TensorProto.UINT8, [1, "count", WIDTH])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    versions = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    model: Any = helper.make_model(graph, opset_imports=versions, ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    x = random.integers(0, 256, (1, COUNT + tokens - 1, WIDTH)).astype(np.uint8)
    return lambda: session.run(None, {"x": x})


if __name__ == "__main__":
    random = np.random.default_rng(0)
    x = random.normal(size=(COUNT + 4, WIDTH)).astype(np.float32)
    layers = [
        Convolution(random.normal(size=(n * WIDTH, WIDTH)).astype(np.float32), np.zeros(WIDTH, np.float32))
        for n in WINDOWS
    ]
    ways: dict[str, list[Callable[[], Any]]] = {
        "float32, windows": [lambda layer=layer: layer._windows(x, COUNT) for layer in layers],  # type: ignore[misc]
        "float32, tiles of six": [lambda layer=layer: layer._tiles(x, COUNT) for layer in layers],  # type: ignore[misc]
    }
    if find_spec("onnx") and find_spec("onnxruntime"):
        ways["int8, ONNX Runtime"] = [int8(n) for n in WINDOWS]
    print(f"{'':26}" + "".join(f"{n:>4} tokens" for n in WINDOWS) + "   two layers")
    for way, works in ways.items():
        found = [best(work) for work in works]
        print(f"{way:26}" + "".join(f"{one:11.1f}" for one in found) + f"{2 * sum(found):13.1f}")

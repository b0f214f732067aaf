"""The deep network in whole numbers, on a base of random weights: by hand, and beside the same in float32."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper

from training.deep_base import BLOCK_BYTES, BLOCK_NUMBERS, DeepBase
from training.deep_network import INNER, WIDTH, FloatGraph, Graph, Int8Graph, Reach, network
from training.deep_reach import reach

LAYERS, FAR = 2, 7
"""`FAR` is a channel that stands far out, as some do in the real network."""


@pytest.fixture(scope="module")
def base() -> DeepBase:
    chance = np.random.default_rng(5)

    def blocks(rows: int, columns: int) -> NDArray[np.uint8]:
        packed = chance.integers(0, 256, (rows * columns // BLOCK_NUMBERS, BLOCK_BYTES), np.uint8)
        packed[:, :2] = np.full((len(packed), 1), 0.02, "<f2").view(np.uint8)
        return packed

    norms = [f"l{layer}.{one}" for layer in range(LAYERS) for one in ("aln", "oln")]
    tensors: dict[str, NDArray[np.float32] | NDArray[np.uint8]] = {}
    for name in ("emb.ln", *norms):
        gain = chance.uniform(0.3, 0.6, WIDTH).astype(np.float32)
        gain[FAR] = 20
        tensors |= {f"{name}.w": gain, f"{name}.b": chance.normal(0, 0.1, WIDTH).astype(np.float32)}
    for layer in range(LAYERS):
        for one, rows, columns in [*((part, WIDTH, WIDTH) for part in ("q", "k", "v", "ao")), ("fi", INNER, WIDTH)]:
            tensors |= {f"l{layer}.{one}.w": blocks(rows, columns), f"l{layer}.{one}.b": np.zeros(rows, np.float32)}
        tensors |= {f"l{layer}.fo.w": blocks(WIDTH, INNER), f"l{layer}.fo.b": np.ones(WIDTH, np.float32)}
    return DeepBase(LAYERS, 12, 1e-12, 3, [], np.empty(0, np.float32), {}, tensors)


@pytest.fixture(scope="module")
def texts() -> list[NDArray[np.float32]]:
    chance = np.random.default_rng(6)
    return [chance.normal(0, 1, (length, WIDTH)).astype(np.float32) for length in (3, 9, 20, 31)]


@pytest.fixture(scope="module")
def found(base: DeepBase, texts: list[NDArray[np.float32]]) -> dict[str, Reach]:
    return reach(base, texts)


def states(base: DeepBase, graph: Graph, text: NDArray[np.float32]) -> NDArray[np.float32]:
    model = graph.model(network(base, graph))
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    [told] = session.run(None, {"embedded": text[np.newaxis]})
    own: NDArray[np.float32] = told[0]
    return own


def test_reach_is_the_least_and_the_largest_number_of_a_channel(
    base: DeepBase, texts: list[NDArray[np.float32]], found: dict[str, Reach]
) -> None:
    tokens = np.concatenate(texts).astype(np.float64)
    even = (tokens - tokens.mean(axis=1, keepdims=True)) / tokens.std(axis=1, keepdims=True)
    normal = even * base.numbers("emb.ln.w") + base.numbers("emb.ln.b")
    np.testing.assert_allclose(found["first"].least, normal.min(axis=0), atol=1e-4)
    np.testing.assert_allclose(found["first"].largest, normal.max(axis=0), atol=1e-4)
    assert [name for name in found if name.startswith("l0.")] == ["l0.seen", "l0.middle", "l0.bent", "l0.states"]
    assert found["l0.bent"].least.min() >= -0.171  # the least that GELU gives


def test_whole_numbers_give_nearly_the_states_of_float32(
    base: DeepBase, texts: list[NDArray[np.float32]], found: dict[str, Reach]
) -> None:
    exact, whole = states(base, FloatGraph(), texts[3]), states(base, Int8Graph(found), texts[3])
    others = np.arange(WIDTH) != FAR
    one, other = exact[:, others], whole[:, others]
    cosines = (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    assert cosines.min() > 0.995


def test_a_product_by_hand() -> None:
    """Two channels, the second a hundred times the first: evened they have the same steps, and none is lost."""
    graph = Int8Graph({"embedded": Reach(np.array([-0.5, -50], np.float32), np.array([1, 100], np.float32))})
    weights, bias = np.array([[1, 0.01], [1, -0.01]], np.float32), np.array([10, 20], np.float32)
    graph.products("embedded", {"told": (weights, bias)})
    constants = {one.name: one for one in graph.constants}
    even = numbers_of(constants["embedded.even"])
    # reach^0.8 / met^0.2: 1 and 100^0.8 · 100^0.2 = 100, by their geometric mean 10
    np.testing.assert_allclose(even, [10, 0.1], rtol=1e-5)
    assert numbers_of(constants["embedded.evened.step"]) == pytest.approx(15 / 255)
    assert numbers_of(constants["embedded.evened.zero"]) == 85
    np.testing.assert_array_equal(numbers_of(constants["told.weights"]), [[127, 127], [127, -127]])
    np.testing.assert_allclose(numbers_of(constants["told.steps"]), [0.1 / 127] * 2, rtol=1e-5)


def test_a_text_does_not_depend_on_its_company(
    base: DeepBase, texts: list[NDArray[np.float32]], found: dict[str, Reach]
) -> None:
    graph = Int8Graph(found)
    session = onnxruntime.InferenceSession(graph.model(network(base, graph)), providers=["CPUExecutionProvider"])
    [alone] = session.run(None, {"embedded": texts[2][np.newaxis]})
    [beside] = session.run(None, {"embedded": np.stack([texts[2], 50 * texts[3][:20]])})
    np.testing.assert_allclose(alone[0], beside[0], rtol=1e-3, atol=1e-3)


def numbers_of(constant: object) -> NDArray[np.float32]:
    found: NDArray[np.float32] = numpy_helper.to_array(constant)
    return found

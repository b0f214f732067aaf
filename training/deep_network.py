"""The deep network as a graph of ONNX: weights and what they are multiplied by in int8, by scales found beforehand.

A few channels stand far out, most of all where a text begins: one scale for all of them leaves the others few of the
256 steps. So what a channel reaches is divided between the numbers and the weights that they meet (SmoothQuant, Xiao
et al. 2023): the numbers are divided by it, the weights multiplied. What is then left is alike enough for one fixed
scale. Nothing is looked for in the numbers of a text: its states do not depend on the texts beside it, and a product
is two operations (docs/decisions/0114-scales-found-beforehand.md).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from training.deep_base import DeepBase

_OWN = "com.microsoft"
_OPSETS = (("", 18), (_OWN, 1))
WIDTH, INNER = 384, 1536

SHIFTED = 0.8
"""How much of what a channel reaches goes over to its weights (0.5: the root; 1: all)."""

Numbers: TypeAlias = NDArray[np.float32]


class Reach(NamedTuple):
    """The least and the largest number that texts have in each channel of what is multiplied, ``float32[channels]``."""

    least: Numbers
    largest: Numbers


class Graph(ABC):
    """Nodes and constants, in the order in which they are asked for; how a product is made is a subclass's."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    @abstractmethod
    def products(self, taken: str, layers: Mapping[str, tuple[Numbers, Numbers]]) -> None:
        """By name, ``taken @ weights.T + bias``."""

    def constant(self, name: str, value: Any) -> str:
        """Put a constant there; its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: Any) -> str:
        """Put a node there; its output's name."""
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def norm(self, name: str, taken: str, gain: Numbers, shift: Numbers) -> str:
        """The layer norm."""
        inputs = [taken, self.constant(f"{name}.gain", gain), self.constant(f"{name}.shift", shift)]
        return self.node("LayerNormalization", inputs, name, axis=-1, epsilon=1e-12)

    def added(self, name: str, one: str, other: str, gain: Numbers, shift: Numbers) -> str:
        """The layer norm of a sum. Two nodes: the one that does both takes four times as long on a CPU."""
        return self.norm(name, self.node("Add", [one, other], f"{name}.sum"), gain, shift)

    def model(self, states: str, further: Sequence[str] = ()) -> bytes:
        """``embedded`` (float32[texts, tokens, 384]) to ``states``, and to what else is asked for."""
        taken = helper.make_tensor_value_info("embedded", TensorProto.FLOAT, ["texts", "tokens", WIDTH])
        told = [helper.make_tensor_value_info(states, TensorProto.FLOAT, ["texts", "tokens", WIDTH])]
        for name in further:
            told.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["texts", "tokens", f"{name}.width"]))
        made = helper.make_graph(self.nodes, "multilingual-e5-small", [taken], told, self.constants)
        opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS]
        model = helper.make_model(made, opset_imports=opsets, ir_version=9)
        onnx.checker.check_model(model)
        packed: bytes = model.SerializeToString()
        return packed


class FloatGraph(Graph):
    """Products in float32. ``multiplied`` are the names of what the weights meet."""

    def __init__(self) -> None:
        super().__init__()
        self.multiplied: list[str] = []

    def products(self, taken: str, layers: Mapping[str, tuple[Numbers, Numbers]]) -> None:
        """As `Graph.products`."""
        self.multiplied.append(taken)
        for name, (weights, bias) in layers.items():
            product = self.node("MatMul", [taken, self.constant(f"{name}.weights", weights.T)], f"{name}.product")
            self.node("Add", [product, self.constant(f"{name}.bias", bias)], name)


class Int8Graph(Graph):
    """Products in whole numbers; ``reach`` by the name of what the weights meet."""

    def __init__(self, reach: Mapping[str, Reach]) -> None:
        super().__init__()
        self._reach = reach

    def products(self, taken: str, layers: Mapping[str, tuple[Numbers, Numbers]]) -> None:
        """As `Graph.products`; all of them meet the same numbers."""
        least, largest = self._reach[taken]
        shifted = _shifted(self._reach[taken], [weights for weights, _ in layers.values()])
        if not taken.endswith(".seen"):  # the channels of what attention gives reach alike
            least, largest = least / shifted, largest / shifted
            taken = self.node("Mul", [taken, self.constant(f"{taken}.even", 1 / shifted)], f"{taken}.evened")
        else:
            shifted = np.ones_like(shifted)
        low = min(float(least.min()), 0.0)
        step = np.float32((max(float(largest.max()), 0.0) - low) / 255)
        scale = self.constant(f"{taken}.step", step)
        zero = self.constant(f"{taken}.zero", np.uint8(np.rint(-low / step)))
        numbers = self.node("QuantizeLinear", [taken, scale, zero], f"{taken}.int8")
        for name, (weights, bias) in layers.items():
            meet = weights * shifted
            steps = np.abs(meet).max(axis=1) / 127
            whole = self.constant(f"{name}.weights", np.rint(meet / steps[:, np.newaxis]).astype(np.int8).T)
            own = self.constant(f"{name}.steps", steps.astype(np.float32))
            inputs = [numbers, whole, scale, own, zero, "", self.constant(f"{name}.bias", bias)]
            self.node("MatMulIntegerToFloat", inputs, name, _OWN)


def _shifted(reach: Reach, weights: Sequence[Numbers]) -> Numbers:
    """What the numbers of each channel are divided by and its weights multiplied with; 1 in the geometric mean."""
    reached = np.maximum(np.maximum(-reach.least, reach.largest), 1e-3)
    met = np.maximum(np.abs(np.concatenate(weights)).max(axis=0), 1e-4)
    found = reached**SHIFTED / met ** (1 - SHIFTED)
    even: Numbers = (found / np.exp(np.log(found).mean())).astype(np.float32)
    return even


def network(base: DeepBase, graph: Graph) -> str:
    """Put the network into a graph; its states' name.

    It is written as it is to be run: ONNX Runtime's own optimizer would put slower nodes in place of some.
    """
    state = graph.norm("first", "embedded", base.numbers("emb.ln.w"), base.numbers("emb.ln.b"))
    for layer in range(base.layers):
        state = _layer(graph, base, layer, state)
    return state


def _layer(graph: Graph, base: DeepBase, number: int, state: str) -> str:
    name = f"l{number}"
    thirds = [f"{name}.{part}" for part in ("q", "k", "v")]
    graph.products(state, {one: (base.matrix(f"{one}.w", WIDTH), base.numbers(f"{one}.b")) for one in thirds})
    seen = graph.node("MultiHeadAttention", thirds, f"{name}.seen", _OWN, num_heads=base.heads)
    told, wide, narrow = (f"{name}.{part}" for part in ("told", "wide", "narrow"))
    graph.products(seen, {told: (base.matrix(f"{name}.ao.w", WIDTH), base.numbers(f"{name}.ao.b"))})
    middle = graph.added(f"{name}.middle", state, told, base.numbers(f"{name}.aln.w"), base.numbers(f"{name}.aln.b"))
    graph.products(middle, {wide: (base.matrix(f"{name}.fi.w", WIDTH), base.numbers(f"{name}.fi.b"))})
    bent = graph.node("Gelu", [wide], f"{name}.bent", _OWN)
    graph.products(bent, {narrow: (base.matrix(f"{name}.fo.w", INNER), base.numbers(f"{name}.fo.b"))})
    last = "states" if number == base.layers - 1 else f"{name}.states"
    return graph.added(last, middle, narrow, base.numbers(f"{name}.oln.w"), base.numbers(f"{name}.oln.b"))

"""Any sentence-transformers model as an encoder. torch is imported when one is loaded, not before."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders import hub
from paraglot.search.encoders.builtin import MODEL_FOLDER
from paraglot.search.encoders.deep import DEEP_FOLDER
from paraglot.search.encoders.known import known_model
from paraglot.search.encoders.protocols import Vectors, unit
from paraglot.search.errors import EncoderMissing
from paraglot.search.types import EncoderSpec

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

INSTALL = "pip install 'paraglot[transformers]'"
OLDEST = 6
BATCH = 32
_ONNX_INSTEAD = "; where that finds no solution (docs/operations.md): --backend openvino"
QUERY_PROMPTS = ("query",)
PARAGRAPH_PROMPTS = ("document", "passage", "corpus")
"""The names under which models keep what goes before a query and before a paragraph (as sentence-transformers)."""


class TransformerEncoder:
    """A sentence-transformers model by name or folder, with the prefixes and the length of its own configuration.

    What that leaves unsaid is taken from `paraglot.search.encoders.known`, for the models named there.
    Raises `EncoderMissing`, with what to do, when the package or the model is not here, when the weights are pickled
    and when the model needs code of its own: foreign code is never run.
    """

    def __init__(self, name_or_path: str, backend: str = "torch") -> None:
        # One question at a time: the tokenizers of transformers keep state between two calls.
        self._lock = threading.Lock()
        hub.check_name(name_or_path)
        package = sentence_transformers()
        folder = hub.find_folder(name_or_path)
        hub.refuse_pickles(folder)
        _check_backend(backend)
        self._model, dimension = _load(package.SentenceTransformer, folder, backend)
        is_folder = Path(name_or_path).expanduser().is_dir()
        spec = _spec(self._model, dimension, str(folder) if is_folder else name_or_path, hub.fingerprint(folder))
        spec = spec if is_folder else _completed(spec)
        if backend != "torch":  # other arithmetic, other vectors; and the index names what can search it
            spec = replace(spec, name=f"{backend}:{spec.name}", fingerprint=f"{spec.fingerprint} {backend}")
        self._spec = spec
        self._pieces = _input_embeddings(self._model, self._lock) if backend == "torch" else None

    @property
    def pieces(self) -> InputEmbeddings | None:
        """What the soft match compares within one language; None where the model has no table of pieces."""
        return self._pieces

    @property
    def spec(self) -> EncoderSpec:
        """Name or folder, a hash of all files, prefixes, pooling and maximum length of the model."""
        return self._spec

    def encode_query(self, queries: Sequence[str]) -> Vectors:
        """``float32[n, dim]``, unit rows, the query prefix put before each."""
        with in_one_thread():
            return self._encode(self._model.encode_query, queries, self._spec.query_prefix, None)

    def encode_paragraphs(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """``float32[n, dim]``, unit rows in the order of ``texts``, the paragraph prefix put before each.

        What goes beyond ``spec.max_tokens`` is not seen. ``progress`` gets the number of texts just done.
        """
        return self._encode(self._model.encode_document, texts, self._spec.paragraph_prefix, progress)

    def count_tokens(self, text: str) -> int:
        """The length of ``text`` in the model's tokens, paragraph prefix and special tokens included."""
        whole = self._spec.paragraph_prefix + clean(text)
        with self._lock:
            tokenizer = self._model.tokenizer
            if hasattr(tokenizer, "encode_batch"):  # the bare tokenizer of a static model
                return len(tokenizer.encode(whole).ids)
            return len(tokenizer(whole, truncation=False, verbose=False)["input_ids"])

    def _encode(
        self, encode: Callable[..., Any], texts: Sequence[str], prefix: str, progress: Callable[[int], None] | None
    ) -> Vectors:
        vectors = np.empty((len(texts), self._spec.dimension), np.float32)
        for batch in _batches(texts):
            whole = [clean(texts[row]) for row in batch]
            with self._lock:
                found = encode(whole, prompt=prefix, batch_size=BATCH, show_progress_bar=False)
            vectors[batch] = unit(np.asarray(found, np.float32))
            if progress is not None:
                progress(len(batch))
        return vectors


@contextmanager
def in_one_thread() -> Iterator[None]:
    """Have torch work in this thread alone: its others wait for each other by spinning. On two cores with other work a
    question took 400 ms of their time instead of 25.
    """
    torch = import_module("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class InputEmbeddings:
    """A transformer's table of pieces, before any context: a `paraglot.search.encoders.protocols.PieceEncoder`."""

    def __init__(self, tokenizer: Any, table: NDArray[np.float32], lock: threading.Lock) -> None:
        """``table``: ``float32[pieces, n]``, a view."""
        self._tokenizer, self._table, self._lock = tokenizer, table, lock

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The pieces of each whole text, 0 before and after them."""
        with self._lock:
            found = self._tokenizer([clean(text) for text in texts], add_special_tokens=False, verbose=False)
        return [[0, *ids, 0] for ids in found["input_ids"]]

    def piece_cosines(self, ids: NDArray[np.integer], others: NDArray[np.integer]) -> NDArray[np.float32]:
        """``float32[n, others]``: cosines of rows of the table."""
        cosines: NDArray[np.float32] = unit(self._table[ids]) @ unit(self._table[others]).T
        return cosines

    def piece_weights(self, ids: NDArray[np.integer]) -> NDArray[np.float64]:
        """``float64[n]``: the squared logarithm of the piece's place: vocabularies begin with what is frequent."""
        return np.square(np.log1p(ids.astype(np.float64)))


def _input_embeddings(model: SentenceTransformer, lock: threading.Lock) -> InputEmbeddings | None:
    """None for a model that has no such table at hand: a static one, one behind ONNX or OpenVINO."""
    inner: Any = getattr(model[0], "auto_model", None)
    if not callable(getattr(inner, "get_input_embeddings", None)) or not callable(model.tokenizer):
        return None
    weight = getattr(inner.get_input_embeddings(), "weight", None)
    return None if weight is None else InputEmbeddings(model.tokenizer, weight.detach().numpy(), lock)


def sentence_transformers() -> ModuleType:
    """The package. Raises `EncoderMissing` where it is not installed, or too old to be trusted."""
    try:
        import sentence_transformers as package
    except ImportError as problem:
        raise EncoderMissing(
            "This model needs the package sentence-transformers, which is not installed.", f"Run: {INSTALL}"
        ) from problem
    if int(package.__version__.partition(".")[0]) < OLDEST:  # older ones run code that lies in a local folder unasked
        raise EncoderMissing(
            f"sentence-transformers {package.__version__} is too old: {OLDEST}.0 or later is needed.", f"Run: {INSTALL}"
        )
    return package  # type: ignore[no-any-return]


def _check_backend(backend: str) -> None:
    """Raises `EncoderMissing` where what the backend needs is not installed."""
    needed = {"onnx": ("optimum", "onnxruntime"), "openvino": ("optimum", "openvino")}.get(backend, ())
    missing = [package for package in needed if find_spec(package) is None]
    if missing:
        raise EncoderMissing(
            f"The backend {backend} needs {' and '.join(missing)}, which is not installed.",
            f"Run: pip install 'sentence-transformers[{backend}]'{_ONNX_INSTEAD if backend == 'onnx' else ''}",
        )


def _quantized(folder: Path, backend: str) -> str | None:
    """The model's own int8 file for a backend, relative to its folder, where it has one; for AVX2 before others."""
    files = sorted(folder.glob(f"{backend}/*qint8*{'.onnx' if backend == 'onnx' else '.xml'}"))
    files += sorted(folder.glob(f"{backend}/*quint8*.onnx"))
    chosen = next((file for file in files if "avx2" in file.name), files[0] if files else None)
    return chosen.relative_to(folder).as_posix() if chosen else None


def _load(model_class: type[SentenceTransformer], folder: Path, backend: str) -> tuple[SentenceTransformer, int]:
    """The model of a local folder, in single precision, and its dimension, from one text to see that it works.

    Whatever goes wrong inside is an `EncoderMissing`.
    """
    import_module("transformers.utils.logging").disable_progress_bar()  # a second of reading weights needs none
    quantized = None if backend == "torch" else _quantized(folder, backend)
    options: dict[str, Any] = {"use_safetensors": True} if backend == "torch" else {}
    if quantized:
        options["file_name"] = quantized
    if backend == "openvino":  # its own choice on some processors, bfloat16, lets a vector depend on its batch
        options["ov_config"] = {"INFERENCE_PRECISION_HINT": "f32"}
    try:
        model = model_class(
            str(folder),
            trust_remote_code=folder in (MODEL_FOLDER.resolve(), DEEP_FOLDER.resolve()),
            local_files_only=True,
            model_kwargs=options,
            backend=backend,
        )
        if backend == "torch":
            model = model.float().eval()
        return model, int(model.encode(["a"], show_progress_bar=False).shape[1])
    except Exception as problem:
        raise hub.not_loaded(folder, problem) from problem


def _spec(model: SentenceTransformer, dimension: int, name: str, fingerprint: str) -> EncoderSpec:
    pooling = [getattr(module, "pooling_mode", None) for module in model]
    longest = getattr(model, "max_seq_length", None)
    return EncoderSpec(
        name=name,
        fingerprint=fingerprint,
        dimension=dimension,
        max_tokens=int(longest) if longest is not None and longest < 1_000_000_000 else None,
        query_prefix=_prefix(model, QUERY_PROMPTS),
        paragraph_prefix=_prefix(model, PARAGRAPH_PROMPTS),
        pooling=", ".join(str(mode) for mode in pooling if mode is not None),
    )


def _completed(spec: EncoderSpec) -> EncoderSpec:
    """The same with what the table of known models adds; prefixes change vectors, so they change the fingerprint."""
    known = known_model(spec.name)
    if known is None or spec.query_prefix or spec.paragraph_prefix:
        return spec
    prefixes = f"{known.query_prefix}|{known.paragraph_prefix}"
    return replace(
        spec,
        fingerprint=f"{spec.fingerprint} {prefixes}" if prefixes != "|" else spec.fingerprint,
        max_tokens=spec.max_tokens or known.max_tokens,
        query_prefix=known.query_prefix,
        paragraph_prefix=known.paragraph_prefix,
    )


def _prefix(model: SentenceTransformer, names: Sequence[str]) -> str:
    """The first of the prompts of these names that is not empty, else nothing."""
    found = (model.prompts.get(name) for name in names)
    return next((str(prompt) for prompt in found if prompt), "")


def _batches(texts: Sequence[str]) -> Iterator[list[int]]:
    """Rows of texts of like length, the longest first: little is padded, and memory runs out at once or never."""
    order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
    for start in range(0, len(order), BATCH):
        yield order[start : start + BATCH]


def clean(text: str) -> str:
    """The text without lone surrogates, which would stop the whole batch."""
    return text.encode("utf-8", "replace").decode()

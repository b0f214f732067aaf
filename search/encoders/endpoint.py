"""An encoder behind an endpoint that speaks OpenAI's protocol for embeddings, as Ollama, TEI, vLLM and llama.cpp do.

The index names the model alone. Where the endpoint lies is said by whoever runs the program (`ENDPOINT`), and so is the
key: an index that came from elsewhere sends nobody's texts or keys to a place that it chose.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from paraglot.search.encoders import ENDPOINT
from paraglot.search.encoders.known import known_model
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.errors import EncoderMissing
from paraglot.search.types import EncoderSpec

SCHEME = "openai"
KEY = "OPENAI_API_KEY"
"""The environment variable that holds the key, as everywhere with this protocol; without it none is sent."""

BATCH = 64
MOST_RETRIES = 5
"""Of a batch of paragraphs. A query is asked again once: who searches gets an answer by words meanwhile."""

QUERY_TIMEOUT_S, PROBE_TIMEOUT_S, BATCH_TIMEOUT_S = 4.0, 30.0, 120.0
"""Of one request; the first one may have to wait until the endpoint has loaded the model."""

FIRST_WAIT_S, MOST_WAIT_S = 0.5, 30.0
AGAIN = frozenset((408, 409, 425, 429, 500, 502, 503, 504))
MOST_ANSWER_BYTES = 200_000_000

_PROBES = ("The council raised the tax on bread.", "Der Rat hat die Brotsteuer erhöht.", "Penguins sleep standing up.")
_COSINE_STEP = 0.05
"""Cosines are told so exactly in a fingerprint: models differ by more, and no rounding on any machine by as much."""


class EndpointEncoder:
    """Paragraphs and queries as vectors from an endpoint. Safe to share between threads."""

    def __init__(self, model: str, endpoint: str | None = None, pause: Callable[[float], None] = time.sleep) -> None:
        """Ask the endpoint (None: that of the environment) for the dimension. Raises `EncoderMissing`."""
        address = (endpoint or os.environ.get(ENDPOINT, "")).strip().rstrip("/")
        if not model or not address.lower().startswith(("http://", "https://")):
            fault = f"{address!r} is the address of none" if address else "none is named"
            raise EncoderMissing(
                f"The encoder {SCHEME}:{model} runs behind an endpoint, and {fault}.",
                f"Name it: --endpoint http://localhost:11434/v1, or set {ENDPOINT}.",
            )
        self._model, self._url, self._pause = model, f"{address}/embeddings", pause
        known = known_model(model)
        self._query_prefix, self._paragraph_prefix = (known.query_prefix, known.paragraph_prefix) if known else ("", "")
        self._dimension = 0
        probes = self._embed([f"{self._paragraph_prefix}{text}" for text in _PROBES], PROBE_TIMEOUT_S, 1)
        self._dimension = probes.shape[1]
        self._spec = EncoderSpec(
            name=f"{SCHEME}:{model}",
            fingerprint=_fingerprint(model, probes),
            dimension=self._dimension,
            max_tokens=known.max_tokens if known else None,
            query_prefix=self._query_prefix,
            paragraph_prefix=self._paragraph_prefix,
            pooling="endpoint",
        )

    @property
    def spec(self) -> EncoderSpec:
        """The model's name, its dimension and a fingerprint from the vectors of three sentences."""
        return self._spec

    def encode_query(self, queries: Sequence[str]) -> Vectors:
        """``float32[n, dim]``, unit rows. Raises `EncoderMissing` where the endpoint does not answer in seconds."""
        return self._all([f"{self._query_prefix}{text}" for text in queries], None, QUERY_TIMEOUT_S, 1)

    def encode_paragraphs(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """``float32[n, dim]``, unit rows. An endpoint that is away is asked again for a minute, then `EncoderMissing`
        is raised; the next run goes on where this one ended."""
        asked = [f"{self._paragraph_prefix}{text}" for text in texts]
        return self._all(asked, progress, BATCH_TIMEOUT_S, MOST_RETRIES)

    def count_tokens(self, text: str) -> int:
        """More than any tokenizer makes of most texts: a third of the bytes; the protocol has no way to ask."""
        return len(f"{self._paragraph_prefix}{text}".encode("utf-8", "replace")) // 3 + 2

    def _all(
        self, texts: Sequence[str], progress: Callable[[int], None] | None, timeout_s: float, retries: int
    ) -> Vectors:
        found = np.empty((len(texts), self._dimension), np.float32)
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            found[start : start + len(batch)] = self._embed(batch, timeout_s, retries)
            if progress:
                progress(len(batch))
        return found

    def _embed(self, texts: Sequence[str], timeout_s: float, retries: int) -> Vectors:
        """One batch; where it is too long for the endpoint in halves, and a single text by its beginning."""
        # Endpoints refuse texts of nothing.
        given = [" ".join(text.encode("utf-8", "replace").decode().replace("\0", " ").split()) or "-" for text in texts]
        try:
            return self._vectors(self._ask({"model": self._model, "input": given}, timeout_s, retries), len(given))
        except _TooLong as error:
            if len(given) > 1:
                halves = given[: len(given) // 2], given[len(given) // 2 :]
                return np.concatenate([self._embed(half, timeout_s, retries) for half in halves])
            if len(given[0]) < 100:
                raise EncoderMissing(str(error), f"Is {self._model} a model of embeddings?") from error
            return self._embed([given[0][: len(given[0]) // 2]], timeout_s, retries)

    def _vectors(self, answer: Any, count: int) -> Vectors:
        try:
            ordered = sorted(answer["data"], key=lambda item: item["index"])
            vectors = np.array([item["embedding"] for item in ordered], np.float32)
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        except (KeyError, TypeError, ValueError) as error:
            raise EncoderMissing(f"{self._url}: the answer has no embeddings.", _REMEDY) from error
        expected = (count, self._dimension or vectors.shape[-1])
        if vectors.shape != expected or not np.all(np.isfinite(lengths) & (lengths > 0)):
            raise EncoderMissing(f"{self._url}: the answer has not {expected[0]} vectors of {expected[1]}.", _REMEDY)
        unit: Vectors = vectors / lengths
        return unit

    def _ask(self, body: dict[str, Any], timeout_s: float, retries: int) -> Any:
        """The answer to one request; after what may pass by itself it is sent again, each time after a longer wait."""
        wait_s = FIRST_WAIT_S
        for left in range(retries, -1, -1):
            try:
                return self._sent(body, timeout_s)
            except urllib.error.HTTPError as error:
                said = error.read(2_000).decode("utf-8", "replace").strip()
                if error.code in (400, 413, 422):
                    raise _TooLong(f"{self._url} answers {error.code}: {said}") from error
                asked = error.headers.get("retry-after", "")
                if not left or error.code not in AGAIN:
                    raise EncoderMissing(f"{self._url} answers {error.code}: {said}", _REMEDY) from error
                wait_s = min(float(asked), MOST_WAIT_S) if asked.isdecimal() else wait_s
            except (OSError, http.client.HTTPException) as error:
                if not left:
                    raise EncoderMissing(f"{self._url} does not answer ({error}).", _REMEDY) from error
            except ValueError as error:
                raise EncoderMissing(f"{self._url}: the answer is no JSON.", _REMEDY) from error
            self._pause(wait_s)
            wait_s = min(2 * wait_s, MOST_WAIT_S)
        raise AssertionError("the last attempt returns or raises")

    def _sent(self, body: dict[str, Any], timeout_s: float) -> Any:
        headers = {"content-type": "application/json", "accept": "application/json"}
        if key := os.environ.get(KEY, "").strip():
            headers["authorization"] = f"Bearer {key}"
        request = urllib.request.Request(self._url, json.dumps(body).encode(), headers)  # noqa: S310  # http(s) alone
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:  # noqa: S310
            return json.loads(answer.read(MOST_ANSWER_BYTES))


class _TooLong(Exception):
    """The endpoint refuses what it was given: of a model of embeddings, for its length."""


_REMEDY = f"See that it runs there (--endpoint or {ENDPOINT}) and that {KEY} is its key, if it wants one."


def _fingerprint(model: str, probes: Vectors) -> str:
    """The same for one model on every machine: its name, the dimension, and how near three sentences lie."""
    cosines = [round(float(vector @ other) / _COSINE_STEP) for vector, other in pairwise([*probes, probes[0]])]
    return hashlib.sha256(json.dumps([model, probes.shape[1], cosines]).encode()).hexdigest()[:32]

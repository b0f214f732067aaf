"""py3langid's tables, mapped: 63 MB, of which a text touches little, and a second of processor time to unpack.

They are unpacked once for a user, into the folder where programs keep what they can make again; every process maps them
from there. Where that folder cannot be written, they are held in memory.
"""

from __future__ import annotations

import os
import re
import sys
import zlib
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from math import sqrt
from pathlib import Path
from typing import Any, Literal, TypeAlias
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from paraglot.search import disk
from paraglot.search.encoders.pieces import distinct
from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.arrays import Arrays, map_arrays, write_arrays

Tables: TypeAlias = tuple[dict[str, Any], Arrays]
"""The labels, and by name what py3langid keeps."""

_MODEL = MODEL_DIR / MODEL_FILE

_LAYOUT = 3
"""Of the file that is written here: raised when it changes."""

_FORMS = re.compile("[\ufb00-\ufdfb\ufe70-\ufefc\uff21-\uff5a\uff66-\uff9d\u24b6-\u24e9\U0001d400-\U0001d7cb]")

_AT_ONCE = 32
"""Texts that are counted at once."""

_REACH = 6
"""The bytes of the longest piece that py3langid counts: a state depends on no more than the last as many."""


def open_detector() -> Detector:
    """A detector that knows 113 languages by two letters, and gives probabilities.

    Two letters leave out what no reader declares (Arabic and Chinese dialects, pidgins); Bosnian would only take
    paragraphs from Croatian and Serbian, of which it can hardly be told apart.
    """
    path = cache_folder() / f"languages-{zlib.crc32(_MODEL.read_bytes()):08x}-{_LAYOUT}.arrays"
    tables = _mapped(path)
    if tables is None:
        unpacked = _unpacked()
        with suppress(OSError):
            _keep(path, unpacked)
        tables = _mapped(path) or unpacked
    return Detector(tables)


def cache_folder() -> Path:
    """Where this user's programs keep what they can make again."""
    home = Path("~").expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home)) / "paraglot"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "paraglot"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "paraglot"


def _is_ours(path: Path) -> bool:
    """Whether a file is there that nobody else can have written."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return os.name != "posix" or (found.st_uid == os.getuid() and not found.st_mode & 0o022)


def _mapped(path: Path) -> Tables | None:
    """The tables that were kept; None where there are none, or others than were written."""
    if not _is_ours(path):
        return None
    try:
        facts, arrays = map_arrays(path)
        sizes = {name: len(array) for name, array in arrays.items()}
        return (facts, arrays) if sizes == facts["sizes"] else None
    except (IndexDamaged, KeyError, TypeError):
        return None


def _unpacked() -> Tables:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages([label for label in identifier.labels if len(label) == 2 and label != "bs"])
    arrays = {
        "weights": identifier.nb_ptc.ravel(),
        "priors": identifier.nb_pc,
        "moves": np.array(identifier.tk_nextmove),
        "rows": np.array(identifier.tk_row),
        "features": np.array(identifier.tk_output, np.int32),
    }
    return {"labels": identifier.nb_classes, "sizes": {name: len(array) for name, array in arrays.items()}}, arrays


def _keep(path: Path, tables: Tables) -> None:
    """Write the tables beside the path and give them its name in one step. Raises `OSError`."""
    disk.make_folder(path.parent)
    draft = path.with_name(f"{path.name}-{os.getpid()}")
    try:
        disk.write_through(draft, partial(write_arrays, facts=tables[0], arrays=tables[1]))
        disk.replace_file(draft, path)
    finally:
        disk.remove_file(draft)
    for other in path.parent.glob("languages-*.arrays"):
        layout = other.stem.rpartition("-")[2]
        if layout.isdecimal() and int(layout) < _LAYOUT and _is_ours(other):
            disk.remove_file(other)  # of a former version, which would make it again


class Detector:
    """py3langid's naive Bayes over pieces of UTF-8, of several texts at once: what it says itself, to a few millionths.

    Its automaton is in a state that the last `_REACH` bytes decide, so the states behind all bytes of all texts are
    found by as many steps as that, each of them one look-up for all.
    """

    def __init__(self, tables: Tables) -> None:
        facts, arrays = tables
        self._names: list[str] = facts["labels"]
        self.labels = list(dict.fromkeys(self._names))
        """The languages that it knows; some have several columns."""
        first = [self._names.index(name) for name in self._names]
        self._same = [(own, column) for column, own in enumerate(first) if own != column]
        self._weights = arrays["weights"].reshape(-1, len(self._names))
        self._priors, self._moves = arrays["priors"], arrays["moves"]
        self._rows, self._features = arrays["rows"].astype(np.int64) << 8, arrays["features"]

    def classify(self, text: str) -> tuple[str, float]:
        """The likeliest language and its probability."""
        return self.classify_all([text])[0]

    def classify_all(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """The likeliest language of each text and its probability."""
        if not texts:
            return []
        written = [_bytes_of(text) for text in texts]
        scores = np.concatenate([self._scores(written[at : at + _AT_ONCE]) for at in range(0, len(texts), _AT_ONCE)])
        scores *= np.array([[1.0 / sqrt(len(own) or 1)] for own in written], np.float32)
        np.exp(scores - scores.max(axis=1, keepdims=True), out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        for own, column in self._same:
            scores[:, own] += scores[:, column]
            scores[:, column] = 0
        best = scores.argmax(axis=1)
        return [(self._names[at], float(own[at])) for at, own in zip(best.tolist(), scores, strict=True)]

    def _scores(self, texts: Sequence[bytes]) -> NDArray[np.float32]:
        """``float32[n, labels]``: the logarithms of the likelihoods of a few texts, which have most of their pieces in
        common.
        """
        states, starts = self._states(texts)
        features, text = self._features[states], np.repeat(np.arange(len(texts)), np.diff(starts))
        is_feature = features >= 0
        if not is_feature.any():
            return np.zeros((len(texts), len(self._names)), np.float32)
        pieces, which = distinct(features[is_feature])
        counts = np.bincount(text[is_feature] * len(pieces) + which, minlength=len(texts) * len(pieces))
        weights = self._weights[pieces].astype(np.float32)  # what they are added up in
        logs: NDArray[np.float32] = np.log1p(counts.reshape(len(texts), -1).astype(np.float32))
        found: NDArray[np.float32] = logs @ weights + self._priors
        found[~logs.any(axis=1)] = 0
        return found

    def _states(self, texts: Sequence[bytes]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The automaton's state behind each byte of the texts, which stand one after the other, and where each begins.

        It is in none before a text begins, nor behind it: as many bytes of nothing stand there as it reaches back.
        """
        gap = _REACH - 1
        starts = np.cumsum([0, *(len(text) + gap for text in texts)])
        letters = np.frombuffer((b"\0" * gap).join([b"", *texts, b""]), np.uint8).astype(np.int64)
        heads = starts[:-1, None] + np.arange(gap)
        states = np.zeros(starts[-1], np.int64)
        for step in range(_REACH):
            states = self._moves[self._rows[states] + letters[step : step + len(states)]]
            states[heads[:, : gap - step]] = 0
        states[starts[1:, None] - np.arange(1, _REACH)] = 0
        return states, starts


def _bytes_of(text: str) -> bytes:
    """A text as py3langid reads it; letters in a form of their own (joined Arabic, wide, of formulas) are the plain."""
    form: Literal["NFKC", "NFC"] = "NFKC" if _FORMS.search(text) else "NFC"
    return normalize(form, text.lower() if text.isupper() else text).encode("utf-8", "surrogatepass")

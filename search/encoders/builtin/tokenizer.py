"""Text to token ids, exactly as SentencePiece does it, two ways.

SentencePiece needs a third of a second to load the pieces, which a command that encodes one question cannot spend. So
a short text is cut up here, over files that are mapped instead of loaded; the compiled library comes in for bulk. Both
give the same ids (held by a test): `PieceTable` follows SentencePiece's own recurrence, single precision included.
"""

from __future__ import annotations

import mmap
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from paraglot.search.encoders.builtin.double_array import DoubleArray
from paraglot.search.encoders.builtin.normalizer import Normalizer, character_length

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

UNKNOWN, BEGIN, END = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Special:
    """The ids in a vocabulary that are no pieces of text: of an unknown character, and around a text.

    ``reserved``: how words begin that the model reserves; only the compiled library knows their rules. None: there are
    none.
    """

    unknown: int = UNKNOWN
    begin: int = BEGIN
    end: int = END
    reserved: bytes | None = b"extra_token_id_"


FAST = Special()
"""Those of the vocabulary of `paraglot.search.encoders.builtin`."""

BULK_CHARACTERS = 40_000
"""Once a process has cut up so much text, loading the compiled library would have cost less than doing without it."""


class PieceTable:
    """The pieces and their log-probabilities, mapped: nothing is read before it is needed."""

    def __init__(self, folder: Path, special: Special = FAST) -> None:
        self._special = special
        self._normalizer = Normalizer(_mapped(folder / "normalizer.bin"))
        self._trie = DoubleArray(_mapped(folder / "pieces.trie").cast("I"))
        self._scores = _mapped(folder / "pieces.scores").cast("f")

    def encode(self, text: bytes) -> list[int] | None:
        """The ids of ``text`` (UTF-8), without begin and end; None when it holds a reserved word."""
        normal = self._normalizer.normalize(text)
        if self._special.reserved and self._special.reserved in normal:
            return None
        return self._joined(self._best_path(normal))

    def log_probability(self, number: int) -> float:
        """That of a piece; at the unknown one, that of an unknown character."""
        return float(self._scores[number])

    def text_log_probability(self, text: str, unknown: float) -> float:
        """That of a text: of its most probable pieces, ``unknown`` for each character that none of them has."""
        ids = self._best_path(self._normalizer.normalize(_utf8(text)))
        return sum(unknown if number == self._special.unknown else self.log_probability(number) for number in ids)

    def ends(self, text: str) -> list[int]:
        """Where each of the pieces of ``text`` ends, exclusive: positions in it; unknown characters are one piece."""
        clean = _utf8(text)
        normal, origins = self._normalizer.normalize_with_ends(clean)
        path = self._best_pieces(normal)
        known = [
            end
            for (end, number), (_, after) in zip(path, [*path[1:], (0, -1)], strict=True)
            if not number == after == self._special.unknown
        ]
        return [len(clean[: origins[end - 1]].decode()) for end in known]

    def _best_path(self, text: bytes) -> list[int]:
        return [number for _, number in self._best_pieces(text)]

    def _best_pieces(self, text: bytes) -> list[tuple[int, int]]:
        """Where each of the most probable pieces of ``text`` ends, and its id: Viterbi over bytes, scores rounded to
        single precision.
        """
        stranger = self._special.unknown
        best = array("f", bytes(4 * (len(text) + 1)))
        start = array("i", [-1]) * (len(text) + 1)
        piece = array("i", [stranger]) * (len(text) + 1)
        single = array("f", [0.0])  # what goes in comes out in single precision: ties fall as in SentencePiece
        at = 0
        while at < len(text):
            so_far = best[at]
            after = at + character_length(text[at])
            whole = False
            for end, number in self._trie.prefixes(text, at):
                whole = whole or end == after
                single[0] = so_far + self._scores[number]
                if start[end] < 0 or single[0] > best[end]:
                    best[end], start[end], piece[end] = single[0], at, number
            if not whole:
                single[0] = so_far + self._scores[stranger]
                if start[after] < 0 or single[0] > best[after]:
                    best[after], start[after], piece[after] = single[0], at, stranger
            at = after
        return _trace(start, piece)

    def _joined(self, ids: list[int]) -> list[int]:
        """A run of unknown characters is one unknown piece."""
        stranger = self._special.unknown
        return [number for i, number in enumerate(ids) if number != stranger or i == 0 or ids[i - 1] != stranger]


class Tokenizer:
    """Ids of texts, begin and end included."""

    def __init__(self, folder: Path, special: Special = FAST) -> None:
        self._folder = folder
        self._special = special
        self._pieces = PieceTable(folder, special)
        self._compiled: SentencePieceProcessor | None = None
        self._characters = 0

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """One list of ids per text, begin and end included, of which an empty text has no more."""
        if self._compiled is None:
            self._characters += sum(map(len, texts))
        if self._compiled is None and self._characters < BULK_CHARACTERS:
            quick = [self._pieces.encode(_utf8(text)) for text in texts]
            ids = [found for found in quick if found is not None]
            if len(ids) == len(texts):
                return [self._framed(found) for found in ids]
        clean = [_utf8(text).decode() for text in texts]
        if len(clean) == 1:  # of several the library makes threads, which for one text take longer than the text
            return [self.compiled().encode(clean[0], add_bos=True, add_eos=True)]
        encoded: list[list[int]] = self.compiled().encode(clean, add_bos=True, add_eos=True)
        return encoded

    def encode_with_ends(self, texts: Sequence[str]) -> list[tuple[list[int], list[int]]]:
        """Per text, the ids that `encode` gives, and where each of its pieces ends: a position in the text, exclusive.

        Begin and end have an id but are no pieces.
        """
        clean = [_utf8(text).decode() for text in texts]
        found = self.compiled().encode(clean, return_type="offset_mapping")
        return [(self._framed(encoding["ids"]), [end for _, end in encoding["offsets"]]) for encoding in found]

    def _framed(self, ids: list[int]) -> list[int]:
        return [self._special.begin, *ids, self._special.end]

    def log_probabilities(self, ids: Sequence[int]) -> list[float]:
        """Natural logarithms of the probabilities of pieces."""
        return [self._pieces.log_probability(number) for number in ids]

    def compiled(self) -> SentencePieceProcessor:
        """The SentencePiece library with our model, loaded on first use."""
        if self._compiled is None:
            from sentencepiece import SentencePieceProcessor

            self._compiled = SentencePieceProcessor(model_proto=sentencepiece_model(self._folder))
        return self._compiled


def sentencepiece_model(folder: Path) -> bytes:
    """SentencePiece's own model, a protocol buffer: half the size as it lies there, and loaded for bulk alone."""
    return zlib.decompress((folder / "sentencepiece.model.z").read_bytes())


def _mapped(path: Path) -> memoryview:
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # a lone surrogate becomes "?": no text may break a whole batch


def _trace(start: array[int], piece: array[int]) -> list[tuple[int, int]]:
    """Where each piece of the best path ends, and its id, from the first on."""
    path = []
    at = len(start) - 1
    while at > 0:
        path.append((at, piece[at]))
        at = start[at]
    path.reverse()
    return path

"""The pieces of the deep network as a SentencePiece model, whose ids are those of XLM-R as it was published."""

from __future__ import annotations

import io
import struct
import tempfile
from array import array
from collections.abc import Iterator, Mapping

from sentencepiece import SentencePieceTrainer

from training.deep_base import DeepBase
from training.sentencepiece_model import CONTROL, NORMAL, UNKNOWN, charsmap, tagged, varint

_BEGIN, _PADDING, _END, _MASK = b"<s>", b"<pad>", b"</s>", b"<mask>"
_UNIGRAM = 1


def sentencepiece_of(base: DeepBase, normalizer: bytes) -> bytes:
    """The model. Words that look like XLM-R's own, such as ``<mask>``, are text like any other."""
    ids = {piece: number for number, piece in enumerate(base.pieces)}
    kinds = dict.fromkeys((ids[own] for own in (_BEGIN, _PADDING, _END, _MASK)), CONTROL) | {base.unknown: UNKNOWN}
    pieces = [
        tagged(1, tagged(1, piece) + b"\x15" + struct.pack("<f", score) + varint(3, kinds.get(number, NORMAL)))
        for number, (piece, score) in enumerate(zip(base.pieces, base.scores.tolist(), strict=True))
    ]
    special = {40: base.unknown, 41: ids[_BEGIN], 42: ids[_END], 43: ids[_PADDING]}
    trainer = varint(3, _UNIGRAM) + b"".join(varint(field, number) for field, number in special.items())
    settings = tagged(1, b"nmt_nfkc") + tagged(2, normalizer) + b"".join(varint(field, 1) for field in (3, 4, 5))
    return b"".join(pieces) + tagged(2, trainer) + tagged(3, settings)


def charsmap_like(older: bytes, normal: Mapping[str, str]) -> bytes:
    """SentencePiece's compiled table of characters: ``normal`` says what becomes of each single one.

    What becomes of several together, such as a letter and its accent, is taken from the table ``older``; the package of
    the deep network leaves that out. Both follow the same version of Unicode.
    """
    rules = {source: target for source, target in rules_of(older).items() if len(source.decode()) > 1}
    rules |= {source.encode(): target.encode() for source, target in normal.items() if source != "\0"}
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="ascii") as table:
        for source, target in sorted(rules.items()):
            table.write(f"{_hexadecimal(source)}\t{_hexadecimal(target)}\n")
        table.flush()
        made = io.BytesIO()
        SentencePieceTrainer.train(
            sentence_iterator=iter(["what is learned of this is left"] * 20),
            model_writer=made,
            vocab_size=20,
            hard_vocab_limit=False,
            minloglevel=2,
            normalization_rule_tsv=table.name,
        )
    return charsmap(made.getvalue())


def _hexadecimal(text: bytes) -> str:
    return " ".join(f"{ord(character):X}" for character in text.decode())


def rules_of(table: bytes) -> dict[bytes, bytes]:
    """Every string that a table changes, and what it becomes."""
    (size,) = struct.unpack_from("<I", table)
    units = array("I", table[4 : 4 + size])
    targets = table[4 + size :]
    return {source: targets[value : targets.index(b"\0", value)] for source, value in _keys(units, b"", 0)}


def _keys(units: array[int], prefix: bytes, node: int) -> Iterator[tuple[bytes, int]]:
    unit = units[node]
    base = node ^ ((unit >> 10) << ((unit & 0x200) >> 6))
    if unit & 0x100:
        yield prefix, units[base] & 0x7FFFFFFF
    for byte in range(1, 256):
        child = base ^ byte
        if child < len(units) and units[child] & 0x800000FF == byte:
            yield from _keys(units, prefix + bytes([byte]), child)

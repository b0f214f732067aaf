"""The deep half of the built-in encoder: ``python -m training.deep DATA``, into ``search/encoders/deep/model/``.

The network and its pieces are the published ones (`deep_base`), written in another form; nothing is trained. The
means of languages are taken from the texts in DATA (`deep_means`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from paraglot.search.encoders.deep import DEEP_FOLDER
from paraglot.search.encoders.deep.joined import FAST_MAP
from paraglot.search.encoders.deep.network import NETWORK
from paraglot.search.encoders.deep.reader import DeepReader
from paraglot.search.encoders.deep.table import POSITIONS, TOKEN_ROWS, TOKEN_SCALES, WIDTH
from paraglot.search.encoders.means import LANGUAGE_MEANS, Means
from training import deep_base, export, sentencepiece_model
from training.deep_means import KEPT, Texts, fast_map, language_means, read_texts
from training.deep_network import Int8Graph, network
from training.deep_pieces import charsmap_like, sentencepiece_of
from training.deep_reach import embedded, reach, sample
from training.languages import ADDED, BASE

KNOWN_FROM = 0.72
"""A language is called known from this share on (docs/decisions/0009-growing-by-vocabulary.md)."""

ASKED_IN = ("en", "zh-TW")
"""Languages without a share of their own: English is what the others are looked for in, Chinese is measured once."""

NEAR = ("af", "bs", "gl", "mk", "ms", "nn", "sr-Latn")
"""Languages that the fast encoder never learned and reads all the same, so near are they to those that it did."""

CACHE = Path(__file__).parent / "cache"
VERSION = 2
FAST_SHARE = 0.4
"""What the fast encoder's cosine counts in the joined one (docs/decisions/0064-the-deep-encoder.md)."""

MEAN_SHARE = 0.85
"""How much of its language's mean is taken from a vector."""


def write_base(folder: Path, base: deep_base.DeepBase, texts: Mapping[str, Texts]) -> None:
    """Write what is the published model's: the token table, the positions, the pieces and the network, whose scales
    are those of some of ``texts``.
    """
    nibbles, scales = base.packed("emb.word", WIDTH)
    used = len(base.pieces)  # the published table is longer than its vocabulary
    kind = base.numbers("emb.type")[:WIDTH]  # of the two kinds of text the model only ever reads the first
    positions = base.numbers("emb.pos").reshape(-1, WIDTH) + kind
    tokenizer = sentencepiece_of(base, charsmap_like((export.FOLDER / "normalizer.bin").read_bytes(), base.normal))
    files = {
        TOKEN_ROWS: nibbles[:used].tobytes(),
        TOKEN_SCALES: scales[:used].astype("<f2").tobytes(),
        POSITIONS: positions.astype("<f2").tobytes(),
        **export.piece_files(tokenizer, sentencepiece_model.pieces(tokenizer), base.unknown),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    graph = Int8Graph(reach(base, embedded(folder, sample(texts))))
    (folder / NETWORK).write_bytes(graph.model(network(base, graph)))


def write_config(folder: Path, means: Means, found: dict[str, float]) -> None:
    """Write the means and ``config.json``; ``found``: the share of sentences whose translation is nearest, by
    language.
    """
    (folder / LANGUAGE_MEANS).write_bytes(means.packed())
    names = [TOKEN_ROWS, TOKEN_SCALES, POSITIONS, NETWORK, LANGUAGE_MEANS, FAST_MAP]
    names += ["normalizer.bin", "pieces.scores", "pieces.trie", "sentencepiece.model.z"]
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in sorted(names)}
    told = {
        "fast_share": FAST_SHARE,
        "share": MEAN_SHARE,
        "fast_languages": [tag for tag in means.languages if tag in {*BASE, *ADDED, *NEAR}],
        "means": list(means.languages),
        "scripts": means.scripts,
        "biases": [round(float(one), 3) for one in means.biases],
    }
    config = {
        "name": "builtin",
        "version": VERSION,
        "dimension": KEPT + WIDTH,
        "languages": sorted({*ASKED_IN, *(tag for tag, share in found.items() if share >= KNOWN_FROM)}),
        "found": found,
        "fingerprint": hashlib.sha256(json.dumps([sums, told]).encode()).hexdigest(),
        "base": {"name": "multilingual-e5-small", **deep_base.WHEEL.told},
        "files": sums,
        **told,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """Write the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of texts, as training/README.md has it")
    parser.add_argument("--means", action="store_true", help="take the means alone; the rest lies there")
    arguments = parser.parse_args()
    texts = read_texts(arguments.data)
    if not arguments.means:
        CACHE.mkdir(exist_ok=True)
        write_base(DEEP_FOLDER, deep_base.read_deep_base(CACHE), texts)
    (DEEP_FOLDER / FAST_MAP).write_bytes(fast_map(texts).astype("<f2").tobytes())
    before = DEEP_FOLDER / "config.json"
    found = json.loads(before.read_text("utf-8"))["found"] if before.exists() else {}
    write_config(DEEP_FOLDER, language_means(DeepReader(DEEP_FOLDER), texts), found)


if __name__ == "__main__":
    main()

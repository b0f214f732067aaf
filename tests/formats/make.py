"""Make the archive of an index of today's format for `tests/test_indexer/test_formats.py`.

    python tests/formats/make.py VERSION [ENGINE]

Four commits with the fake encoder, one of which removes an article, and a backup: `FORMAT-VERSION.tar.gz`, beside this.
ENGINE is the keyword engine, Whoosh unless named.
"""

from __future__ import annotations

import json
import sys
import tarfile
import tempfile
from pathlib import Path

from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.care.backup import back_up
from paraglot.search.folder.manifest import FORMAT

TAX = ["The council raised the bread tax.", "Bakers in the old town protested loudly."]
ARTICLES: list[dict[str, object]] = [
    {
        "id": "tax",
        "title": "The tax on bread",
        "paragraphs": TAX,
        "language": "en",
        "date": "2024-05-31",
        "source": "Gazette",
    },
    {
        "id": "steuer",
        "title": "Die Steuer auf Brot",
        "paragraphs": ["Der Rat hat die Steuer erhöht.", "Die Bäcker der Altstadt protestierten laut."],
        "language": "de",
        "tags": ["Stadt"],
    },
    {
        "id": "taxe",
        "title": "La taxe sur le pain",
        "paragraphs": ["Le conseil a augmenté la taxe sur le pain.", "Les boulangers ont protesté."],
        "language": "fr",
        "date": "2024-06-01",
        "source": "Courrier",
    },
    {
        "id": "税",
        "title": "面包税",
        "paragraphs": ["市议会提高了面包税。", "老城的面包师抗议。"],
        "language": "zh",
    },
    {"id": "gone", "title": "Gone", "paragraphs": ["This article was removed."], "language": "en"},
]
FERRY = {
    "id": "ferry",
    "title": "The ferry",
    "paragraphs": ["The ferry left the harbour late.", TAX[0]],
    "language": "en",
}


def make(folder: Path, keyword: str) -> None:
    """The index and its backup in ``folder``."""
    corpus, index = folder / "corpus.jsonl", folder / "index"
    for articles in (ARTICLES, [FERRY], [{**ARTICLES[0], "paragraphs": [*TAX, "The tax was lowered again."]}]):
        corpus.write_text("".join(json.dumps(article) + "\n" for article in articles), "utf-8")
        index_corpus(index, [corpus], "fake", keyword=keyword)
    delete_articles(index, ["gone"])
    back_up(index, folder / "backup.tar")


def main() -> None:
    """Make the archive named on the command line."""
    keyword = sys.argv[2] if len(sys.argv) > 2 else "whoosh"
    name = f"{FORMAT}-{sys.argv[1]}.tar.gz"
    with tempfile.TemporaryDirectory() as temporary:
        make(Path(temporary), keyword)
        with tarfile.open(Path(__file__).with_name(name), "w:gz") as archive:
            for name in ("index", "backup.tar"):
                archive.add(Path(temporary) / name, name)


if __name__ == "__main__":
    main()

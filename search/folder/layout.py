"""Every file name of an index, in one typed object.

index/
├── CURRENT                 the number of the committed generation, one line
├── rules.toml              synonyms and pinned results, written by hand or over HTTP; of no generation
├── writer.lock             held by the one writer
├── store.sqlite            articles and paragraphs of all generations
├── service/                what `paraglot serve` keeps: keys.json, queue.sqlite, statistics.sqlite
├── followed.sqlite         what `paraglot follow` has fetched; of no generation
├── restoring/              a backup on its way in, until it is verified
├── vectors.sqlite          vectors of a run that has not been committed yet: if it ends early, the next one takes them
└── generations/7/
    ├── manifest.json       what this generation is made of, with checksums
    ├── keyword/            the rows and lengths of each part (part-000012.rows.npy, .lengths.npy), hard-linked from the
    │                       generation before where unchanged, and of each the places removed since (.removed); with
    │                       Whoosh a segment beside each (.terms, .postings), with tantivy all files of its own index
    ├── columns/            what belongs to each row of a segment (part-000012.columns), likewise, and the rows removed
    │                       since
    ├── dense/              the same segments' vectors (part-000012.faiss), of a large one the codes that are
    │                       searched in their place (part-000012.coarse), and the means of the languages where the
    │                       vectors are less those (language_means)
    └── sentences/          the same parts' sentences (part-000012.npy, part-000012.rows.npy), where the index has them
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_NUMBER = re.compile(r"[1-9][0-9]{0,17}\n?")
_PART = re.compile(r"part-([0-9]{6,12})\.rows\.npy")


@dataclass(frozen=True, slots=True)
class KeywordPart:
    """The files of one part of the keyword index: written once, but for `removed`, which is of one generation."""

    folder: Path
    number: int

    @property
    def terms(self) -> Path:
        """The dictionary of terms."""
        return self._file("terms")

    @property
    def postings(self) -> Path:
        """The places of each term."""
        return self._file("postings")

    @property
    def rows(self) -> Path:
        """The row of each place, ascending."""
        return self._file("rows.npy")

    @property
    def lengths(self) -> Path:
        """The number of terms in each place."""
        return self._file("lengths.npy")

    @property
    def removed(self) -> Path:
        """The places whose paragraphs are removed, as a roaring bitmap; where it is missing there are none."""
        return self._file("removed")

    @property
    def places(self) -> tuple[Path, ...]:
        """What is said of each place, whichever engine keeps the terms; written once."""
        return self.rows, self.lengths

    @property
    def files(self) -> tuple[Path, ...]:
        """A whole segment of Whoosh's: written once."""
        return self.terms, self.postings, *self.places

    def _file(self, kind: str) -> Path:
        return self.folder / f"part-{self.number:06d}.{kind}"


@dataclass(frozen=True, slots=True)
class Generation:
    """The files of one generation."""

    folder: Path

    @property
    def number(self) -> int:
        """The generation's number, from its folder's name."""
        return int(self.folder.name)

    @property
    def manifest(self) -> Path:
        """What the generation is made of; readers hold a shared lock on it while they use the generation."""
        return self.folder / "manifest.json"

    @property
    def keyword(self) -> Path:
        """The folder of the keyword index."""
        return self.folder / "keyword"

    def keyword_part(self, number: int) -> KeywordPart:
        """The files of one part of the keyword index."""
        return KeywordPart(self.keyword, number)

    def keyword_parts(self) -> list[int]:
        """The numbers of the parts that the keyword index has, ascending."""
        matches = (_PART.fullmatch(path.name) for path in self.keyword.iterdir())
        return sorted(int(match[1]) for match in matches if match)

    @property
    def dense(self) -> Path:
        """The folder of the dense index."""
        return self.folder / "dense"

    @property
    def shared_rows(self) -> Path:
        """Of format 5: the rows that have the vectors of another, and which."""
        return self.dense / "shared.npy"

    @property
    def columns(self) -> Path:
        """The folder of what belongs to each row."""
        return self.folder / "columns"

    def columns_of(self, number: int) -> Path:
        """The columns of segment ``number``."""
        return self.columns / f"part-{number:06d}.columns"

    @property
    def removed_rows(self) -> Path:
        """The rows that lie in some segment but are no longer in the index, as a roaring bitmap."""
        return self.columns / "removed.roaring"

    def part(self, number: int) -> Path:
        """One write-once part of the dense index."""
        return self.dense / f"part-{number:06d}.faiss"

    def coarse(self, number: int) -> Path:
        """The codes of the vectors of part ``number``, where it is large."""
        return self.part(number).with_suffix(".coarse")

    @property
    def language_means(self) -> Path:
        """What the encoder's vectors say of each language alone, where they are kept less that."""
        return self.dense / "language_means"

    @property
    def sentences(self) -> Path:
        """The folder of the sentences' vectors."""
        return self.folder / "sentences"

    def sentence_records(self, number: int) -> Path:
        """The sentences of the rows of part ``number``."""
        return self.sentences / f"part-{number:06d}.npy"

    def sentence_rows(self, number: int) -> Path:
        """The rows of part ``number``, each with the place of its first sentence."""
        return self.sentences / f"part-{number:06d}.rows.npy"


@dataclass(frozen=True, slots=True)
class IndexLayout:
    """The files of one index folder."""

    folder: Path

    @property
    def current(self) -> Path:
        """Names the committed generation; replacing this file is the commit."""
        return self.folder / "CURRENT"

    @property
    def current_draft(self) -> Path:
        """What becomes `current`."""
        return self.folder / "CURRENT.draft"

    @property
    def followed(self) -> Path:
        """What was fetched of the feeds and sitemaps that are followed."""
        return self.folder / "followed.sqlite"

    @property
    def rules(self) -> Path:
        """Synonyms and pinned results; where it is missing there are none."""
        return self.folder / "rules.toml"

    @property
    def restoring(self) -> Path:
        """Where a backup is unpacked and verified before it takes its place."""
        return self.folder / "restoring"

    @property
    def lock(self) -> Path:
        """Locked by the one writer for as long as it lives."""
        return self.folder / "writer.lock"

    @property
    def store(self) -> Path:
        """The SQLite database of articles and paragraphs."""
        return self.folder / "store.sqlite"

    @property
    def pending_vectors(self) -> Path:
        """The SQLite database of what was embedded for a commit that is still to come."""
        return self.folder / "vectors.sqlite"

    @property
    def generations(self) -> Path:
        """The folder of all generations."""
        return self.folder / "generations"

    def generation(self, number: int) -> Generation:
        """The files of generation ``number``."""
        return Generation(self.generations / str(number))

    def generation_numbers(self) -> list[int]:
        """The numbers of the generation folders that exist, committed or not, ascending."""
        if not self.generations.is_dir():
            return []
        return sorted(int(entry.name) for entry in self.generations.iterdir() if entry.name.isdecimal())

    def current_number(self) -> int:
        """The committed generation, 0 where nothing was ever committed. Raises `ValueError` on a damaged file."""
        try:
            written = self.current.read_text("ascii")
            if not _NUMBER.fullmatch(written):
                raise ValueError(f"{written[:20]!r} is no number of a generation")
            return int(written)
        except FileNotFoundError:
            return 0

"""Every keyword index of ours keeps the contract: in memory, and in a folder with each engine, as a whole and as a part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyroaring import BitMap

from paraglot.indexer.folder.commit import KeywordChange, write_words
from paraglot.indexer.folder.stored_drafts import NewRow
from paraglot.indexer.folder.words import Words
from paraglot.search.contracts.keywords import DROPPED, TEXTS, KeywordsContract
from paraglot.search.folder.keyword.keyword import open_keyword
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.memory.keywords import MemoryKeywords, ParagraphTerms
from paraglot.search.parts.protocols import Keywords
from paraglot.search.text.analysis import terms

HIDDEN = {0: "tax tax table taxes", 8: "bread bread office", 10: "olive harvest of the old town, dropped"}


class TestInMemory(KeywordsContract):
    @pytest.fixture
    def keyword(self) -> Keywords:
        return MemoryKeywords({row: ParagraphTerms("und", Counter(terms(text))) for row, text in TEXTS.items()})


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
@pytest.mark.parametrize("hidden", [{}, HIDDEN], ids=["whole", "part"])
class TestInAFolder(KeywordsContract):
    """It comes about by three commits, the last of which removes `DROPPED`. As a part it is what is to be seen of an
    index that has `HIDDEN`, too.
    """

    @pytest.fixture
    def keyword(self, engine: str, hidden: dict[int, str], tmp_path: Path) -> Iterator[Keywords]:
        layout, everything = IndexLayout(tmp_path), TEXTS | DROPPED | hidden
        for number, span in enumerate((range(5), range(5, 9), range(9, 11)), 1):
            new = [NewRow(row, "", "", everything[row], "", "und") for row in span if row in everything]
            base = layout.generation(number - 1) if number > 1 else None
            removed = list(DROPPED) if number == 3 else []
            change = KeywordChange(base, [one.row for one in new], Words().of(new), removed, engine)
            write_words(layout.generation(number), change)
        index = open_keyword(layout.generation(3), {}, engine)
        yield index.within(BitMap(TEXTS), {}) if hidden else index
        index.close()

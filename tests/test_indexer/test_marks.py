"""Paragraphs with their headings: as readers mark them, as they are stored, exported, rebuilt."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from paraglot.indexer import write
from paraglot.indexer.build import apply_changes, index_corpus
from paraglot.indexer.care.export import export_articles
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.care.verify import verify_index
from paraglot.indexer.corpus.assemble import assemble
from paraglot.indexer.corpus.drafts import Draft, Place
from paraglot.indexer.readers.body import Body
from paraglot.search.engine.engine import Engine
from tests.test_indexer.test_copies import load

HERE = Place(Path("corpus"))

LINES = st.lists(st.sampled_from(["bread", "tax", "the council met", "Yes.", "税。", "Read also"]), min_size=1).map(
    " ".join
)
LANGUAGES = st.sampled_from([None, "de"])


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """An article as any reader gives it: marked or plain, of people's making (with furniture) or a program's."""
    lines = draw(st.lists(LINES, min_size=1, max_size=6))
    kind = draw(st.sampled_from(["marked", "scraped", "plain", "given"]))
    text, blocks = ("\n\n" if kind == "given" else "  \n\n").join(lines), None
    if kind == "marked":
        body = Body()
        for line in lines:
            if draw(st.booleans()):
                body.heading(line, draw(st.integers(1, 3)))
            else:
                body.paragraph(line.replace(" ", "\n", 1), keeps_lines=draw(st.booleans()))
        body.paragraph("At the end stands one that is long enough.")
        text, blocks = body.done()
        assume(text)  # of a section of links nothing is left: readers skip what has no text
    furniture = frozenset(draw(st.sets(st.sampled_from(lines)))) if kind in ("marked", "scraped") else frozenset()
    scraped = kind in ("marked", "scraped")
    plain = kind in ("scraped", "plain")
    title = draw(st.sampled_from(["", "A title"]))
    return Draft(
        HERE, "", title, text, draw(LANGUAGES), plain=plain, blocks=blocks, scraped=scraped, furniture=furniture
    )


Shown = dict[str, list[tuple[str, str, str, int, int]]]


def shown(folder: Path) -> Shown:
    """Article → its paragraphs as (text, heading, language, start, end)."""
    with Engine(folder) as engine, engine.snapshot() as snapshot:
        articles = [snapshot.store.article(record["id"]) for record in snapshot.store.records()]
        return {
            article.id: [(one.text, one.heading, one.language, one.start, one.end) for one in own]
            for article, own in articles
        }


def made(folder: Path, articles: list[Draft], model: str) -> Shown:
    (folder.with_suffix(".jsonl")).write_text('{"id": "z", "text": "Bread."}\n')
    index_corpus(folder, [folder.with_suffix(".jsonl")], model)
    apply_changes(folder, {one.id: one for one in articles})
    return shown(folder)


@pytest.mark.slow
@settings(
    max_examples=8,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(drafts(), min_size=1, max_size=4))
def test_what_is_exported_or_rebuilt_has_the_same_paragraphs(found: list[Draft]) -> None:
    articles = [replace(one, id=str(number)) for number, one in enumerate(found)]
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(write, "load_encoder", load)
        patch.setattr("paraglot.search.encoders.loaded.load_encoder", load)
        folder = Path(name)
        index, exported = folder / "index", folder / "exported.jsonl"
        before = made(index, articles, "fake")
        exported.write_text("".join(json.dumps(one) + "\n" for one in export_articles(index)))
        index_corpus(folder / "again", [exported], "fake")
        assert shown(folder / "again") == before
        assert not index_corpus(index, [exported], "fake").committed
        rebuild_index(index, "short")
        assert shown(index) == made(folder / "short", articles, "short")
        apply_changes(index, {one.id: one for one in articles})
        rebuild_index(index, "fake")
        assert shown(index) == before
        assert verify_index(index).faults == []


def test_an_article_of_nothing_but_what_is_left_out_keeps_its_text() -> None:
    marked = Body()
    marked.paragraph("The council met.")
    text, blocks = marked.done()
    earlier = Draft(HERE, "a", "", text, "en", blocks=blocks, scraped=True, furniture=frozenset({"The council met."}))
    link = Draft(HERE, "b", "", "Read also: The council met", "en", plain=True)
    kept = [[one.text for one in assemble(draft, lambda _: True).paragraphs] for draft in (earlier, link)]
    assert kept == [["The council met."], ["Read also: The council met"]]

"""What is hostile or broken costs its own input, named; `changes` follows what is replaced."""

from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path
from threading import Event

import pytest

from paraglot.indexer.care.watch import changes
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.readers import inputs
from paraglot.indexer.readers.body import TOO_DEEP
from paraglot.indexer.readers.json import lines
from paraglot.indexer.readers.tables import tables
from paraglot.indexer.readers.text import plaintext
from paraglot.indexer.readers.web import content

TEXT = "Title of it\n\nThe council raised the bread tax of the old town."


def read(path: Path) -> tuple[list[str], list[str]]:
    found = list(read_corpus([path]))
    return [one.id for one in found if isinstance(one, Draft)], [str(one) for one in found if isinstance(one, Skipped)]


def test_links_that_lead_back_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "one").symlink_to("other")
    (tmp_path / "other").symlink_to("one")
    ids, skipped = read(tmp_path)
    assert ids == ["a.txt"]
    assert [Path(one.split(":")[0]).name for one in skipped] == ["loop", "one", "other"]
    assert all("back to itself" in one for one in skipped)


def test_a_fault_of_a_reader_costs_its_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> tuple[str, str | None]:
        raise AttributeError("no such thing") if "bad" in text else ValueError("other")

    (tmp_path / "a.txt").write_text(f"{TEXT} bad")
    (tmp_path / "b.md").write_text(f"# {TEXT}")
    monkeypatch.setattr(plaintext, "take_source", fail)
    assert read(tmp_path) == (["b.md"], [f"{tmp_path / 'a.txt'}:1: cannot be read: AttributeError: no such thing"])


def test_a_tar_that_claims_a_terabyte_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("big.txt")
    info.size = 10**12
    (tmp_path / "a.tar").write_bytes(info.tobuf(tarfile.GNU_FORMAT) + b"x" * 20_000)
    _, [said] = read(tmp_path)
    assert "claims 1000000000000 bytes" in said


def test_a_page_of_many_attributes_is_refused(tmp_path: Path) -> None:
    attributes = " ".join(f"a{number}=1" for number in range(80_000))
    (tmp_path / "a.html").write_text(f"<html><body><p {attributes}>A text of some length.</p></body></html>")
    assert read(tmp_path) == ([], [f"{tmp_path / 'a.html'}:1: an element of more than 1000 attributes"])


def test_what_is_replaced_is_followed(tmp_path: Path) -> None:
    path, stop = tmp_path / "one.txt", Event()
    path.write_text(TEXT)
    bursts = changes([path], stop)
    next(bursts)
    for number in range(2):  # as editors save: another file takes its place
        (tmp_path / "new").write_text(f"{TEXT} {number}")
        os.replace(tmp_path / "new", path)  # noqa: PTH105
        next(bursts)
    path.unlink()
    next(bursts)
    path.write_text(TEXT)
    next(bursts)
    stop.set()
    assert list(bursts) == []


ATTRIBUTES = " ".join(f"a{number}=1" for number in range(2000))
QUOTED = "".join(f"a{number}='>'" for number in range(2000))
NESTED = 100_000
HOSTILE = {
    "a.html": f"<html><body><p {QUOTED}>A text of some length.</p></body></html>",
    "b.html": f"<html><body><p {'/a' * 2000}>A text of some length.</p></body></html>",
    "c.jsonl": json.dumps({"id": "c", "text": f"<p {ATTRIBUTES}>A text of some length.</p>"}),
    "d.rss": f"<rss><channel><item><title>t</title><description>&lt;p {QUOTED}&gt;x&lt;/p&gt;</description></item>"
    "</channel></rss>",
    "e.md": f"# T\n\n<p {ATTRIBUTES}>A text of some length.</p>",
    "f.json": "[" * NESTED + "]" * NESTED,
    "g.json": '{"a":' * NESTED + "1" + "}" * NESTED,
    "h.html": f"<html><body>{'<div>' * NESTED}x{'</div>' * NESTED}</body></html>",
    "i.csv": "id,text\n" + "\n" * 200,
    "j.jsonl": '{"id": "j", "text": "Body."}' + "\n" * 200,
    "k.csv": "id,text\n" + '1,"a\nb"\n' * 200,
    "l.tsv": "text\n" + "a\n" * 200,
    "m.jsonl": "{}\n" * 200,
}
SAID = {
    **dict.fromkeys(["a.html", "b.html", "c.jsonl", "d.rss", "e.md"], "an element of more than 1000 attributes"),
    **dict.fromkeys(["f.json", "g.json"], "not JSON that can be read: nested too deeply"),
    "h.html": f"the page has no main text: {TOO_DEEP}",
    "i.csv": "100 empty lines in a row: the rest is not read",
    "j.jsonl": "100 empty lines in a row: the rest is not read",
    **dict.fromkeys(["k.csv", "l.tsv", "m.jsonl"], "100 rows in a row of at most 5 characters: the rest is not read"),
}


def test_what_is_made_to_cost_much_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_EMPTY_LINES", 100)
    monkeypatch.setattr(tables, "MOST_EMPTY_LINES", 100)
    monkeypatch.setattr(inputs, "MOST_TINY_ROWS", 100)
    for name, written in HOSTILE.items():
        (tmp_path / name).write_text(written)
    ids, skipped = read(tmp_path)
    assert ids == ["j", "1", *(f"l.tsv#{line}" for line in range(2, 101))]
    last = {Path(one.partition(":")[0]).name: one for one in skipped}
    assert list(last) == list(HOSTILE)
    assert all(one.endswith(SAID[name]) for name, one in last.items())


def test_a_run_of_line_breaks_is_one_break(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr("paraglot.indexer.readers.web.html.tidy", lambda tree, _: seen.append(len(list(tree.iter()))))
    (tmp_path / "a.html").write_text(f"<html><body><p>One.</p>{'<br>' * 10_000}<p>Two of it.</p></body></html>")
    assert read(tmp_path) == (["a.html"], [])
    assert seen[0] < 10


def test_a_page_of_very_many_elements_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MOST_ELEMENTS", 100)
    monkeypatch.setattr(content, "_by_trafilatura", lambda *_: pytest.fail("looked for the main part"))
    cells = "".join(f"<tr><td>Mill {number}<td>on the river</tr>" for number in range(60))
    (tmp_path / "a.html").write_text(f"<html><body><table>{cells}</table></body></html>")
    assert read(tmp_path) == (["a.html"], [])


def test_a_page_of_many_elements_that_hold_next_to_nothing_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "MOST_EMPTY_ELEMENTS", 100)
    asked: list[object] = []
    monkeypatch.setattr(content, "_by_trafilatura", lambda *_: asked.append(1) or [])
    (tmp_path / "a.html").write_text(f"<html><body>{'<p>one</p>' * 200}</body></html>")
    (tmp_path / "b.html").write_text(f"<html><body>{'<p>Four letters and more.</p>' * 200}</body></html>")
    assert read(tmp_path) == (["a.html", "b.html"], [])
    assert asked == [1], "the second one alone"


BAD = "http://[bad"


def test_an_address_that_is_none_costs_no_article(tmp_path: Path) -> None:
    item = f"<item><link>{BAD}</link><title>One</title><description>The mill.</description></item>"
    (tmp_path / "a.rss").write_text(f"<rss><channel><link>https://a.example/</link>{item}</channel></rss>")
    (tmp_path / "b.rss").write_text(f"<rss><channel><link>{BAD}</link>{item.replace(BAD, '/two')}</channel></rss>")
    based = f"<entry xml:base='{BAD}'><link href='x'/><title>Three</title><summary>The mill.</summary></entry>"
    (tmp_path / "c.atom").write_text(f"<feed xmlns='http://www.w3.org/2005/Atom'>{based}</feed>")
    items = [{"id": "four", "url": BAD, "content_text": "The mill."}]
    version = "https://jsonfeed.org/version/1.1"
    (tmp_path / "d.json").write_text(json.dumps({"version": version, "home_page_url": BAD, "items": items}))
    (tmp_path / "e.html").write_text(
        f"<html><head><link rel=canonical href='{BAD}'><base href='{BAD}'></head><body><p>The mill.</p></body></html>"
    )
    (tmp_path / "f.jsonl").write_text(json.dumps({"id": "six", "url": BAD, "text": "The mill."}))
    ids, skipped = read(tmp_path)
    assert skipped == []
    assert len(ids) == 6


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", f"Title of it\n\n{' ' * 20_000}The council raised the bread tax of the old town."),
        ("a.txt", f"Title of it\n\n{'* -' * 5_000} The council raised the bread tax of the old town."),
        (
            "a.html",
            f"<title>Bread</title><script type='application/ld+json'>{{{' ' * 20_000}x</script>"
            "<p>The council raised the bread tax of the old town.</p>",
        ),
        ("a.jsonl", json.dumps({"id": "a", "text": "The council raised the bread tax.", "language": "(" * 50_000})),
        ("a.txt", f"{TEXT}\n\n{'1' * 100_000}"),
    ],
)
def test_runs_of_one_character_are_read_in_one_go(tmp_path: Path, name: str, content: str) -> None:
    """Each was tried in more ways than it has characters, some in two to the power of that: they never came to an end."""
    (tmp_path / name).write_text(content)
    [draft] = read_corpus([tmp_path / name])
    assert isinstance(draft, Draft)
    assert "bread tax" in draft.text

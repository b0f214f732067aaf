"""One id, one article: whatever names an id again, and however an index came to hold one twice."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from paraglot.api.cli.doctor import examine
from paraglot.api.cli.main import app
from paraglot.indexer.build import Report, delete_articles, index_corpus
from paraglot.indexer.care.export import export_articles
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.care.rollback import roll_back
from paraglot.indexer.care.status import index_status
from paraglot.indexer.care.verify import verify_index
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Place, Skipped
from paraglot.indexer.run import Making
from paraglot.indexer.write import writing
from paraglot.search.engine.engine import Engine
from paraglot.search.folder.layout import Generation, IndexLayout
from paraglot.search.folder.manifest import read_manifest
from paraglot.search.folder.store.schema import ARTICLE_COLUMNS, PARAGRAPH_COLUMNS, VISIBLE, record_checksum
from paraglot.search.types import SearchRequest

Write = Callable[[list[dict[str, object]]], Path]


def versions(id_: str, count: int = 3) -> list[dict[str, str]]:
    return [
        {"id": id_, "title": f"Version {n}", "text": f"Version number {n} of the story about the lighthouse keeper."}
        for n in range(1, count + 1)
    ]


def archive(name: str, content: str, count: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for _ in range(count):
            member = tarfile.TarInfo(name)
            member.size = len(content.encode())
            tar.addfile(member, io.BytesIO(content.encode()))
    return out.getvalue()


def zipped(name: str, content: str, count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says so itself
        for _ in range(count):
            archive.writestr(name, content)
    return out.getvalue()


def captured(url: str, count: int) -> bytes:
    page = "<html><head><title>Harbour</title></head><body><p>The harbour lamp was lit by hand until 1911.</p></body>"
    response = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}"
    records = [
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{n}>\r\nWARC-Date: 2024-01-0{n}T00:00:00Z\r\n"
        f"WARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(response)}\r\n\r\n{response}\r\n\r\n"
        for n in range(1, count + 1)
    ]
    return "".join(records).encode()


def items(kind: str, count: int) -> str:
    return "".join(
        f"<{kind}><guid>dup-rss</guid><title>T{n}</title><description>Entry number {n} of the feed about the tower."
        f"</description></{kind}>"
        for n in range(1, count + 1)
    )


def pages(count: int) -> str:
    return "".join(
        f"<page><title>P</title><ns>0</ns><id>7</id><revision><id>{n}</id><text>Revision number {n} tells of the"
        " lighthouse stairs.</text></revision></page>"
        for n in range(1, count + 1)
    )


TEXT = "Keeper\n\nThe lighthouse keeper climbed the stairs at dusk."
INPUTS: dict[str, tuple[bytes, str, int]] = {
    "minified.json": (json.dumps(versions("dup-json")).encode(), "dup-json", 2),
    "pretty.json": (json.dumps(versions("dup-pretty"), indent=1).encode(), "dup-pretty", 2),
    "lines.jsonl": ("".join(json.dumps(one) + "\n" for one in versions("dup-lines")).encode(), "dup-lines", 2),
    "feed.json": (
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "J",
                "items": [{"id": "dup-jf", "content_text": one["text"]} for one in versions("x", 4)],
            }
        ).encode(),
        "dup-jf",
        3,
    ),
    "minified.rss": (
        f'<rss version="2.0"><channel><title>R</title>{items("item", 3)}</channel></rss>'.encode(),
        "dup-rss",
        2,
    ),
    "wiki.xml": (
        '<mediawiki xml:lang="en"><siteinfo><sitename>W</sitename><dbname>wk</dbname></siteinfo>'
        f"{pages(2)}</mediawiki>".encode(),
        "wk:7",
        1,
    ),
    "members.tar": (archive("story.txt", TEXT, 3), "members.tar!story.txt", 2),
    "members.zip": (zipped("story.txt", TEXT, 2), "members.zip!story.txt", 1),
    "crawl.warc": (captured("https://harbour.example/lamp", 2), "https://harbour.example/lamp", 1),
    "table.csv": (b"id,title,text\nrow,One,The first row of the table.\nrow,Two,The second row of it.\n", "row", 1),
}


@pytest.fixture(scope="module")
def doubled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    """An index of all inputs, made in one run, and its report."""
    folder = tmp_path_factory.mktemp("doubled")
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, (content, _, _) in INPUTS.items():
        (corpus / name).write_bytes(content)
    return folder / "index", index_corpus(folder / "index", [corpus], "fake")


@pytest.mark.parametrize("name", INPUTS)
def test_one_article_an_id_and_each_further_use_named(doubled: tuple[Path, Report], name: str) -> None:
    folder, report = doubled
    _, id_, further = INPUTS[name]
    named = [one for one in report.skipped if repr(id_) in one.reason]
    assert [one.reason.partition(", first used")[0] for one in named] == [f"a second use of the id {id_!r}"] * further
    assert all(one.place.path.name == name for one in named)
    with Engine(folder) as engine, engine.view() as view:
        article, paragraphs = view.article(id_)
        assert len(paragraphs) == 1
        assert "number 2" not in article.text
        assert "second" not in article.text


def test_the_index_of_them_is_whole_and_every_search_answers(doubled: tuple[Path, Report]) -> None:
    folder, report = doubled
    assert (report.articles, len(report.skipped)) == (len(INPUTS), sum(further for _, _, further in INPUTS.values()))
    assert verify_index(folder).faults == []
    assert index_status(folder).doubled_ids == []
    with Engine(folder) as engine:
        assert engine.search(SearchRequest("lighthouse keeper", limit=50)).hits


def test_a_path_named_again_is_a_second_use(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    report = index_corpus(tmp_path / "index", [tmp_path / "a.txt", tmp_path / "a.txt"], "fake")
    assert [one.reason for one in report.skipped] == ["a second use of the id 'a.txt', first used at the same place"]
    assert (report.articles, report.paragraphs) == (1, 1)
    assert verify_index(tmp_path / "index").faults == []


def test_an_array_on_one_line_that_is_mended(tmp_path: Path) -> None:
    file = tmp_path / "array.json"
    texts = ["climbed the stairs at dusk.", "on another island was sold.", "climbed the stairs at dawn instead."]
    articles = [{"id": id_, "text": f"The keeper {text}"} for id_, text in zip(("k1", "k2", "k1"), texts, strict=True)]
    file.write_text(json.dumps(articles))
    assert [str(one) for one in read_corpus([file]) if isinstance(one, Skipped)] == [
        f"{file}:1: a second use of the id 'k1', first used at the same place"
    ]
    index = tmp_path / "index"
    assert index_corpus(index, [file], "fake").articles == 2
    articles[2]["id"] = "k3"
    file.write_text(json.dumps(articles))
    report = index_corpus(index, [file])
    assert (report.articles, report.articles_added, report.skipped) == (3, 1, [])


# An index that an earlier version hurt


def hurt(folder: Path, id_: str, text: str) -> None:
    """Let an article in a second time, as earlier versions did: another record under the same id, with one paragraph
    of its own, whose words and vectors are made to be those of another article.
    """
    layout = IndexLayout(folder)
    generation = layout.current_number()
    with closing(sqlite3.connect(layout.store)) as connection, connection:
        connection.row_factory = sqlite3.Row
        connection.execute("DROP INDEX article_living")
        of_paragraph = "SELECT * FROM article WHERE id = (SELECT article_id FROM paragraph WHERE text = ?)"
        [lent] = connection.execute(of_paragraph, [text])
        values = {name: lent[name] for name in ARTICLE_COLUMNS} | {"id": id_, "added": generation}
        checksum = record_checksum([values[name] for name in ARTICLE_COLUMNS])
        connection.execute(
            "UPDATE article SET id = ?, added = ?, checksum = ? WHERE key = ?",
            [id_, generation, checksum, lent["key"]],
        )
        for record in connection.execute("SELECT * FROM paragraph WHERE article_id = ?", [lent["id"]]).fetchall():
            own = {name: record[name] for name in PARAGRAPH_COLUMNS}
            own |= {"article_id": id_, "id": record["id"].replace(lent["id"], id_)}
            connection.execute(
                "UPDATE paragraph SET id = ?, article_id = ?, checksum = ? WHERE row = ?",
                [own["id"], id_, record_checksum([own[name] for name in PARAGRAPH_COLUMNS]), record["row"]],
            )
    as_format_5(layout.generation(generation))


def as_format_5(generation: Generation) -> None:
    """Those versions knew no columns."""
    manifest = read_manifest(generation.manifest)
    files = tuple(one for one in manifest.files if not one.name.startswith("columns/"))
    shutil.rmtree(generation.columns)
    generation.manifest.write_text(replace(manifest, files=files, format=5).to_json(), "utf-8")


FIRST = {"id": "k1", "title": "Keeper", "text": "The lighthouse keeper climbed the stairs at dusk.", "language": "en"}
OTHER = {"id": "k2", "title": "Other", "text": "A lighthouse on another island was sold in spring.", "language": "en"}
SECOND = {**FIRST, "id": "lent", "text": "The lighthouse keeper climbed the stairs at dawn instead."}


@pytest.fixture
def hurt_index(tmp_path: Path, write_corpus: Write) -> Path:
    """An index in which k1 has two articles."""
    folder = tmp_path / "index"
    index_corpus(folder, [write_corpus([FIRST, OTHER, SECOND])], "fake")
    hurt(folder, "k1", str(SECOND["text"]))
    return folder


def test_it_is_read_without_a_crash(hurt_index: Path) -> None:
    with Engine(hurt_index) as engine, engine.view() as view:
        found = engine.search(SearchRequest("lighthouse keeper stairs", limit=50, context=1, filter="source != x"))
        assert {hit.article.id for hit in found.hits} == {"k1", "k2"}
        assert view.article("k1")[0].text == FIRST["text"]
        assert len(view.snapshot.store.paragraphs(view.snapshot.store.rows())) == 3
        assert view.context(view.snapshot.store.rows(), 1).keys() == {1, 2, 3}
    assert [one["id"] for one in export_articles(hurt_index)] == ["k1", "k2"]


def test_verify_status_and_doctor_notice(hurt_index: Path) -> None:
    [fault] = [one for one in verify_index(hurt_index).faults if "more than one" in one]
    assert "there is more than one article 'k1'. The next write mends it" in fault
    assert index_status(hurt_index).doubled_ids == ["k1"]
    [finding] = [one for one in examine(hurt_index) if "more than one article" in one.detail]
    assert (finding.subject, finding.ok) == ("index", False)
    assert "1 id has more than one article, such as 'k1'" in finding.detail
    shown = CliRunner().invoke(app, ["status", "--index", str(hurt_index)])
    assert "WRONG 1 id has more than one article, such as 'k1'." in shown.output


def heal_by_index(folder: Path, corpus: Path) -> Report:
    return index_corpus(folder, [corpus])


def heal_by_delete(folder: Path, corpus: Path) -> Report:
    return delete_articles(folder, ["k2"])


def heal_by_rebuild(folder: Path, corpus: Path) -> Report:
    return rebuild_index(folder)


@pytest.mark.parametrize("heal", [heal_by_index, heal_by_delete, heal_by_rebuild])
def test_the_next_write_heals_it(hurt_index: Path, write_corpus: Write, heal: Callable[[Path, Path], Report]) -> None:
    report = heal(hurt_index, write_corpus([FIRST, OTHER]))
    assert report.warnings[-1:] == ["1 ids had more than one article, such as 'k1': the first of each is kept."]
    assert report.committed
    assert verify_index(hurt_index).faults == []
    with Engine(hurt_index) as engine:
        hits = engine.search(SearchRequest("keeper stairs dawn", limit=50)).hits
        assert [hit.paragraph.text for hit in hits if hit.article.id == "k1"] == [FIRST["text"]]
    again = index_corpus(hurt_index, [write_corpus([FIRST])])
    assert (again.committed, again.warnings) == (False, [])


def test_going_back_to_a_hurt_generation_and_writing_from_there(hurt_index: Path, write_corpus: Write) -> None:
    rebuild_index(hurt_index)
    roll_back(hurt_index)
    assert index_status(hurt_index).doubled_ids == ["k1"]
    assert index_corpus(hurt_index, [write_corpus([FIRST, OTHER])]).committed
    assert verify_index(hurt_index).faults == []


def test_paragraphs_that_lost_their_article_are_removed(hurt_index: Path, write_corpus: Write) -> None:
    """What an earlier version left of a doubled article that it replaced."""
    with closing(sqlite3.connect(IndexLayout(hurt_index).store)) as connection, connection:
        connection.execute("UPDATE article SET removed = 1 WHERE key = 3")
    manifest = IndexLayout(hurt_index).generation(1).manifest
    manifest.write_text(replace(read_manifest(manifest), articles=2).to_json())  # it counted what was left
    assert any("rows are not among those of the articles" in one for one in verify_index(hurt_index).faults)
    report = index_corpus(hurt_index, [write_corpus([FIRST, OTHER])])
    assert report.warnings[-1:] == ["Paragraphs of no article, removed: 1."]
    assert verify_index(hurt_index).faults == []


def test_an_id_put_twice_in_one_write_is_one_article(hurt_index: Path) -> None:
    with writing(hurt_index, Making()) as write:
        for text in ("Draft one.", "Draft two.", "Draft two."):
            write.put(Draft(Place(Path("x")), "new", "", text, "en"))
        write.remove("new")
        write.put(Draft(Place(Path("x")), "new", "", "Draft three.", "en"))
        write.commit()
    assert verify_index(hurt_index).faults == []
    with closing(sqlite3.connect(IndexLayout(hurt_index).store)) as connection:
        living = VISIBLE.replace(":generation", "2")
        found = connection.execute(f"SELECT text FROM paragraph WHERE article_id = 'new' AND {living}").fetchall()
        articles = connection.execute(f"SELECT COUNT(*) FROM article WHERE id = 'new' AND {living}").fetchall()
    assert (found, articles) == ([("Draft three.",)], [(1,)])

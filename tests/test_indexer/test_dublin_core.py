"""Catalogues that name their fields as Dublin Core does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.inputs import Options

BRIDGES = "A study of iron bridges, their builders and their cost."
DSPACE = (
    "id,collection,dc.contributor.author[],dc.title[en],dc.date.issued[],dc.language.iso[en],{},dc.identifier.uri\n"
)
ROW = '7,10/1,"Doe, Jane",On bridges,1999-05-01,en,"{}",http://hdl.example/10/7\n'


def read(path: Path, text: str) -> list[Draft | Skipped]:
    path.write_text(text)
    return list(read_corpus([path]))


@pytest.mark.parametrize("prefix", ["dc:", "DC.", "dcterms:", "dct:"])
def test_a_record_in_json_lines(tmp_path: Path, prefix: str) -> None:
    record = {"identifier": "lib:1", "title": "On bridges", "date": "1999", "language": "eng", "description": BRIDGES}
    given = {prefix + name: value for name, value in record.items()} | {f"{prefix}creator": ["Doe, Jane"]}
    [draft] = read(tmp_path / "a.jsonl", json.dumps(given))
    assert isinstance(draft, Draft)
    assert (draft.id, draft.title, draft.date, draft.language) == ("lib:1", "On bridges", "1999", "en")
    assert (draft.text, draft.attributes) == (BRIDGES, {f"{prefix}creator": ["Doe, Jane"]})


def test_a_table_as_dspace_exports_it(tmp_path: Path) -> None:
    table = DSPACE.format("dc.description.abstract[en]") + ROW.format(BRIDGES)
    [draft] = read(tmp_path / "a.csv", table)
    assert isinstance(draft, Draft)
    assert (draft.id, draft.title, draft.date, draft.text) == ("7", "On bridges", "1999-05-01", BRIDGES)
    assert (draft.url, draft.attributes["dc.contributor.author[]"]) == ("http://hdl.example/10/7", "Doe, Jane")


def test_a_table_without_a_description_is_named_as_before(tmp_path: Path) -> None:
    [skipped] = read(tmp_path / "a.csv", DSPACE.format("dc.rights") + ROW.format("free"))
    assert isinstance(skipped, Skipped)
    assert skipped.reason.startswith("no column is named text: map one with --field text=")


def test_of_several_identifiers_the_first_is_the_id(tmp_path: Path) -> None:
    given = {"dcterms:identifier": ["http://x.example/9", "isbn:9"], "dcterms:title": "B", "dcterms:abstract": BRIDGES}
    [draft] = read(tmp_path / "a.json", json.dumps([given]))
    assert isinstance(draft, Draft)
    assert (draft.id, draft.url) == ("http://x.example/9", "http://x.example/9")


def test_our_names_go_before_and_a_bare_identifier_is_an_attribute(tmp_path: Path) -> None:
    given = {"id": "a", "title": "Ours", "dc:title": "Theirs", "text": BRIDGES, "identifier": "x"}
    [draft] = read(tmp_path / "a.jsonl", json.dumps(given))
    assert isinstance(draft, Draft)
    assert (draft.id, draft.title) == ("a", "Ours")
    assert draft.attributes == {"dc:title": "Theirs", "identifier": "x"}


NAMESPACES = (
    'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/"'
)
RECORD = (
    f"<oai_dc:dc {NAMESPACES}><dc:title>On bridges</dc:title><dc:title>Von Brücken</dc:title><dc:creator>Doe, Jane</dc:creator>"
    f"<dc:creator>Roe, Ann</dc:creator><dc:description>{BRIDGES}</dc:description><dc:date>[1759?]</dc:date><dc:language>eng</dc:language>"
    "<dc:identifier>isbn:9</dc:identifier><dc:identifier>http://hdl.example/10/7</dc:identifier></oai_dc:dc>"
)
GONE = '<record><header status="deleted"><identifier>oai:x:2</identifier></header></record>'


@pytest.mark.parametrize(
    ("written", "id_"),
    [
        (RECORD, "isbn:9"),
        (
            '<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2024-01-01</responseDate><ListRecords>'
            f"<record><header><identifier>oai:x:1</identifier></header><metadata>{RECORD}</metadata></record>{GONE}</ListRecords></OAI-PMH>",
            "oai:x:1",
        ),
        (
            '<zs:searchRetrieveResponse xmlns:zs="http://www.loc.gov/zing/srw/"><zs:records><zs:record><zs:recordData>'
            f"{RECORD}</zs:recordData></zs:record></zs:records></zs:searchRetrieveResponse>",
            "isbn:9",
        ),
    ],
    ids=["record", "OAI-PMH", "SRU"],
)
@pytest.mark.parametrize("name", ["a.xml", "a"])
def test_records_in_xml(tmp_path: Path, name: str, written: str, id_: str) -> None:
    (tmp_path / name).write_text(written)
    remarks = Remarks()
    [draft] = read_corpus([tmp_path / name], Options(remarks=remarks))
    assert isinstance(draft, Draft)
    assert (draft.id, draft.title, draft.text, draft.language) == (id_, "On bridges", BRIDGES, "en")
    assert (draft.date, draft.url) == ("1759", "http://hdl.example/10/7")
    assert draft.attributes["dc:creator"] == ["Doe, Jane", "Roe, Ann"]
    assert draft.attributes["dc:title 2"] == "Von Brücken"
    assert remarks.counts() == ({"deleted records": 1} if "OAI-PMH" in written else {})


def test_a_record_in_xml_that_says_nothing_of_its_work_is_named(tmp_path: Path) -> None:
    [skipped] = read(tmp_path / "a.xml", RECORD.replace("dc:description", "dc:rights"))
    assert isinstance(skipped, Skipped)
    assert skipped.reason.startswith("the article has no text: no abstract and no description")

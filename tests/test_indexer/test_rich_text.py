"""Texts that editors keep as JSON, and the fields and envelopes of other programs, are articles with their paragraphs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft
from paraglot.indexer.readers.text.rich_text import html_of

ONE = "The council decided on Monday to build a new bridge."
TWO = "The old mill will be torn down in the spring of next year."
SPLIT = [ONE[:12], ONE[12:]]
MARKED: list[dict[str, Any]] = [
    {"type": "text", "text": SPLIT[0], "marks": [{"type": "bold"}]},
    {"type": "text", "text": SPLIT[1]},
]
PROSE = {
    "type": "doc",
    "content": [
        {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Head"}]},
        {"type": "paragraph", "content": MARKED},
        {"type": "bulletList", "content": [{"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": TWO}]}]}]},
    ],
}  # fmt: skip
EDITOR_JS = {
    "time": 1,
    "blocks": [
        {"id": "x", "type": "header", "data": {"text": "Head", "level": 2}},
        {"id": "y", "type": "paragraph", "data": {"text": f"<b>{SPLIT[0]}</b>{SPLIT[1]}"}},
        {"id": "z", "type": "list", "data": {"style": "unordered", "items": [TWO]}},
    ],
}
PORTABLE = [
    {"_type": "block", "style": "h2", "children": [{"_type": "span", "text": "Head"}]},
    {"_type": "block", "style": "normal", "children": [{"_type": "span", "text": one} for one in SPLIT]},
    {"_type": "image", "asset": {"_ref": "x"}},
    {"_type": "block", "listItem": "bullet", "children": [{"_type": "span", "text": TWO}]},
]
DRAFT_JS = {
    "blocks": [
        {"key": "1", "text": "Head", "type": "header-two"},
        {"key": "2", "text": ONE, "type": "unstyled"},
        {"key": "3", "text": TWO, "type": "unordered-list-item"},
    ],
    "entityMap": {},
}
SLATE = [
    {"type": "heading-two", "children": [{"text": "Head"}]},
    {"type": "paragraph", "children": [{"text": one} for one in SPLIT]},
    {"type": "paragraph", "children": [{"text": TWO}]},
]
QUILL = {
    "ops": [{"insert": "Head"}, {"insert": "\n", "attributes": {"header": 2}}]
    + [{"insert": one, "attributes": {"bold": True}} for one in SPLIT]
    + [{"insert": f"\n{TWO}\n"}, {"insert": {"image": "x"}}]
}
LEXICAL = {
    "root": {
        "type": "root",
        "children": [
            {"type": "heading", "tag": "h2", "children": [{"type": "text", "text": "Head"}]},
            {"type": "paragraph", "children": [{"type": "text", "text": one} for one in SPLIT]},
            {"type": "list", "children": [{"type": "listitem", "children": [{"type": "text", "text": TWO}]}]},
        ],
    }
}
NOTION = [
    {"type": "heading_2", "heading_2": {"rich_text": [{"plain_text": "Head"}]}},
    {"type": "paragraph", "paragraph": {"rich_text": [{"type": "text", "plain_text": one} for one in SPLIT]}},
    {"type": "paragraph", "paragraph": {"rich_text": [{"plain_text": TWO}]}},
]
CONTENTFUL = {
    "nodeType": "document",
    "content": [
        {"nodeType": "heading-2", "content": [{"nodeType": "text", "value": "Head"}]},
        {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": one} for one in SPLIT]},
        {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": TWO}]},
    ],
}
GUTENBERG = [{"blockName": "core/heading", "innerHTML": "<h2>Head</h2>"}] + [
    {"blockName": "core/paragraph", "innerHTML": f"<p>{one}</p>"} for one in (ONE, TWO)
]
MOBILEDOC = {
    "version": "0.3.1",
    "sections": [[1, "h2", [[0, [], 0, "Head"]]], [1, "p", [[0, [], 0, one] for one in SPLIT]], [3, "ul", [[[0, [], 0, TWO]]]]],
}  # fmt: skip
RICH = [PROSE, EDITOR_JS, PORTABLE, DRAFT_JS, SLATE, QUILL, LEXICAL, NOTION, CONTENTFUL, GUTENBERG, MOBILEDOC]


def read(tmp_path: Path, value: object) -> Draft:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(value, ensure_ascii=False))
    [found] = read_corpus([path])
    assert isinstance(found, Draft), str(found)
    return found


@pytest.mark.parametrize("field", ["content", "text", "body"])
@pytest.mark.parametrize("rich", range(len(RICH)))
def test_rich_texts_keep_paragraphs_and_headings(tmp_path: Path, rich: int, field: str) -> None:
    value: object = RICH[rich] if field != "body" else json.dumps(RICH[rich])
    draft = read(tmp_path, {"id": "a", "title": "T", field: value})
    assert [(one.heading, one.text) for one in draft.blocks or ()] == [("Head", ONE), ("Head", TWO)]


@pytest.mark.parametrize(
    "plain", ["{not json}", '{"a": 1}', "[1] a note", '[{"a": 1}]', "[[x]]", {"rendered": "x"}, ["a", "b"], 7, None]
)
def test_what_is_no_rich_text_is_none(plain: object) -> None:
    assert html_of(plain) == ""


def test_signs_in_words_are_words(tmp_path: Path) -> None:
    said = {
        "type": "doc",
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": "a < b & <i>c</i>"}]}],
    }
    assert read(tmp_path, {"id": "a", "text": said}).text == "a < b & <i>c</i>"


def test_texts_by_language(tmp_path: Path) -> None:
    german = "Der Stadtrat beschloss am Montag den Bau einer neuen Brücke."
    draft = read(tmp_path, {"id": "a", "title": {"de": "Brücke", "en": "Bridge"}, "text": {"de": german, "en-US": ONE}})
    assert draft.title == "Bridge"
    assert [(one.language, one.text) for one in draft.blocks or ()] == [("de", german), ("en-US", ONE)]


LONG = {"id": "a", "title": "T", "url": "https://x.example/a"}


@pytest.mark.parametrize(
    "value",
    [
        {**LONG, "lead_paragraph": ONE},
        {**LONG, "standfirst": ONE},
        {**LONG, "dek": ONE},
        {"id": "a", "headline": {"main": "T", "print": "P"}, "text": ONE, "link": LONG["url"]},
        {"id": "a", "title": {"rendered": "T"}, "content": ONE, "permalink": LONG["url"]},
        {"id": "a", "title": "T", "text": ONE, "canonical": LONG["url"], "link": "not an address"},
        {"response": {"docs": [{**LONG, "text": [ONE]}]}},
        {"hits": {"hits": [{"_id": "a", "_source": {"title": "T", "url": LONG["url"], "text": ONE}}]}},
        {"data": [{**LONG, "body": ONE}], "meta": {}},
        {"data": {"posts": {"edges": [{"node": {**LONG, "content": f"<p>{ONE}</p>"}}]}}},
        {"response": {"results": [{"id": "a", "webTitle": "T", "webUrl": LONG["url"], "fields": {"bodyText": ONE}}]}},
        {"status": "ok", "articles": [{**LONG, "description": ONE}]},
        {
            "sys": {"id": "a"},
            "fields": {"title": {"en-US": "T"}, "url": {"en-US": LONG["url"]}, "body": {"en-US": ONE}},
        },
    ],
)
def test_fields_and_envelopes_of_other_programs(tmp_path: Path, value: object) -> None:
    draft = read(tmp_path, value)
    assert (draft.id, draft.title, draft.url, draft.text) == ("a", "T", LONG["url"], ONE)


def test_sections_of_one_article(tmp_path: Path) -> None:
    parts = [{"heading": "First", "text": ONE}, {"heading": "Second", "text": TWO}]
    draft = read(tmp_path, {"id": "a", "title": "T", "sections": parts})
    assert [(one.heading, one.text) for one in draft.blocks or ()] == [("First", ONE), ("Second", TWO)]


def test_nothing_is_nested_too_deeply(tmp_path: Path) -> None:
    value: object = {"type": "text", "text": "x"}
    for _ in range(500):
        value = {"type": "quote", "content": [value]}
    assert html_of({"content": [value]}) == ""


CODE = ["<pre>a = 1<br>b = 2</pre>", "a = 1\nb = 2"]


@pytest.mark.parametrize(
    "value",
    [
        {"type": "doc", "content": [{"type": "codeBlock", "content": [{"type": "text", "text": CODE[1]}]}]},
        {"blocks": [{"type": "code", "data": {"code": CODE[1]}}]},
        {"ops": [{"insert": one} | at for line in CODE[1].split("\n") for one, at in ((line, {}), ("\n", {"attributes": {"code-block": True}}))]},
    ],
)  # fmt: skip
def test_programs_keep_their_lines(value: object) -> None:
    assert html_of(value) == CODE[0]

"""JSON as other programs write it: wrapped, without ids, with fields of other kinds. No field costs its article."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.fields import draft_of
from paraglot.indexer.corpus.language_names import _codes, language_tag
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.inputs import Options
from paraglot.search.text.languages import LANGUAGES

TEXT = "Otters came back to the river near the old mill."
ONE, TWO = ({"id": name, "title": "Otters", "text": TEXT} for name in ("a", "b"))


def read(tmp_path: Path, name: str, content: str | bytes) -> tuple[list[Draft], list[Skipped], dict[str, int]]:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    remarks = Remarks()
    found = list(read_corpus([path], Options(remarks=remarks)))
    return (
        [one for one in found if isinstance(one, Draft)],
        [one for one in found if isinstance(one, Skipped)],
        remarks.counts(),
    )


def lines(*values: object) -> str:
    return "\n".join(map(json.dumps, values))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pretty.jsonl", f"{json.dumps(ONE, indent=2)}\n{json.dumps(TWO, indent=2)}"),
        ("array.jsonl", json.dumps([ONE, TWO])),
        ("pretty_array.jsonl", json.dumps([ONE, TWO], indent=1)),
        ("arrays.json", f"{json.dumps([ONE])}\n{json.dumps([TWO])}"),
        ("wide.jsonl", lines(ONE, TWO).encode("utf-16")),
        ("unmarked.jsonl", lines(ONE, TWO).encode("utf-16-le")),
        ("unmarked.json", json.dumps([ONE, TWO]).encode("utf-16-be")),
        ("commas.jsonl", f"{json.dumps(ONE)},\n{json.dumps(TWO)},\n"),
        ("trailing.json", f"[{json.dumps(ONE)},\n{json.dumps(TWO)},\n]"),
        ("beside.jsonl", f"{json.dumps(ONE)}{json.dumps(TWO)}\n"),
        ("beside_too.jsonl", f"{json.dumps(ONE)}, {json.dumps(TWO)},\n"),
        ("separated.jsonl", f"\x1e{json.dumps(ONE)}\n\x1e{json.dumps(TWO)}\n"),
        ("wrapped.json", json.dumps({"total": 2, "articles": [ONE, TWO]}, indent=1)),
        ("wrapped.jsonl", json.dumps({"data": {"items": [ONE, TWO]}})),
        ("sections.json", json.dumps({"news": [ONE], "sport": [TWO], "tags": [{"name": "x"}]})),
        ("by_id.json", json.dumps({"a": {"text": TEXT}, "b": {"text": TEXT}})),
        ("ghost.json", json.dumps({"db": [{"data": {"posts": [
            {"id": "a", "html": f"<p>{TEXT}</p>"}, {"id": "b", "html": f"<p>{TEXT}</p>", "status": "published"},
            {"id": "c", "html": "<p>Not yet.</p>", "status": "draft"},
            {"id": "d", "html": "<p>Paid.</p>", "visibility": "paid"},
        ]}}]})),
        ("hits.json", json.dumps({"took": 3, "hits": {"hits": [{"_id": "a", "_source": ONE}, {"_id": "b", "_source": {"text": TEXT}}]}})),
        ("sources.jsonl", lines({"_id": "a", "_source": {"text": TEXT}}, {"_id": "b", "_source": TWO})),
        ("bulk.jsonl", lines({"index": {"_id": "a"}}, {"text": TEXT}, {"create": {"_id": "b"}}, {"text": TEXT})),
        ("places.json", json.dumps({"features": [{"id": "a", "properties": {"text": TEXT}}, {"id": "b", "properties": {"text": TEXT}}]})),
        ("summaries.json", json.dumps({"articles": [{"id": "a", "content": TEXT}, {"id": "b", "content": None, "description": TEXT}]})),
        ("solr.json", json.dumps({"response": {"docs": [ONE, TWO]}})),
        ("couch.json", json.dumps({"rows": [{"id": "a", "doc": {"_id": "a", "text": TEXT}}, {"id": "b", "doc": {"_id": "b", "text": TEXT}}]})),
        ("json_api.json", json.dumps({"data": [{"id": "a", "attributes": {"body": TEXT}}, {"id": "b", "attributes": {"body": TEXT}}]})),
        ("wordpress.json", json.dumps([{"id": n, "title": {"rendered": "T"}, "content": {"rendered": TEXT}} for n in "ab"])),
        ("mongo.jsonl", lines(*({"_id": {"$oid": n}, "text": TEXT, "date": {"$date": "2024-01-01T00:00:00Z"}} for n in "ab"))),
    ],
)  # fmt: skip
def test_two_articles(tmp_path: Path, name: str, content: str) -> None:
    drafts, skipped, _ = read(tmp_path, name, content)
    assert [(draft.id, draft.text) for draft in drafts] == [("a", TEXT), ("b", TEXT)]
    assert skipped == []


def test_what_ghost_does_not_show_is_counted(tmp_path: Path) -> None:
    posts = [{"id": name, "html": "<p>One.</p>", "status": name} for name in ("published", "draft", "scheduled")]
    drafts, _, left_out = read(tmp_path, "g.json", json.dumps({"db": [{"data": {"posts": posts}}]}))
    assert ([draft.id for draft in drafts], left_out) == (["published"], {"unpublished posts": 2})


@pytest.mark.parametrize(
    "broken",
    ['{"id":"x", text: "no quotes"}', '{"id": "x", "text": "\\q"}', "{'id': 'x'}", '{"a": {"b": [1, 2}}', "nonsense"],
)
@pytest.mark.parametrize("between", [", ", ",\n"])
def test_one_bad_element_costs_itself_alone(tmp_path: Path, broken: str, between: str) -> None:
    content = "[" + between.join([json.dumps(ONE), broken, json.dumps(TWO)]) + "]"
    drafts, [skipped], _ = read(tmp_path, "a.json", content)
    assert [draft.id for draft in drafts] == ["a", "b"]
    assert (skipped.place.line, skipped.reason[:8]) == (1 + between.count("\n"), "not JSON")


@pytest.mark.parametrize(
    "fields",
    [
        {"title": 7},
        {"title": None},
        {"title": ["Otters"]},
        {"title": {"rendered": "Otters"}},
        {"source": {"name": "Post", "url": "https://v.example"}},
        {"url": ""},
        {"url": None},
        {"author": [{"name": "Ana"}]},
        {"score": float("nan")},
        {"scores": [1.0, float("-inf")]},
        {"language": ""},
        {"language": "klingonese"},
        {"language": ["en", "fr"]},
        {"language": 3},
        {"date": "yesterday"},
        {"date": {"a": 1}},
        {"note": "half \ud83d of one"},
        {"id": 1.0},
        {"id": True},
        {"id": "x" * 600},
        {"id": None, "url": "https://v.example/1"},
        {"id": "  n7 "},
        {"paragraphs": []},
        {"paragraphs": None},
        {"text": "", "paragraphs": [TEXT]},
        {"text": [TEXT]},
        {"text": None, "paragraphs": TEXT},
        {"text": None, "paragraphs": [{"text": TEXT}]},
        {"text": None, "content": TEXT},
        {"text": None, "body": TEXT},
        {"text": None, "content_html": f"<p>{TEXT}</p>"},
        {"text": None, "Text": TEXT},
    ],
)
def test_no_field_costs_its_article(tmp_path: Path, fields: dict[str, object]) -> None:
    [draft], skipped, _ = read(tmp_path, "a.jsonl", json.dumps({"id": "a", "text": TEXT, **fields}))
    assert (draft.text, skipped) == (TEXT, [])
    assert draft.id


def test_what_is_made_of_fields(tmp_path: Path) -> None:
    given = {
        "Title": 7,
        "text": TEXT,
        "Source": {"name": "Post", "city": "X"},
        "language": "unknown",
        "date": "soon",
        "n": float("nan"),
    }
    [draft], _, left_out = read(tmp_path, "a.jsonl", json.dumps(given))
    [again], _, _ = read(tmp_path, "a.jsonl", f"\n{json.dumps(given)}")
    assert draft.id == again.id
    assert draft.id.startswith("a.jsonl#")
    assert (draft.title, draft.source, draft.language, draft.date) == ("7", "Post", None, None)
    assert draft.attributes == {
        "source_as_given": {"name": "Post", "city": "X"},
        "language_as_given": "unknown",
        "date_as_given": "soon",
    }
    assert left_out == {"dates that cannot be told": 1, "unknown languages": 1}


def test_an_article_without_text_says_which_fields_it_has(tmp_path: Path) -> None:
    _, [skipped], _ = read(tmp_path, "a.json", json.dumps({"id": 1, "story": TEXT, "paper": "x"}))
    assert skipped.reason == (
        "the article has no text: if one of its fields (story, paper) holds it, call that text (of files: --field text=story)"
    )


@pytest.mark.parametrize(
    ("given", "tag"),
    [
        *(("ger", "de"), ("deu", "de"), ("eng", "en"), ("fre", "fr"), ("zho", "zh"), ("chi", "zh"), ("jpn", "ja")),
        *(("nor", "no"), ("slo", "sk"), ("EN", "en"), ("en_US", "en-US"), ("en-us", "en-US"), ("german", "de")),
        *(("Deutsch", "de"), ("français", "fr"), ("немецкий", "de"), ("中文", "zh"), ("de_DE.UTF-8", "de-DE")),
        *(("Chinese (Simplified)", "zh"), ("zh-CHT", "zh-Hant"), ("de-x-formal", "de"), ("iw", "he"), ("jp", "ja")),
        *(("http://id.loc.gov/vocabulary/iso639-2/ger", "de"), ("cmn-Hans-CN", "zh-Hans-CN"), ("gsw", "gsw")),
    ],
)
def test_languages_by_codes_and_names(given: str, tag: str) -> None:
    assert language_tag(given) == tag


@pytest.mark.parametrize("given", ["und", "mul", "zxx", "mis", "xx", "", "C", "en, de", "unknown", "x-default", "1"])
def test_what_names_no_one_language(given: str) -> None:
    with pytest.raises(ValueError, match="is not a language tag"):
        language_tag(given)


def test_languages_of_the_table_need_no_other() -> None:
    """They are taken without CLDR, whose tables would cost every small run four megabytes."""
    assert set(LANGUAGES) <= _codes()


def test_deep_fields_are_left_out(tmp_path: Path) -> None:
    deep: object = "x"
    for _ in range(60):
        deep = {"a": deep}
    [draft], _, left_out = read(tmp_path, "a.jsonl", json.dumps({"id": "a", "text": TEXT, "deep": deep, "flat": 1}))
    assert (dict(draft.attributes), left_out) == ({"flat": 1}, {"fields nested too deeply": 1})
    assert draft_of(draft.place, {"text": TEXT, "flat": [[1]]}, Options()).attributes == {"flat": [[1]]}


def test_lines_in_the_encoding_that_is_said(tmp_path: Path) -> None:
    said = "Сборщики вернулись на реку у старой мельницы."
    (tmp_path / "a.jsonl").write_bytes(
        "\n".join(json.dumps({"id": name, "text": said}, ensure_ascii=False) for name in "ab").encode("cp1251")
    )
    found = list(read_corpus([tmp_path], Options(encoding="cp1251")))
    assert [one.text for one in found if isinstance(one, Draft)] == [said, said]


def test_what_readers_of_a_wordpress_site_do_not_see_is_left_out(tmp_path: Path) -> None:
    posts = [
        {
            "id": name,
            "title": {"rendered": name},
            "content": {"rendered": f"<p>{TEXT}</p>", "protected": locked},
            **status,
        }
        for name, locked, status in (
            ("seen", False, {"status": "publish"}),
            ("said nothing", False, {}),
            ("draft", False, {"status": "draft"}),
            ("private", False, {"status": "private"}),
            ("locked", True, {"status": "publish"}),
        )
    ]
    for name, content in (("a.json", json.dumps(posts)), ("a.jsonl", lines(*posts))):
        drafts, _, left_out = read(tmp_path, name, content)
        assert ([one.id for one in drafts], left_out) == (["seen", "said nothing"], {"unpublished posts": 3})


def test_of_several_addresses_the_first_counts(tmp_path: Path) -> None:
    given = {"id": "a", "text": TEXT, "url": ["n/a", "https://a.example/1", "https://a.example/2"], "langcode": "de"}
    [draft], _, _ = read(tmp_path, "a.jsonl", json.dumps(given))
    assert (draft.url, draft.attributes["url_as_given"]) == ("https://a.example/1", given["url"])
    assert draft.language == "de"


def test_a_month_in_an_object(tmp_path: Path) -> None:
    [draft], _, _ = read(tmp_path, "a.jsonl", json.dumps({"id": "a", "text": TEXT, "date": {"year": 2024, "month": 5}}))
    assert draft.date == "2024-05"


def test_a_table_that_is_called_a_text(tmp_path: Path) -> None:
    """What Excel saves as Unicode text."""
    drafts, skipped, _ = read(tmp_path, "a.txt", f"id\ttitle\ttext\r\n1\tWeir\t{TEXT}\r\n".encode("utf-16"))
    assert [(one.id, one.title, one.text, skipped) for one in drafts] == [("1", "Weir", TEXT, [])]


def test_records_after_separators_whatever_the_name(tmp_path: Path) -> None:
    lines = "".join(f"\x1e{json.dumps({'id': name, 'text': TEXT})}\n" for name in "ab")
    drafts, skipped, _ = read(tmp_path, "a.json-seq", lines)
    assert ([one.id for one in drafts], skipped) == (["a", "b"], [])

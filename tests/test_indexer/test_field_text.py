"""HTML and Markdown in text fields are read as such where the evidence is there, and only there."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from paraglot.api.cli.reading import reading_options
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.inputs import Options
from paraglot.indexer.readers.text.field_text import kind_of
from paraglot.search.errors import InvalidRequest

HTML = (
    "<p>The <strong>decay</strong>ing weir&nbsp;was kept &ndash; for now.</p><h2>What comes next</h2>"
    "<p>Work begins in <em>Sep</em>tember.<br>It lasts until spring.</p><script>var tracker=1;</script>"
)
READ = [
    ("", "The decaying weir was kept – for now."),
    ("What comes next", "Work begins in September. It lasts until spring."),
]
MARKDOWN = (
    "# The weir\n\nThe **weir** was kept, see [the plan](https://w.example/plan).\n\n## Next\n\n- sluice\n- ladder"
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (HTML, "html"),
        ("<p>One.<p>Two.", "html"),
        ("One.<br>Two.", "html"),
        ("One.<BR/>Two.", "html"),
        ('A <a href="x">link</a>.', "html"),
        ("A <b>word</b>.", "html"),
        ('<img src="a.jpg" alt="x"> words', "html"),
        ("Bread &amp; tax", "entities"),
        ("Caf&#233;", "entities"),
        ("&lt;p&gt;Escaped.&lt;/p&gt;", "escaped"),
        (MARKDOWN, "markdown"),
        ("See [the plan](https://w.example).", "markdown"),
        ("# One\n\nText.\n\n# Two\n\nText.", "markdown"),
        ("Where a < b and b > c, and x <y> z.", "plain"),
        ("A List<String> and a Map<K, V> of <T>.", "plain"),
        ("Use the <em> element, and <div> too.", "plain"),
        ("AT&T; R&D, ?a=1&copy=2 and &nothing;.", "plain"),
        ("I <3 you, he wrote <ana@x.example>.", "plain"),
        ("# A heading alone\n\nText.", "plain"),
        ("- one\n- two", "plain"),
        ("2**3 and **kwargs, [sic] (1999), a[0](x)", "plain"),
        ("", "plain"),
    ],
)
def test_evidence(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def written(path: Path, fields: dict[str, object]) -> Path:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([fields.keys(), fields.values()])
    else:
        path.write_text(json.dumps(fields if path.suffix == ".jsonl" else [fields]), "utf-8")
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv"])
def test_html_in_every_format(tmp_path: Path, name: str) -> None:
    remarks = Remarks()
    path = written(tmp_path / name, {"id": "a", "title": "The weir &amp; the <i>mill</i>", "text": HTML})
    [draft] = read_corpus([path], Options(remarks=remarks))
    assert isinstance(draft, Draft)
    assert (draft.title, [(one.heading, one.text) for one in draft.blocks or ()]) == ("The weir & the mill", READ)
    assert remarks.warned() == ["Texts read as HTML: 1; --text plain reads texts as they stand."]


def one(path: Path, text: object, options: Options, name: str = "text") -> Draft:
    [draft] = read_corpus([written(path / "a.jsonl", {"id": "a", name: text})], options)
    assert isinstance(draft, Draft)
    return draft


def test_marks_of_xml_that_an_export_left_are_no_text(tmp_path: Path) -> None:
    texts = [f"<![CDATA[{HTML}]]>", "<![CDATA[The weir stays.]]>", "It is <![CDATA[ open."]
    lines = [json.dumps({"id": str(number), "text": text}) for number, text in enumerate(texts)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    html, plain, other = (draft for draft in read_corpus([tmp_path]) if isinstance(draft, Draft))
    assert html.text.startswith("The decaying weir was kept – for now.")
    assert html.text.endswith("It lasts until spring.")
    assert (plain.text, other.text) == ("The weir stays.", "It is <![CDATA[ open.")


def test_as_it_is_said(tmp_path: Path) -> None:
    plain = one(tmp_path, HTML, reading_options([], None, "plain"))
    assert (plain.text, plain.blocks) == (HTML, None)
    both = "One <b>two</b> *three*."
    assert one(tmp_path, both, reading_options([], None, "html")).text == "One two *three*."
    assert one(tmp_path, both, reading_options([], None, "markdown")).text == "One two three."
    with pytest.raises(InvalidRequest, match="--text must be one of auto, html, markdown, plain"):
        reading_options([], None, "word")


def test_paragraphs_entities_and_markdown(tmp_path: Path) -> None:
    given = one(tmp_path, ["<p>One <b>two</b>.</p>", "Three, plain."], Options(), "paragraphs")
    assert [block.text for block in given.blocks or ()] == ["One two.", "Three, plain."]
    assert one(tmp_path, "Bread &amp; tax.\n\nMore &lt;em&gt;.", Options()).text == "Bread & tax.\n\nMore <em>."
    lines = one(tmp_path, "<b>One</b> paragraph.\n\nAnother one.", Options())
    assert [block.text for block in lines.blocks or ()] == ["One paragraph.", "Another one."]
    marked = one(tmp_path, MARKDOWN, Options())
    assert (marked.blocks or ())[0].text == "The weir was kept, see the plan."

"""Markdown as its dialects write it: front matter of every kind, and words without the signs that are no CommonMark."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.readers.body import TOO_DEEP
from paraglot.indexer.readers.inputs import Options
from paraglot.indexer.readers.text.field_text import TOO_MANY_SIGNS
from paraglot.indexer.readers.text.mdx import without_code

TEXT = "The council decided on Monday to build a new bridge."


def read(tmp_path: Path, text: str) -> Draft:
    path = tmp_path / "a.md"
    path.write_text(text)
    [found] = read_corpus([path])
    assert isinstance(found, Draft), str(found)
    return found


@pytest.mark.parametrize(
    "above",
    [
        "---\ntitle: Bridge\ndate: 2023-10-02\n---",
        "---yaml\ntitle: Bridge\ndate: 2023-10-02\n---",
        '+++\ntitle = "Bridge"\ndate = 2023-10-02\n+++',
        '---toml\ntitle = "Bridge"\ndate = 2023-10-02\n---',
        '{\n  "title": "Bridge",\n  "date": "2023-10-02"\n}\n',
        ';;;\n{"title": "Bridge", "date": "2023-10-02"}\n;;;',
        '---json\n{"title": "Bridge", "date": "2023-10-02"}\n---',
        "Title: Bridge\nDate: 2023-10-02\nAuthor: Ana\n",
    ],
)
def test_front_matter_of_every_kind(tmp_path: Path, above: str) -> None:
    draft = read(tmp_path, f"{above}\n{TEXT}\n")
    assert (draft.title, draft.date, draft.text) == ("Bridge", "2023-10-02", TEXT)


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("# Setting it up {#setup}", "Setting it up"),
        ("# Setting it up {: #setup .wide}", "Setting it up"),
        ("# The `init` of **all** [plans](plans.md)", "The init of all plans"),
        ("Stars \\* &amp; *stripes* {#stars}\n=====", "Stars * & stripes"),
        ('# <a id="x"></a>Mill', "Mill"),
        ("# The mark `{#name}` and `<b>`", "The mark {#name} and <b>"),
        ("# 2. Tools for C#", "2. Tools for C#"),
    ],
)
def test_the_heading_that_is_the_title_loses_its_signs(tmp_path: Path, heading: str, title: str) -> None:
    draft = read(tmp_path, f"{heading}\n\n{TEXT}\n")
    assert (draft.title, draft.text) == (title, TEXT)


@pytest.mark.parametrize("above", ["{{< note >}}", "{not json}", "{"])
def test_a_brace_alone_is_no_front_matter(tmp_path: Path, above: str) -> None:
    assert read(tmp_path, f"{above}\n\n{TEXT}\n").text.endswith(TEXT)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (f"{TEXT}[^1]\n\n[^1]: By eleven votes.", [TEXT, "By eleven votes."]),
        ("Mill\n: A house that grinds.\n: A machine.", ["Mill A house that grinds. A machine."]),
        ("- [ ] Oil the gate\n- [x] Mend the weir", ["Oil the gate\nMend the weir"]),
        ("> [!NOTE]\n> The road is closed.", ["The road is closed."]),
        (":::warning\nThe road is closed.\n:::", ["The road is closed."]),
        ("A ~~lost~~ ==marked== H~2~O and x^2^.", ["A lost marked H2O and x2."]),
        ('{{< figure src="x" >}}\n\nThe mill. {#id .c}', ["The mill."]),
        ("```\na[^1] == b\n```\n\nThe mill[^2].", ["a[^1] == b", "The mill."]),
        ("`[^abc]`, `{#if}`, ``a==`b`==c`` and `x==1 or y==2`[^1].", ["[^abc], {#if}, a==`b`==c and x==1 or y==2."]),
        ("The mill grinds. {: .note #mill}", ["The mill grinds."]),
        ("a == b and c == d, 5 ~ 6", ["a == b and c == d, 5 ~ 6"]),
    ],
)
def test_signs_of_dialects_are_no_words(tmp_path: Path, written: str, read_as: list[str]) -> None:
    draft = read(tmp_path, f"# T\n\n{written}\n")
    assert " ".join(one.text for one in draft.blocks or ()) == " ".join(read_as)


@pytest.mark.parametrize("signs", ["_a_ __b ", "![[", "![[](", "[", "a\n", "a\n\n", "- a\n", "# a\n", "|a|b\n"])
def test_a_long_text_of_hardly_more_than_signs_is_read_as_plain(tmp_path: Path, signs: str) -> None:
    """Each sign costs the parser so much that a megabyte of them took up to 30 s."""
    path = tmp_path / "a.md"
    path.write_text(f"# T\n\n{TEXT}\n\n{signs * (30_000 // len(signs))}")
    options = Options()
    [draft] = read_corpus([path], options)
    assert isinstance(draft, Draft)
    assert draft.blocks is not None
    assert draft.title == "T"
    assert draft.blocks[1].text == TEXT
    assert draft.blocks[2].text.startswith(signs.strip())
    assert options.remarks.warned() == [f"{path}:1: {TOO_MANY_SIGNS}"]


@pytest.mark.parametrize(
    "text",
    [
        "- **Mill**: a house that *grinds*, see [it](https://m.example/mill).\n" * 500,
        "The **mill** [stands](https://m.example) by the `weir`.\n\n" * 500,
        "| Mill of the town | 1,203 tons |\n|---|---|\n" + "| The other mill | 1,145 tons |\n" * 800,
        "<table><tr><td>1</td><td>2</td></tr></table>\n\n" * 500 + "**mill**",
        "_a_ __b__ " * 1000,
    ],
)
def test_a_text_with_many_signs_is_still_markdown(tmp_path: Path, text: str) -> None:
    draft = read(tmp_path, f"# T\n\n{text}")
    assert not any(sign in draft.text for sign in ("**", "](", "|--", "<td>", "_a_"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "> " * 20 + TEXT),
        ("a.md", "- " * 10 + TEXT),
        ("a.md", "<div>" * 300 + TEXT),
        ("a.html", "<div>" * 300 + TEXT),
        ("a.html", "<ul><li>" * 300 + TEXT),
        ("a.jsonl", json.dumps({"id": "a", "text": "<div>" * 300 + TEXT + "</div>"})),
        ("a.jsonl", json.dumps({"id": "a", "text": ">" * 30 + " [a](/b) is a link"})),
    ],
)
def test_what_is_nested_too_deeply_is_said_to_be(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    [found] = read_corpus([tmp_path / name])
    assert isinstance(found, Skipped), found
    assert found.reason.endswith(TOO_DEEP)


@pytest.mark.parametrize(
    ("name", "text", "read_as"),
    [
        ("a.md", "> " * 19 + TEXT, TEXT),
        ("a.md", "- " * 9 + TEXT, TEXT),
        ("a.html", "<div>" * 240 + TEXT, TEXT),
        ("a.md", "<!-- -->", "the article has no text"),
    ],
)
def test_what_is_less_deep_is_read(tmp_path: Path, name: str, text: str, read_as: str) -> None:
    (tmp_path / name).write_text(text)
    [found] = read_corpus([tmp_path / name])
    assert (found.text if isinstance(found, Draft) else found.reason) == read_as


@pytest.mark.parametrize("name", ["a.md", "a.html"])
def test_a_part_that_is_nested_too_deeply_is_counted(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(f"<p>{TEXT}</p>\n\n{'<div>' * 300}A secret.")
    options = Options()
    [draft] = read_corpus([tmp_path / name], options)
    assert isinstance(draft, Draft)
    assert (draft.text, options.remarks.counts()) == (TEXT, {"parts nested too deeply": 1})


@pytest.mark.parametrize("rows", [1, 2, 9])
def test_a_list_and_a_table_are_one_paragraph_each(tmp_path: Path, rows: int) -> None:
    table = "| town | what it did |\n|---|---|\n" + f"| Oakmoor | {TEXT} |\n" * rows
    items = f"- {TEXT}\n" * rows
    draft = read(tmp_path, f"# Bridge\n\n{table}\n{items}\nAfter it.\n")
    assert [one.text for one in draft.blocks or ()] == [
        "\n".join(["town | what it did", *[f"Oakmoor | {TEXT}"] * rows]),
        "\n".join([TEXT] * rows),
        "After it.",
    ]


def test_mdx_is_markdown_without_its_code(tmp_path: Path) -> None:
    path = tmp_path / "a.mdx"
    path.write_text(
        "---\ntitle: Bridge\n---\nimport Tabs from '@theme/Tabs'\nimport {a,\n  b} from 'b'\n\nexport const meta = {\n  x: {y: 1}\n}\n\n"
        f"<Tabs items={{['a', 'b']}} wide>\n\n{TEXT}{{' '}}So <b className={{style.red}}>it</b> is.{{/* not yet */}}\n\n</Tabs>\n\n"
        "Use `{code}` and 3 < 4.\n\n```js\nimport x from {y}\n```\n\n<img src={x} /> <></>\n"
    )
    [draft] = read_corpus([path])
    assert isinstance(draft, Draft)
    assert (draft.id, draft.title) == ("a.mdx", "Bridge")
    assert [one.text for one in draft.blocks or ()] == [
        f"{TEXT} So it is.",
        "Use {code} and 3 < 4.",
        "import x from {y}",
    ]


@pytest.mark.parametrize("sign", ["<A ", "{", "<A b={", "`", "```\n", "<A '", "import\n"])
def test_hostile_mdx_takes_linear_steps(sign: str) -> None:
    """With steps that are not, these take hours."""
    assert len(without_code(sign * (300_000 // len(sign)))) <= 300_000


def test_links_of_notebooks_show_their_words(tmp_path: Path) -> None:
    written = "The [[Weir of Oakmoor|old weir]] and the [[Mill]], ![[map.png]]as in `a[[i]]` and a[[j]] b.\n"
    assert read(tmp_path, f"# T\n\n{written}").text == "The old weir and the Mill, as in a[[i]] and a[[j]] b."

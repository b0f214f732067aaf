"""HTML as headings and paragraphs: every word that is seen, no other, and none torn or glued."""

from __future__ import annotations

from pathlib import Path

import pytest

from paraglot.indexer.corpus.drafts import Draft, Place
from paraglot.indexer.corpus.paragraphs import join_short, split_long
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.body import Body
from paraglot.indexer.readers.inputs import Options
from paraglot.indexer.readers.markup import add_html

LONG = "The council of the town voted on Tuesday to keep the old weir on the river, for a year at least."


def told(fragment: str) -> list[str]:
    body = Body()
    add_html(body, fragment)
    return body.done()[0].split("\n\n")


@pytest.mark.parametrize(
    ("fragment", "paragraphs"),
    [
        ("<p>The <q>never</q> of <code>x</code> in <kbd>Ctrl</kbd>-<abbr>C</abbr>.</p>", ["The never of x in Ctrl-C."]),
        (
            "<p>The <span>coun</span><span>cil</span> of Oak<wbr>moor,<br>H<sub>2</sub>O.</p>",
            ["The council of Oakmoor,\nH2O."],
        ),
        ("<p>von <b>Ober</b>- und <i>Unter</i>haus; <ins>neu</ins></p>", ["von Ober- und Unterhaus; neu"]),
        ("<p>a<ruby>漢<rt>かん</rt>字<rp>(</rp><rt>じ</rt><rp>)</rp></ruby>b</p>", ["a漢字b"]),
        ("<p>area <math><mi>x</mi><mo>=</mo><mn>1</mn></math>.</p>", ["area x=1."]),
        ("<pre>one\n  two\n\nthree</pre>", ["one\ntwo\nthree"]),
        ("<p>10<sup>3</sup> m<sup>2</sup>, 1911<sup><a>2</a></sup>, 5<sup>th</sup></p>", ["10^3 m2, 1911^2, 5th"]),
        ("<p>2<sup>1</sup>/<sub>2</sub> of U.<b>S</b>. and v2.<i>0</i></p>", ["2 1/2 of U.S. and v2.0"]),
        ("<p>The weir at dusk.<span>Photo: Bo</span></p>", ["The weir at dusk. Photo: Bo"]),
        (f"<span style='display: block'>{LONG}</span><span style='display:block'>{LONG}</span>", [LONG, LONG]),
        ("One<br><br>Two<br/>&nbsp;<br>Three", ["One", "Two", "Three"]),
        ("A rose<br>is a rose<br>is a rose.", ["A rose\nis a rose\nis a rose."]),
        (f"<div>{LONG}<br>{LONG}</div>", [LONG, LONG]),
        (f"<my-text>{LONG}</my-text><my-text>{LONG}</my-text>", [LONG, LONG]),
        ("<p>by <x-tag>weir</x-tag><x-tag>mill</x-tag> and <x-tip>dam</x-tip>s</p>", ["by weir mill and dams"]),
        ("loose<p>in</p>tail<div>inner</div>after", ["loose", "in", "tail", "inner", "after"]),
        ("<h2><div>He<b>ad</b></div></h2><p>Text</p>", ["Head", "Text"]),
        ('<div role="heading" aria-level="3">Head</div><p>Text</p>', ["Head", "Text"]),
        ("<details><summary>Short</summary>long of it</details>", ["Short", "long of it"]),
        ("<dl><dt>Word<dd>What it means</dl>", ["Word\nWhat it means"]),
        ("<ul><li>one<ul><li>within</li></ul></li><li><p>two</p></li></ul>", ["one\nwithin\ntwo"]),
        (f"<ul>\n <li>{LONG}</li>\n <li>{LONG}</li>\n</ul>\n<p>after</p>", [f"{LONG}\n{LONG}", "after"]),
        (
            f"<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>{LONG}</td>\n<td>c</td>\n"
            f"</tr>\n<tr>\n<td>{LONG}</td>\n<td>d</td>\n</tr>\n</tbody>\n</table>",
            [f"a | b\n{LONG} | c\n{LONG} | d"],
        ),
        ("<figure><img alt=x><figcaption>The <b>weir</b></figcaption></figure>", ["The weir"]),
        (
            "<table><caption>Days</caption><tr><td>Monday<ul><li>patrol at ten</ul><td>Closed<ul><li>check</ul>"
            "<tr><td>Tuesday<td><p>dredger</p></table>",
            ["Days\nMonday\npatrol at ten | Closed\ncheck\nTuesday | dredger"],
        ),
        (
            f"<table><tr><td>Side<td><h1>Head</h1><p>{LONG}<p>{LONG}</table>",
            ["Side", "Head", LONG, LONG],
        ),
        ("<blockquote><p>Kept.</p><footer>A miller</footer></blockquote>", ["Kept.", "A miller"]),
        ("<form action=/><h1>Whole page</h1><p>In a form.</p></form>", ["Whole page", "In a form."]),
        ("<template shadowrootmode=open><p>Seen</p></template>", ["Seen"]),
        ("<p>kept <!-- not this --> words</p>", ["kept words"]),
        ("before<nav>x</nav>after<aside>y</aside>end", ["before", "after", "end"]),
        ("one<button>share</button>two", ["one two"]),
        ("<p>Play <video><p>Your browser plays no video.</p></video>it.</p>", ["Play it."]),
    ],
)
def test_every_word_and_no_other(fragment: str, paragraphs: list[str]) -> None:
    assert told(fragment) == paragraphs


def test_what_nobody_sees_is_left_out_and_counted() -> None:
    fragment = (
        '<p>seen <span style="color: red; display : none">one</span>and <span hidden>two</span>told'
        '<b style="visibility:hidden">three</b><i aria-hidden="true">four</i></p><p hidden></p><template>five</template>'
        '<noscript>six</noscript><nav><a href="/">seven</a></nav><dialog>eight</dialog><p hidden="until-found">found</p>'
    )
    body, remarks = Body(), Remarks()
    add_html(body, fragment)
    body.report(Options(remarks=remarks), Place(Path("a")))
    assert body.done()[0] == "seen and told\n\nfound"
    assert remarks.counts() == {"hidden texts": 5, "navigation blocks": 1}


def test_languages_of_elements_are_those_of_their_paragraphs() -> None:
    fragment = (
        '<p lang="de">Das Wehr bleibt.</p><p><span lang="fr">Le barrage reste</span>.</p><section xml:lang="pt_BR"><p>A'
        ' represa fica.</p><p lang="en">It stays.</p></section><p>He says <i lang="la">quod erat</i> and goes on.</p>'
        '<p lang="no language">Sic.</p>'
    )
    body = Body()
    add_html(body, fragment)
    text, blocks = body.done()
    assert [one.language for one in blocks] == ["de", "fr", "pt-BR", "en", "", ""]
    draft = Draft(Place(Path("a")), "a", "", text, blocks=blocks)
    kept = Draft(Place(Path("a")), "a", "", text).marked(draft.marks())
    assert kept.blocks == blocks


PROGRAM = "def f(x):\nreturn x + 1"


@pytest.mark.parametrize(
    ("fragment", "paragraphs"),
    [
        (f"<p>It<br>adds.<pre>{PROGRAM}</pre>That<br>was all.", ["It adds.", PROGRAM, "That was all."]),
        (f"<pre><code>{PROGRAM}</code></pre>", [PROGRAM]),
        (f"<ul><li>one<pre>{PROGRAM}</pre><li>two<br>lines</ul><p>of<br>it", [f"one\n{PROGRAM}\ntwo\nlines", "of it"]),
    ],
)
def test_programs_keep_their_lines(fragment: str, paragraphs: list[str]) -> None:
    body = Body()
    add_html(body, fragment)
    assert [block.text for block in body.done()[1]] == paragraphs


def test_a_long_program_is_cut_at_the_end_of_a_line() -> None:
    lines = [f"call({number}, 'a. b')" for number in range(30)]
    body = Body()
    add_html(body, f"<pre>{chr(10).join(lines)}</pre>")
    text, [block] = body.done()
    pieces = split_long(block, text, lambda piece: len(piece) <= 200)
    assert "\n".join(piece.text for piece in pieces) == "\n".join(lines)
    assert len(pieces) == 3
    assert [text[piece.start : piece.end] for piece in pieces] == [piece.text for piece in pieces]


def test_a_short_line_before_a_program_is_joined_by_a_line_end() -> None:
    body = Body()
    add_html(body, f"<p>As in:</p><pre>{PROGRAM}</pre>")
    _, blocks = body.done()
    assert [block.text for block in join_short(blocks, lambda _: True)] == [f"As in:\n{PROGRAM}"]

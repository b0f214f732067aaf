"""The command line in a real terminal: what a reader sees of it, at any width, and what the keys do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.endpoints import endpoint
from tests.terminals import terminal

pytestmark = pytest.mark.slow

LINK = re.compile("\x1b]8;[^;]*;([^\x1b]+)\x1b\\\\")
BOLD_YELLOW, UNDERLINED = "\x1b[1m\x1b[33m", "\x1b[4m"
LONG_TITLE = "How the council of the old town came to raise the tax on bread for the third time in as many years"


@pytest.fixture
def folder(small_index: Path) -> Path:
    """Where commands are typed: the index is in ``index``."""
    return small_index.parent


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_a_hit_keeps_to_three_lines_at_any_width(tmp_path: Path, columns: int) -> None:
    article = {"id": "council/2024/bread-tax", "title": LONG_TITLE, "language": "en", "date": "2024-05-31"}
    article |= {"source": "Gazette", "url": "https://example.org/2024/05/the-tax-on-bread-is-raised-again"}
    text = "The council met on Friday. It raised the bread tax after a debate of nine hours, and went home. " * 4
    (tmp_path / "corpus.jsonl").write_text(json.dumps(article | {"text": text}))
    with terminal(tmp_path, columns) as shell:
        assert shell.run("paraglot index corpus.jsonl --model fake --index i")[0] == 0
        code, lines = shell.run("paraglot search 'bread tax' --index i --mode keyword")
        raw = shell.written()
        _, whole = shell.run("paraglot search 'bread tax' --index i --mode keyword --long")
    assert any(re.search(r"(?:^| )council/2024/bread-tax~[0-9a-f]{12}$", line) for line in whole), whole
    hit, hint = lines[:-1], lines[-1]
    assert (code, len(hit)) == (0, 3)
    assert hint == "paraglot show ID: its article; --long: whole, and why"
    assert all(cell_len(line) <= columns for line in hit)
    assert "council/2024/bread-tax~" in hit[1 if columns == 60 else 0], "an id is whole"
    assert "council/2024/bread-tax~" not in hit[0 if columns == 60 else 1]
    assert ("…" in hit[0]) is (columns < 200)
    assert (LONG_TITLE[:40] in hit[0]) is (columns != 80), "an id below leaves more of the title"
    assert "raised the bread tax" in hit[2]
    links = {address.partition("#")[0] for address in LINK.findall(raw)}
    assert links == {article["url"]}
    assert "#:~:text=" in LINK.findall(raw)[0]


def test_colours_are_for_terminals_that_show_them(folder: Path) -> None:
    search = "paraglot search bread --index index --mode keyword --language en"
    with terminal(folder) as shell:
        code, lines = shell.run(search)
        seen = shell.screen(styles=True)
        assert code == 0
        assert f"raised the {BOLD_YELLOW}bread" in seen
        for plain in (f"NO_COLOR=1 {search}", f"TERM=dumb {search}"):
            assert shell.run(plain) == (0, lines)
            assert "\x1b[33m" not in shell.screen(styles=True)
        assert shell.run(f"{search} > out; grep -c $'\\e' out") == (1, ["0"])


def test_what_is_longer_than_the_screen_is_paged_and_what_is_shorter_or_piped_is_not(tmp_path: Path) -> None:
    paragraphs = [f"Paragraph {number} of the long day. The council met again." for number in range(40)]
    (tmp_path / "c.jsonl").write_text(
        json.dumps({"id": "day", "title": "A day", "language": "en", "paragraphs": paragraphs})
    )
    with terminal(tmp_path, lines=20) as shell:
        assert shell.run("paraglot index c.jsonl --model fake --index i")[0] == 0
        shell.start("paraglot show day --index i")
        assert "Paragraph 0 " in shell.wait("^:$")
        shell.type("/Paragraph 25", "Enter")
        assert "Paragraph 0 " not in shell.wait("^Paragraph 25 ")
        shell.type("C-c", "q")
        assert shell.ended()[0] == 0
        assert "Paragraph 25 " in shell.screen(), "what was seen stays"
        assert shell.run("paraglot search council --index i --mode keyword --limit 1")[0] == 0
        assert shell.run("paraglot show day --index i | tail -n 2")[0] == 0
        assert shell.run("PAGER= paraglot show day --index i")[0] == 0
        assert "Paragraph 39 " in shell.screen()
        assert shell.run("PAGER='head -n 1' paraglot show day --index i") == (0, ["A day"])


def test_a_shell_completes_commands_options_and_values(folder: Path) -> None:
    with terminal(folder) as shell:
        assert shell.run('eval "$(paraglot --show-completion bash)"')[0] == 0
        shell.type("clear; paraglot sea", "Tab")
        shell.wait("paraglot search ?$")
        shell.type("bread --mod", "Tab")
        shell.wait("--mode ?$")
        shell.type("key", "Tab")
        shell.wait("--mode keyword ?$")
        shell.type("--index ind", "Tab")
        shell.wait("--index index/ ?$")
        shell.type(" --language en", "Enter")
        code, lines = shell.ended()
    assert (code, lines[0][:20]) == (0, "1. The tax on bread ")


def test_progress_is_gone_at_the_end_and_what_was_embedded_is_kept(tmp_path: Path) -> None:
    """The endpoint is asked for 64 texts at a time; of the second thousand it answers 64, the others when told to."""
    with (tmp_path / "corpus.jsonl").open("w") as file:
        for number in range(1_100):
            text = f"Bread has the number {number}."
            file.write(json.dumps({"id": f"a{number}", "language": "en", "text": text}) + "\n")
    index = "paraglot index corpus.jsonl --index i --model openai:any"
    probe, first, second = 1, 16, 2
    interrupted = "paraglot: interrupted; the index is as the last commit left it."
    with endpoint() as server, terminal(tmp_path, 60, PARAGLOT_ENDPOINT=server.url) as shell:
        server.waits_at = probe + first + 1
        shell.start(index)
        shell.wait(r"reading .* 1,100/1,100\b")
        shell.wait(r"embedding .* 1,064/1,100\b.*\d:\d\d:\d\d$")
        shell.type("C-c")
        kept = "paraglot: 1000 embedded texts kept: the same command goes on from there."
        assert shell.ended() == (130, [kept, interrupted])
        assert not (tmp_path / "i" / "CURRENT").exists()
        server.go_on.set()
        server.bodies.clear()
        code, lines = shell.run(index)
    assert (code, len(server.bodies)) == (0, probe + second)
    assert lines[:2] == [
        "Articles: 1100 added.",
        "Paragraphs: 1100 added, 100 embedded, 1000 embedded by an earlier run.",
    ]

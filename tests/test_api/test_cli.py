"""The command line: output, exit codes, messages instead of tracebacks."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from paraglot.api.cli.main import app
from tests.commands import COMMAND, paraglot, process
from tests.conftest import ARTICLES, ROOT

Write = Callable[[list[dict[str, object]]], Path]


@pytest.mark.slow
def test_index_twice_search_delete_status(tmp_path: Path, write_corpus: Write) -> None:
    corpus, index = write_corpus(ARTICLES), tmp_path / "index"
    first = process("index", corpus, "--index", index, "--model", "fake")
    assert (first.returncode, first.stderr) == (0, "")
    assert "Articles: 3 added." in first.stdout
    again = paraglot("index", corpus, "--index", index)
    assert again.stdout == "Nothing changed: 3 articles, 7 paragraphs, generation 1.\n"
    found = paraglot("search", "bread tax", "--index", index, "--limit", 1)
    assert found.returncode == 0
    assert re.match(r"1\. The tax on bread  \[en\]  9\d%  tax~", found.stdout)
    assert "The council raised the bread tax." in found.stdout
    why = paraglot("search", "bread tax", "--index", index, "--limit", 1, "--long").stdout
    assert "words (no. 1): bread, tax · meaning (no. 1): cosine" in why
    answer = json.loads(paraglot("search", "bread tax", "--index", index, "--json", "--language", "de").stdout)
    assert {hit["language"] for hit in answer["hits"]} == {"de"}
    assert answer["generation"] == 1
    assert paraglot("delete", "tax", "--index", index).returncode == 0
    gone = paraglot("delete", "tax", "--index", index)
    assert (gone.returncode, gone.stderr) == (1, "paraglot: There is no article 'tax'; nothing was deleted.\n")
    status = json.loads(paraglot("status", "--index", index, "--json").stdout)
    assert (status["generation"], status["articles"], status["languages"]) == (2, 2, {"de": 3, "zh-TW": 2})


def test_people_see_where_answers_end_and_programs_see_all(small_index: Path) -> None:
    found = paraglot("search", "bread tax", "--index", small_index).stdout
    hidden = re.search(r"^And (\d+) less likely, with --less-likely\.$", found, re.MULTILINE)
    assert hidden
    assert int(hidden[1]) > 0
    assert "面包税" not in found
    opened = paraglot("search", "bread tax", "--index", small_index, "--less-likely").stdout
    assert "面包税" in opened
    assert opened.startswith(found.partition("\n")[0]), "answers stay where they were"
    assert "less likely" not in opened
    off = paraglot("search", "zyxwvut", "--index", small_index).stdout
    assert re.fullmatch(r"Nothing clearly answers this\.\nAnd \d less likely, with --less-likely\.\n", off)
    answer = json.loads(paraglot("search", "zyxwvut", "--index", small_index, "--json").stdout)
    assert (len(answer["hits"]) > 0, answer["less_likely"]) == (True, 0)
    both = paraglot("search", "x", "--index", small_index, "--less-likely", "--min-relevance", "0.2")
    assert (both.returncode, both.stderr) == (2, "paraglot: --less-likely is --min-relevance 0: give one of the two.\n")


@pytest.mark.parametrize(
    ("command", "given", "hint"),
    [
        ("search", "-reef coral", "paraglot search -- '-reef coral'"),
        ("search", "--reef coral", "paraglot search -- '--reef coral'"),
        ("search", "-reef", "paraglot search -- -reef"),
        ("suggest", "-reef co", "paraglot suggest -- '-reef co'"),
        ("similar", "-reef coral", "paraglot similar -- '-reef coral'"),
        ("analyze", "-'tis late", "paraglot analyze -- '-'\"'\"'tis late'"),
    ],
)
def test_a_text_that_begins_with_a_minus_is_told_how_to_be_one(command: str, given: str, hint: str) -> None:
    done = paraglot(command, "--json", given)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"If it is the text, put two minus signs before it: {hint}" in done.stderr.splitlines()[-1]


def test_what_is_nearly_an_option_is_told_the_option_alone(small_index: Path) -> None:
    done = paraglot("search", "bread", "--limt", 5)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        2,
        "Error: No such option: --limt (Possible options: --limit)",
    )
    assert paraglot("search", "--index", small_index, "--limit", 1, "--", "-council bread").returncode == 0


@pytest.mark.slow
def test_skipped_inputs_are_named(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "empty.txt").write_bytes(b"")
    (corpus / "good.txt").write_text("Title\n\nA paragraph.")
    done = paraglot("index", corpus, "--index", tmp_path / "index", "--model", "fake")
    assert done.returncode == 3
    assert done.stderr == f"paraglot: skipped {corpus / 'empty.txt'}:1: the file is empty\n"
    report = json.loads(paraglot("index", corpus, "--index", tmp_path / "index", "--json").stdout)
    assert report["skipped"] == [{"path": str(corpus / "empty.txt"), "line": 1, "reason": "the file is empty"}]


@pytest.mark.slow
def test_names_of_files_do_not_steer_the_terminal(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    names = [b"escape\x1b[31m.txt", b"line\nend.txt", "c1\x9b2J.txt".encode(), b"latin\xe9.txt"]
    for name in names:
        (corpus / os.fsdecode(name)).write_bytes(b"")
    arguments = ("index", corpus, "--index", tmp_path / "index", "--model", "fake")
    done = process(*arguments, PYTHONIOENCODING="utf-8:strict")
    assert [line.partition("/corpus/")[2].partition(":")[0] for line in done.stderr.splitlines()] == [
        r"c1\x9b2J.txt",
        r"escape\x1b[31m.txt",
        r"latin\udce9.txt",
        r"line\nend.txt",
    ]
    report = json.loads(process(*arguments, "--json", PYTHONIOENCODING="utf-8:strict").stdout)
    assert {os.fsencode(Path(one["path"]).name) for one in report["skipped"]} == set(names)


@pytest.mark.slow
def test_an_output_that_knows_few_characters(small_index: Path) -> None:
    arguments = ("search", "面包税", "--index", small_index, "--limit", 1, "--mode", "keyword")
    text = process(*arguments, PYTHONIOENCODING="latin-1")
    assert (text.returncode, text.stderr) == (0, "")
    assert text.stdout.startswith(r"1. \u9762\u5305\u7a0e  [zh-TW]")
    answer = json.loads(process(*arguments, "--json", PYTHONIOENCODING="latin-1").stdout)
    assert answer["hits"][0]["article"]["title"] == "面包税"


@pytest.mark.slow
def test_a_filter(small_index: Path) -> None:
    arguments = ("search", "bread", "--index", small_index, "--json", "--filter")
    found = json.loads(paraglot(*arguments, "language = de").stdout)["hits"]
    assert {hit["language"] for hit in found} == {"de"}
    wrong = paraglot(*arguments, "language = ")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "filter" in wrong.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_an_output_that_cannot_be_written(small_index: Path) -> None:
    command = [*COMMAND, "status", "--index", str(small_index)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (1, "paraglot: the output: No space left on device.\n")


@pytest.mark.parametrize(
    "arguments",
    [["search", "x", "--limit", "0"], ["search", "x", "--mode", "magic"], ["search", " "], ["search", "x", "--nope"]],
)
def test_wrong_usage(small_index: Path, arguments: list[str]) -> None:
    done = paraglot(*arguments, "--index", small_index)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr


@pytest.mark.slow
def test_failures_name_the_remedy(tmp_path: Path) -> None:
    done = paraglot("search", "x", "--index", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr
        == f"paraglot: There is no index in {tmp_path}. Make one: paraglot index CORPUS --index {tmp_path}\n"
    )
    doctor = paraglot("doctor", "--index", tmp_path)
    assert doctor.returncode == 1
    assert f"WRONG index: There is no index in {tmp_path}." in doctor.stdout
    public = paraglot("serve", "--host", "0.0.0.0", "--index", tmp_path)
    assert public.returncode == 2
    assert "no access keys" in public.stderr


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".terms", ".postings"])
def test_a_damaged_keyword_index_is_named(small_index: Path, write_corpus: Write, suffix: str) -> None:
    """Meaning still answers, every command names the file, and the next write makes it anew."""
    [damaged] = (small_index / "generations" / "1" / "keyword").glob(f"*{suffix}")
    damaged.write_bytes(b"\0" * damaged.stat().st_size)
    corpus = write_corpus([{"id": "new", "text": "New bread.", "language": "en"}])
    for arguments, code in ((["search", "bread"], 0), (["doctor"], 1), (["verify"], 1), (["index", corpus], 0)):
        done = paraglot(*arguments, "--index", small_index)
        assert done.returncode == code
        assert f"generations/1/keyword/{damaged.name}: the content is not what its checksum says" in (
            done.stderr + done.stdout
        )
    assert paraglot("verify", "--index", small_index).returncode == 0


def test_models(small_index: Path) -> None:
    listed = paraglot("models").stdout
    assert listed.startswith("builtin: paraglot, ")
    assert (
        "Known, not run here (see docs/models.md):\n  intfloat/multilingual-e5-small: 384 dimensions, MIT\n" in listed
    )
    assert paraglot("doctor", "--index", small_index).returncode == 0


@pytest.mark.slow
def test_a_search_loads_no_torch(seeds_index: Path) -> None:
    script = (
        "import sys, paraglot.api.cli.main\n"
        "try: paraglot.api.cli.main.main()\n"
        "except SystemExit as end: assert not end.code\n"
        "print({'torch', 'pydantic', 'fastapi'} & set(sys.modules), file=sys.stderr)"
    )
    command = [sys.executable, "-c", script, "search", "Xi Belarus", "--index", str(seeds_index)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == "set()\n"
    assert "1. " in done.stdout


@pytest.mark.slow
def test_a_key_that_reads_nothing_is_told(small_index: Path) -> None:
    def said(*flags: str) -> list[str]:
        made = paraglot("keys", "create", "--json", "--index", small_index, *flags)
        assert made.returncode == 0
        return made.stderr.splitlines()

    assert said("--filter", "language = en") == said("--filter", "language = zz", "--collection", "news") == []
    [line] = said("--filter", "soruce = Gazette")
    assert line == (
        "paraglot: No article matches 'soruce = Gazette' now: the key reads nothing. "
        "No article has the attribute 'soruce'. Did you mean 'source'?"
    )


def test_a_key_with_a_filter_opens_nothing_to_find_by(small_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for opener in ("open_keyword", "open_dense", "open_sentences"):
        monkeypatch.delattr(f"paraglot.search.folder.snapshot.{opener}")
    for filter_, told in (("language = en", ""), ("language = zz", "No article matches 'language = zz' now")):
        made = CliRunner().invoke(app, ["keys", "create", "--filter", filter_, "--index", str(small_index)])
        assert (made.exit_code, told in made.stderr) == (0, True), made.stderr


@pytest.mark.slow
def test_keys_are_made_listed_revoked(small_index: Path) -> None:
    made = paraglot("keys", "create", "--scope", "write", "--name", "editor", "--expires", "1d", "--index", small_index)
    assert made.returncode == 0
    key_id = made.stdout.split("_")[1]
    assert key_id in made.stderr
    [listed] = json.loads(paraglot("keys", "list", "--index", small_index, "--json").stdout)
    assert (listed["id"], listed["scope"], listed["name"]) == (key_id, "write", "editor")
    assert "hash" not in listed
    revoked = paraglot("keys", "revoke", key_id, "--index", small_index)
    assert (revoked.returncode, revoked.stdout, revoked.stderr) == (0, "", f"paraglot: revoked {key_id}.\n")
    assert paraglot("keys", "list", "--index", small_index).stdout == ""
    again = paraglot("keys", "revoke", key_id, "--index", small_index)
    assert (again.returncode, again.stderr) == (1, f"paraglot: There is no key '{key_id}'; nothing was revoked.\n")
    wrong = paraglot("keys", "create", "--scope", "root", "--index", small_index)
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "paraglot: --scope must be one of search, write, admin, not 'root'.\n",
    )
    assert paraglot("keys", "create", "--index", small_index / "nowhere").returncode == 1

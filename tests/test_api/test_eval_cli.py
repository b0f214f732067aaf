"""`paraglot eval` as a user meets it: output, files, exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("ir_measures", reason="the extra eval is missing")
pytest.importorskip("matplotlib", reason="the extra eval is missing")

from paraglot.api.cli.eval import eval_command
from paraglot.api.evaluation.run import load_run
from paraglot.search.errors import InvalidSettings, ParaglotError
from tests.commands import paraglot

pytestmark = pytest.mark.slow


@pytest.fixture
def judged(tmp_path: Path) -> list[object]:
    """Four texts and two queries; the keyword leg ranks nothing for q2, whose words are in no text."""
    texts = [("a", "bread tax"), ("b", "bread tax council raised"), ("c", "penguins sleep"), ("d", "old town")]
    files = {
        "corpus": "".join(json.dumps({"id": name, "text": text, "lang": "en"}) + "\n" for name, text in texts),
        "queries": '{"id": "q1", "text": "bread tax", "lang": "en"}\n{"id": "q2", "text": "Brot", "lang": "de"}\n',
        "qrels": "query-id\tcorpus-id\tscore\nq1\tb\t1\nq2\ta\t1\n",
    }
    arguments: list[object] = ["eval", "--model", "fake"]
    for name, content in files.items():
        (tmp_path / name).write_text(content)
        arguments += [f"--{name}", tmp_path / name]
    return arguments


@pytest.mark.slow
def test_report_gate_and_compare(judged: list[object], tmp_path: Path) -> None:
    passed = paraglot(*judged, "--mode", "keyword", "--report", tmp_path / "before", "--min", "recall@10=0.5")
    assert (passed.returncode, passed.stderr) == (0, "")
    # q1 finds its answer second: nDCG@10 = 1/log2(3); q2 finds nothing: 0.
    assert "| de             | 1       | 0.000 |\n| en             | 1       | 0.631 |" in passed.stdout
    assert (tmp_path / "before" / "heat-map.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    report = (tmp_path / "before" / "report.md").read_text("utf-8")
    assert "| en             | 1       | 0.631 [0.631, 0.631] |" in report
    assert "- passed: keyword, all: recall@10 is 0.5000, at least 0.5" in report
    missed = paraglot(
        *judged, "--compare", tmp_path / "before", "--json",
        "--mode", "keyword", "--min", "keyword:en:nDCG@10=0.64", "--min", "en:recall@10=1",
    )  # fmt: skip
    assert missed.returncode == 1
    assert missed.stderr == "paraglot: missed: keyword, en: nDCG@10 is 0.6309, below 0.64\n"
    answer = json.loads(missed.stdout)
    assert answer["queries"] == {"de": 1, "en": 1}
    assert answer["results"]["keyword"]["nDCG@10"]["cells"]["en"]["en"]["value"] == pytest.approx(0.63093, abs=1e-5)
    assert answer["results"]["keyword"]["nDCG@10"]["groups"]["across"]["value"] == 0
    assert [gate["passed"] for gate in answer["gates"]] == [False, True]
    assert {(one["difference"]["value"], one["p"]) for one in answer["comparison"]} == {(0, 1)}


def test_compare_with_a_mode_of_the_same_run(judged: list[object], capsys: pytest.CaptureFixture[str]) -> None:
    eval_command(*judged[4::2], model="fake", mode=["semantic"], compare="mode=keyword", reranker="fake")  # type: ignore[arg-type]
    printed = capsys.readouterr().out
    assert "## Against mode keyword" in printed
    assert "- reranker: fake\n" in printed
    assert "| semantic | recall@10  | across languages | 0.000    | 1.000    |" in printed


def test_compare_with_another_model(judged: list[object], capsys: pytest.CaptureFixture[str]) -> None:
    eval_command(
        *judged[4::2],
        model="fake",
        mode=["semantic"],
        compare="model=fake",
        as_json=True,  # type: ignore[arg-type]
    )
    answer = json.loads(capsys.readouterr().out)
    assert answer["baseline"] == "model fake"
    assert {(one["difference"]["value"], one["p"]) for one in answer["comparison"]} == {(0, 1)}


def test_bitext(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, report = tmp_path / "pairs.tsv", tmp_path / "report"
    file.write_text("de\tbread tax\ttax bread\nde\told town\told town hall\nfr\tpain\tpain\n")
    eval_command(bitext=file, model="fake", report=report, minimum=["fr:accuracy=1"])
    assert "| nearest | accuracy | 1.000 [1.000, 1.000] |" in capsys.readouterr().out
    assert {path.name for path in report.iterdir()} == {"report.md", "heat-map.png", "run.json"}
    assert load_run(report).settings["files"] == "pairs.tsv"


def test_wrong_usage(judged: list[object], tmp_path: Path) -> None:
    done = paraglot(*judged[:-2])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("paraglot: Give --corpus, --queries and --qrels; or --bitext")
    corpus, queries, qrels = (tmp_path / name for name in ("corpus", "queries", "qrels"))
    for options in (
        {"bitext": corpus},
        {"mode": ["magic"]},
        {"compare": "mode=magic"},
        {"minimum": ["nDCG@10>0.5"]},
        {"minimum": ["accuracy=0.5"]},
    ):
        with pytest.raises(InvalidSettings):
            eval_command(corpus, queries, qrels, **options)  # type: ignore[arg-type]
    with pytest.raises(InvalidSettings, match="no such mode"):
        eval_command(bitext=corpus, compare="mode=keyword")


def test_bad_input_is_a_message(judged: list[object], tmp_path: Path) -> None:
    with (tmp_path / "qrels").open("a") as file:
        file.write("q1\tz\t1\n")
    done = paraglot(*judged)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"paraglot: {tmp_path / 'qrels'}:4: no text of the corpus has the id 'z'.\n"


def test_the_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paraglot.api.cli.eval.PACKAGES", ("no_such_package",))
    with pytest.raises(ParaglotError, match=r"pip install 'paraglot\[eval\]'"):
        eval_command()
    assert "no_such_package" not in sys.modules

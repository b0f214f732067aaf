"""What `paraglot eval` computes, on sets small enough to be computed again by hand."""

from __future__ import annotations

import gzip
import json
import lzma
from collections.abc import Callable, Mapping, Sequence
from math import log2, sqrt
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("ir_measures", reason="the extra eval is missing")

from paraglot.api.evaluation import bitext
from paraglot.api.evaluation.compare import compare
from paraglot.api.evaluation.gate import Gate, judge, parse_gate
from paraglot.api.evaluation.judged import read_judged
from paraglot.api.evaluation.measure import QueryVectors, build_index, measure
from paraglot.api.evaluation.run import Run, load_run, save_run
from paraglot.api.evaluation.statistics import Estimates, groups
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.errors import InvalidSettings, ParaglotError

# "bread tax" finds bread before more (its vector and its BM25 are better: nothing else is in it), then the rest.
CORPUS = [
    {"_id": "bread", "title": "", "text": "bread tax", "lang": "en"},
    {"_id": "more", "title": "", "text": "bread tax council raised", "lang": "en"},
    {"_id": "birds", "title": "", "text": "penguins sleep standing", "lang": "en"},
    {"_id": "brot", "title": "", "text": "bread tax heißt Brotsteuer", "lang": "de"},
    {"_id": "vögel", "title": "Vögel", "text": "", "lang": "de"},
]
QUERIES = [
    {"_id": "q1", "text": "bread tax", "lang": "en"},
    {"_id": "q2", "text": "penguins sleep", "lang": "en"},
    {"_id": "q3", "text": "Brotsteuer", "lang": "de"},
    {"_id": "unjudged", "text": "nothing", "lang": "fr"},
]
QRELS = [("q1", "more", 1), ("q1", "bread", 0), ("q2", "birds", 1), ("q1", "brot", 1), ("q3", "brot", 2)]

Files = tuple[Path, Path, Path]
Write = Callable[..., Files]


@pytest.fixture
def write_judged(tmp_path: Path) -> Write:
    def write(
        corpus: Sequence[Mapping[str, object]] = CORPUS,
        queries: Sequence[Mapping[str, object]] = QUERIES,
        qrels: Sequence[tuple[str, str, object]] = QRELS,
    ) -> Files:
        files = (tmp_path / "corpus.jsonl", tmp_path / "queries.jsonl", tmp_path / "qrels.tsv")
        for path, lines in zip(files, (corpus, queries), strict=False):
            path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        files[2].write_text("query-id\tcorpus-id\tscore\n" + "".join("\t".join(map(str, q)) + "\n" for q in qrels))
        return files

    return write


def a_run(values: Mapping[str, Sequence[object]], columns: Sequence[str], mode: str = "hybrid") -> Run:
    """A run of one mode and measure: query language → a list of queries' values in each column."""
    return Run(
        {"model": "fake", "matrix": True},
        (mode,),
        ("nDCG@10",),
        tuple(columns),
        {row: tuple(f"{row}{number}" for number in range(len(own))) for row, own in values.items()},
        {row: np.array(own, np.float64).reshape(len(own), 1, 1, len(columns)) for row, own in values.items()},
    )


def test_measures_by_cell(write_judged: Write, tmp_path: Path) -> None:
    judged = read_judged(*write_judged())
    assert build_index(judged, tmp_path / "index", "fake", None) == []
    run = measure(judged, tmp_path / "index", ("keyword", "semantic"))
    assert run.queries == {"de": ("q3",), "en": ("q1", "q2")}
    assert run.columns == ("de", "en")
    assert run.measures == ("nDCG@10", "MRR@10", "recall@1", "recall@10", "recall@100")
    second_of_three = [1 / log2(3), 0.5, 0, 1, 1]  # "more" comes after "bread", which does not answer
    for mode in (0, 1):
        np.testing.assert_allclose(run.values["en"][0, mode, :, 1], second_of_three, atol=1e-6)
        np.testing.assert_allclose(run.values["en"][1, mode, :, 1], 1)
        np.testing.assert_allclose(run.values["en"][0, mode, :, 0], 1, err_msg="only German may be found there")
        np.testing.assert_allclose(run.values["de"][0, mode, :, 0], 1, err_msg="a gain of 2 is the best there is")
    assert np.isnan(run.values["en"][1, :, :, 0]).all(), "no German text answers q2"
    assert np.isnan(run.values["de"][0, :, :, 1]).all()


def test_all_languages_together(write_judged: Write, tmp_path: Path) -> None:
    judged = read_judged(*write_judged())
    build_index(judged, tmp_path / "index", "fake", None)
    run = measure(judged, tmp_path / "index", ("keyword",), separate=False)
    assert run.columns == ("any",)
    # bread, then brot and more, which both answer q1: (1/log2(3) + 1/log2(4)) / (1 + 1/log2(3))
    assert run.values["en"][0, 0, 0, 0] == pytest.approx((1 / log2(3) + 0.5) / (1 + 1 / log2(3)), abs=1e-6)
    assert set(groups(run)) == {"all", "de", "en"}


def test_a_long_text_counts_once_by_its_best_paragraph(write_judged: Write, tmp_path: Path) -> None:
    long = " ".join(["The harbour was quiet that night."] * 200) + " Penguins sleep standing."
    corpus = [{"_id": "long", "text": long, "lang": "en"}, {"_id": "short", "text": "A harbour.", "lang": "en"}]
    queries = [{"_id": "q", "text": "quiet night", "lang": "en"}, {"_id": "p", "text": "penguins", "lang": "en"}]
    judged = read_judged(*write_judged(corpus, queries, [("q", "short", 1), ("p", "long", 1)]))
    build_index(judged, tmp_path / "index", "fake", None)
    run = measure(judged, tmp_path / "index", ("semantic",))
    assert run.values["en"][1, 0, 0, 0] == 1
    # "short" is behind several paragraphs of "long", which are one text.
    assert run.values["en"][0, 0, 1, 0] == 0.5


def test_queries_are_encoded_once(write_judged: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[str] = []
    encode = FakeEncoder.encode_query
    monkeypatch.setattr(
        FakeEncoder, "encode_query", lambda self, queries: encoded.extend(queries) or encode(self, queries)
    )
    judged = read_judged(*write_judged())
    build_index(judged, tmp_path / "index", "fake", None)
    measure(judged, tmp_path / "index", ("semantic", "hybrid"))
    assert sorted(encoded) == ["Brotsteuer", "bread tax", "penguins sleep"]


def test_query_vectors_pass_the_rest_on() -> None:
    seen: list[tuple[int, int | None]] = []
    encoder = QueryVectors(FakeEncoder(), ["a b", "c", "a b"], lambda _, done, total: seen.append((done, total)))
    assert seen == [(2, 2)]
    np.testing.assert_array_equal(encoder.encode_query(["c", "a b"]), FakeEncoder().encode_query(["c", "a b"]))
    np.testing.assert_array_equal(encoder.encode_paragraphs(["x"]), FakeEncoder().encode_paragraphs(["x"]))
    assert (encoder.spec, encoder.count_tokens("a b")) == (FakeEncoder().spec, 2)
    np.testing.assert_array_equal(encoder.encode_query(["x", "c"]), FakeEncoder().encode_query(["x", "c"]))
    with pytest.raises(AttributeError):
        encoder.sentence_vectors  # noqa: B018


@pytest.mark.parametrize(("suffix", "pack"), [(".xz", lzma.compress), (".gz", gzip.compress)])
def test_compressed_files(write_judged: Write, suffix: str, pack: Callable[[bytes], bytes]) -> None:
    packed = []
    for file in write_judged():
        packed.append(file.with_name(file.name + suffix))
        packed[-1].write_bytes(pack(file.read_bytes()))
    judged = read_judged(*packed)
    assert judged.languages == ("de", "en")
    assert [query.id for query in judged.queries] == ["q1", "q2", "q3"]
    packed[0].write_bytes(packed[0].read_bytes()[:-20])
    with pytest.raises(ParaglotError, match=rf"corpus\.jsonl\{suffix}: cannot be read"):
        read_judged(*packed)


@pytest.mark.parametrize(
    ("place", "line", "reason"),
    [
        (0, "{", r"corpus\.jsonl:6: not JSON"),
        (0, "[]", r"corpus\.jsonl:6: not a JSON object\."),
        (0, '{"text": "x"}', r'corpus\.jsonl:6: there is no "id"'),
        (0, '{"id": "x", "text": 3}', r'corpus\.jsonl:6: "text" must be a text\.'),
        (0, '{"id": "bread", "text": "x", "lang": "en"}', r"corpus\.jsonl:6: a second use of the id 'bread', .*:1\."),
        (0, '{"id": "x", "text": "y"}', r"corpus\.jsonl:6: this text has no language and others have one\."),
        (0, '{"id": "x", "text": "y", "lang": "!"}', r"corpus\.jsonl:6: '!' is not a language tag"),
        (1, '{"id": "x", "text": " "}', r"queries\.jsonl:5: The query is empty"),
        (2, "q1\tmore", r"qrels\.tsv:7: not query id, text id and score"),
        (2, "q1\tnobody\t1", r"qrels\.tsv:7: no text of the corpus has the id 'nobody'\."),
        (2, "q9\tmore\t1", r"qrels\.tsv:7: no query has the id 'q9'\."),
        (2, "q1\tmore\tgood", r"qrels\.tsv:7: the score must be a whole number, not 'good'\."),
    ],
)
def test_what_is_wrong_is_named(write_judged: Write, place: int, line: str, reason: str) -> None:
    files = write_judged()
    with files[place].open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(ParaglotError, match=reason):
        read_judged(*files)


def test_judgements_as_trec_has_them(write_judged: Write) -> None:
    files = write_judged()
    judged = read_judged(*files)
    rows = [line.split("\t") for line in files[2].read_text("utf-8").splitlines()]
    trec = "".join(f"{query} Q0\t{text}  {score}.0\n" for query, text, score in rows if score.isdecimal())
    files[2].write_text(trec, "utf-8")
    assert read_judged(*files).qrels == judged.qrels


def test_files_that_cannot_be_used(write_judged: Write, tmp_path: Path) -> None:
    corpus, queries, qrels = write_judged(qrels=[("q1", "more", 0)])
    with pytest.raises(ParaglotError, match=r"qrels\.tsv: no query has an answer"):
        read_judged(corpus, queries, qrels)
    with pytest.raises(ParaglotError, match=r"There is no file .*nowhere"):
        read_judged(tmp_path / "nowhere", queries, qrels)
    corpus.write_bytes(b'{"id": "x", "text": "y"}\n{"id": "\xff"}\n')
    with pytest.raises(ParaglotError, match=r"corpus\.jsonl:.*not UTF-8"):
        read_judged(corpus, queries, qrels)


def test_texts_that_cannot_be_indexed(write_judged: Write, tmp_path: Path) -> None:
    silent = {"_id": "silent", "text": " ", "lang": "en"}
    judged = read_judged(*write_judged([*CORPUS, silent]))
    assert build_index(judged, tmp_path / "index", "fake", None) == [f"{judged.corpus}:6"]
    with pytest.raises(ParaglotError, match="holds other articles"):
        build_index(read_judged(*write_judged(CORPUS[:4])), tmp_path / "index", "fake", None)
    for id_ in ("x" * 501, "x\u0007y"):  # kept in another form, so that no judgement would find it
        unlike = read_judged(*write_judged([*CORPUS, silent, {"_id": id_, "text": "y", "lang": "en"}]))
        with pytest.raises(ParaglotError, match=r"corpus\.jsonl:7: an id must be at most 500 printable characters"):
            build_index(unlike, tmp_path / "another", "fake", None)


def test_sample_and_languages(write_judged: Write) -> None:
    queries = [{"id": f"{language}{n}", "text": "x", "lang": language} for language in ("en", "de") for n in range(20)]
    files = write_judged(CORPUS, queries, [(str(query["id"]), "more", 1) for query in queries])
    judged = read_judged(*files)
    drawn = judged.sample(5, seed=1)
    assert [query.language for query in drawn.queries] == ["en"] * 5 + ["de"] * 5
    assert drawn == read_judged(*files).sample(5, seed=1)
    assert drawn != judged.sample(5, seed=2)
    assert {query.language for query in judged.only(["de"]).queries} == {"de"}
    with pytest.raises(ParaglotError, match=r"'fr'\. There are: de, en"):
        judged.only(["fr"])


def test_means_and_groups() -> None:
    nan = float("nan")
    run = a_run({"de": [[1, 0.5], [0, 0.5]], "en": [[nan, 0.2], [nan, 0.4], [0.9, 0.6]]}, ["de", "en"])
    estimates = Estimates(run, seed=0)
    found = {name: estimates.group("hybrid", "nDCG@10", name).value for name in groups(run)}
    # cells: de→de 0.5, de→en 0.5, en→de 0.9 (one query), en→en 0.4
    assert found == pytest.approx({"all": 0.575, "same": 0.45, "across": 0.7, "de": 0.5, "en": 0.65})
    constant = estimates.cell("hybrid", "nDCG@10", "de", "en")
    assert constant is not None
    assert (constant.low, constant.value, constant.high) == (0.5, 0.5, 0.5)
    lone = estimates.cell("hybrid", "nDCG@10", "en", "de")
    assert lone is not None
    assert (lone.low, lone.high) == pytest.approx((0.9, 0.9))
    unjudged = a_run({"de": [[1, nan]]}, ["de", "en"])
    assert Estimates(unjudged, 0).cell("hybrid", "nDCG@10", "de", "en") is None
    assert set(groups(unjudged)) == {"all", "same", "de"}


def test_interval_is_as_wide_as_theory_says() -> None:
    run = a_run({"en": [[value] for value in [0, 1] * 50]}, ["en"])
    found = Estimates(run, seed=3).group("hybrid", "nDCG@10", "all")
    half = 1.96 * sqrt(0.25 / 100)
    assert (found.low, found.value, found.high) == pytest.approx((0.5 - half, 0.5, 0.5 + half), abs=0.02)
    assert found == Estimates(run, seed=3).group("hybrid", "nDCG@10", "all")


def test_compare_ten_small_gains() -> None:
    before = a_run({"en": [[0.5]] * 10}, ["en"])
    after = a_run({"en": [[0.6]] * 10}, ["en"])
    (found,) = (one for one in compare(after, before, [("hybrid", "hybrid")], seed=0) if one.group == "all")
    assert (found.baseline, found.value) == pytest.approx((0.5, 0.6))
    assert (found.difference.low, found.difference.value, found.difference.high) == pytest.approx((0.1, 0.1, 0.1))
    assert found.p == pytest.approx(2 / 2**10, abs=0.0015)  # all coins alike: two of 1,024 ways
    same = compare(before, before, [("hybrid", "hybrid")], seed=0)
    assert {one.p for one in same} == {1.0}


def test_compare_is_over_what_both_have() -> None:
    before = a_run({"de": [[0.1, 0.9]], "en": [[0.2, 0.4], [0.0, 0.0]]}, ["de", "en"])
    after = a_run({"en": [[0.5], [0.1], [1.0]]}, ["en"], mode="semantic")
    (found,) = (one for one in compare(after, before, [("semantic", "hybrid")], seed=0) if one.group == "all")
    assert (found.baseline, found.value, found.difference.value) == pytest.approx((0.2, 0.3, 0.1))
    with pytest.raises(ParaglotError, match="no judged query in common"):
        compare(after, a_run({"fr": [[1]]}, ["en"]), [("semantic", "hybrid")], seed=0)


def test_compare_counts_a_query_once_over_its_columns() -> None:
    """Two queries of equal gain in three columns each: four ways to flip, two of them as large."""
    before = a_run({"en": [[0.0] * 3] * 2}, ["de", "en", "fr"])
    after = a_run({"en": [[0.5] * 3] * 2}, ["de", "en", "fr"])
    found = compare(after, before, [("hybrid", "hybrid")], seed=0)
    assert {one.group for one in found} == {"all", "same", "across"}
    assert [one.p for one in found] == pytest.approx([0.5] * 3, abs=0.03)


def test_gates() -> None:
    measures = ("nDCG@10", "recall@1")
    assert parse_gate("nDCG@10=0.5", measures) == Gate(None, "all", "nDCG@10", 0.5)
    assert parse_gate("across:recall@1=1", measures) == Gate(None, "across", "recall@1", 1)
    assert parse_gate("keyword:same:nDCG@10=.3", measures) == Gate("keyword", "same", "nDCG@10", 0.3)
    for text in ("nDCG@10", "nDCG@5=0.5", "nDCG@10=50", "nDCG@10=nan", "a:b:nDCG@10=0.5", "=0.5", ""):
        with pytest.raises(InvalidSettings, match="--min"):
            parse_gate(text, measures)
    run = a_run({"en": [[0.25, 0.5]]}, ["de", "en"])
    gates = [Gate(None, "same", "nDCG@10", 0.5), Gate("hybrid", "across", "nDCG@10", 0.26)]
    assert [one.passed for one in judge(gates, run, Estimates(run, 0))] == [True, False]
    for gate in (Gate("keyword", "all", "nDCG@10", 0.5), Gate(None, "fr", "nDCG@10", 0.5)):
        with pytest.raises(InvalidSettings, match="--min"):
            judge([gate], run, Estimates(run, 0))


def test_a_kept_run_reads_back(tmp_path: Path) -> None:
    run = a_run({"en": [[0.123456789, float("nan")], [1, 0]]}, ["de", "en"])
    save_run(run, tmp_path / "run.json")
    again = load_run(tmp_path)
    np.testing.assert_array_equal(again.values["en"][:, 0, 0], [[0.123457, np.nan], [1, 0]])
    assert (again.queries, again.columns, again.settings) == (run.queries, run.columns, run.settings)
    for content in ("{", "[]", '{"format": 99}', '{"format": 1}'):
        (tmp_path / "run.json").write_text(content)
        with pytest.raises(ParaglotError, match=r"run\.json: not a run"):
            load_run(tmp_path)
    with pytest.raises(ParaglotError, match="cannot be read"):
        load_run(tmp_path / "nowhere.json")


def test_bitext_accuracy(tmp_path: Path) -> None:
    """The fake encoder knows a word by its letters alone: of each four, the pairs that share theirs are found."""
    lines = [
        ("de", "bread tax", "tax bread"), ("de", "old town", "the old town"), ("de", "Pinguine", "penguins"),
        ("de", "Schlaf", "old bread"), ("fr", "pain", "pain"), ("fr", "taxe", "pain"),
    ]  # fmt: skip
    file = tmp_path / "pairs.tsv"
    file.write_text("".join("\t".join(line) + "\n" for line in lines), "utf-8")
    pairs = bitext.read_bitext(file)
    run = bitext.measure_bitext(pairs, FakeEncoder())
    assert run.values["de"][:2, 0, 0, 0].tolist() == [1, 1]
    assert run.values["fr"].ravel().tolist() == [1, 1], "of equal translations any is right"
    nearest = (
        FakeEncoder().encode_query(["Pinguine", "Schlaf"])
        @ FakeEncoder().encode_query(["tax bread", "the old town", "penguins", "old bread"]).T
    )
    expected = (nearest.argmax(axis=1) == [2, 3]).astype(float)
    assert run.values["de"][2:, 0, 0, 0].tolist() == expected.tolist()
    accuracy = Estimates(run, 0).group("nearest", "accuracy", "all").value
    assert accuracy == pytest.approx((((2 + expected.sum()) / 4) + 1) / 2), "a mean of languages, not of sentences"
    assert run.queries == {"de": ("1", "2", "3", "4"), "fr": ("5", "6")}
    drawn = bitext.sample(pairs, 3, seed=0)
    assert [len(own) for own in drawn.values()] == [3, 2]
    assert list(bitext.only(pairs, ["fr"])) == ["fr"]
    with pytest.raises(ParaglotError, match=r"'nl'\. There are: de, fr"):
        bitext.only(pairs, ["nl"])


def test_bitext_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "pairs.tsv"
    for content, reason in (("", "is empty"), ("de\ta\tb\nde\ta\n", ":2: not language"), ("de\t\tb\n", ":1: not")):
        file.write_text(content)
        with pytest.raises(ParaglotError, match=reason):
            bitext.read_bitext(file)

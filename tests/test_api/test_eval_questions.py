"""`paraglot eval` on questions as readers write them, in twelve languages: capitals, phrases, operators, brackets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("ir_measures", reason="the extra eval is missing")

from paraglot.api.evaluation.judged import read_judged
from paraglot.api.evaluation.measure import QueryVectors, build_index, measure
from paraglot.search.encoders.fake import FakeEncoder

# Language, a text on viruses, one on ferries, and a question on each, in this order.
SET = [
    ("en", "A laboratory read the DNA of the virus in bats.", "The ferry sails twice a day in winter.",
     "WHO READ THE DNA OF THE VIRUS IN BATS?", '"twice a day" ferry -bus'),
    ("de", "Ein Labor las die DNA des Virus in Fledermäusen.", "Die Fähre fährt im Winter zweimal täglich.",
     "WAS STEHT IN DER DNA DES VIRUS?", "„zweimal täglich“ Fähre"),
    ("fr", "Un laboratoire a lu l’ADN du virus des chauves-souris.", "Le ferry part deux fois par jour en hiver.",
     "QU’A LU LE LABORATOIRE DANS L’ADN DU VIRUS ?", "ferry OR bateau « deux fois par jour »"),
    ("es", "Un laboratorio leyó el ADN del virus en murciélagos.", "El ferry sale dos veces al día en invierno.",
     "¿QUÉ LABORATORIO LEYÓ EL ADN DEL VIRUS?", "text:ferry invierno"),
    ("pt", "Um laboratório leu o ADN do vírus em morcegos.", "A balsa parte duas vezes por dia no inverno.",
     "Laboratório leu o ADN?", "balsa* inverno"),
    ("ru", "Лаборатория прочла ДНК вируса летучих мышей.", "Паром ходит зимой дважды в день.",
     "КТО ПРОЧИТАЛ ДНК ВИРУСА ЛЕТУЧИХ МЫШЕЙ?", "паром (зимой) дважды"),
    ("uk", "Лабораторія прочитала ДНК вірусу кажанів.", "Пором ходить узимку двічі на день.",
     "ДНК вірусу кажанів", "пором узимку"),
    ("tr", "Bir laboratuvar yarasalardaki virüsün DNA dizisini okudu.", "Feribot kışın günde iki kez kalkıyor.",
     "VİRÜSÜN DNA DİZİSİNİ KİM OKUDU?", "feribot kışın"),
    ("zh", "一个实验室读取了蝙蝠病毒的DNA。", "渡轮冬天每天开两次。", "谁读取了病毒的DNA?", "渡轮冬天几次"),
    ("ja", "ある研究所がコウモリのウイルスのDNAを読み取った。", "フェリーは冬に一日二回出る。",
     "ウイルスのDNAを読んだのは?", "フェリー 冬"),
    ("ar", "قرأ مختبر الحمض النووي DNA لفيروس الخفافيش.", "تبحر العبارة مرتين في اليوم شتاء.",
     "من قرأ DNA الفيروس؟", "العبارة شتاء"),
    ("hi", "एक प्रयोगशाला ने चमगादड़ों के वायरस का DNA पढ़ा।", "नौका सर्दियों में दिन में दो बार चलती है।",
     "वायरस का DNA किसने पढ़ा?", "नौका सर्दियों"),
]  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Path]:
    texts, queries, qrels = [], [], ["query-id\tcorpus-id\tscore"]
    for tag, virus, ferry, on_virus, on_ferry in SET:
        for topic, text, question in (("virus", virus, on_virus), ("ferry", ferry, on_ferry)):
            texts.append({"_id": f"{tag}:{topic}", "title": "", "text": text, "lang": tag})
            queries.append({"_id": f"{tag}?{topic}", "text": question, "lang": tag})
            qrels.append(f"{tag}?{topic}\t{tag}:{topic}\t1")
    folder = tmp_path_factory.mktemp("judged")
    paths = [folder / name for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv")]
    for path, lines in zip(paths[:2], (texts, queries), strict=True):
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    paths[2].write_text("\n".join(qrels) + "\n", "utf-8")
    return paths


@pytest.mark.slow
def test_questions_in_twelve_languages(files: Sequence[Path], tmp_path: Path) -> None:
    judged = read_judged(*files)
    assert build_index(judged, tmp_path / "index", None, None) == []
    run = measure(judged, tmp_path / "index", ("keyword", "semantic", "hybrid"))
    assert run.columns == tuple(sorted(tag for tag, *_ in SET))
    recall_at_1 = run.measures.index("recall@1")
    for place, tag in enumerate(run.columns):
        # Each question has one answer in its own language, out of two texts; keyword and hybrid find it.
        np.testing.assert_array_equal(run.values[tag][:, (0, 2), recall_at_1, place], 1.0, err_msg=tag)
        assert np.isnan(np.delete(run.values[tag], place, axis=3)).all()


@pytest.mark.parametrize("question", ["WHO READ THE DNA?", '"twice a day" ferry', "ferry -bus", "title:ferry"])
def test_what_the_engine_reads_otherwise_is_encoded_when_it_is_asked(question: str) -> None:
    encoder = QueryVectors(FakeEncoder(), [question], lambda *_: None)
    rewritten = question.title().strip('"')
    np.testing.assert_array_equal(encoder.encode_query([rewritten]), FakeEncoder().encode_query([rewritten]))

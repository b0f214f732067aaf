"""Words side by side before the same words scattered, in eleven languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paraglot.indexer.build import index_corpus
from paraglot.search.engine.engine import Engine
from paraglot.search.types import Mode, SearchRequest

PAIRS = (
    ("job search", "en", "The town let the police search the old mill, and after noon every visitor had a job to go to.", "The town opened a job search office in the old mill, and the first visitors came before noon."),
    ("house cat", "en", "The council counted every cat on the island, and one house fell before the spring storms came.", "The council counted every house cat on the island before the spring storms came."),
    ("New York bank", "en", "A bank bought the tower in York, and the new owner moved in for an undisclosed sum last week.", "A New York bank bought the tower in Lisbon for an undisclosed sum last week."),
    ("white house", "en", "The house on the hill was sold to a painter in white from the next valley over.", "The white house on the hill was sold to a painter from the next valley over."),
    ("rote Linie", "de", "Die Linie der Stadtbahn fährt ab Montag wieder, und rote Fahnen hängen am alten Hafen draußen.", "Die rote Linie der Stadtbahn fährt ab Montag wieder bis zum alten Hafen hinaus."),
    ("neuer Markt", "de", "Am Markt entsteht ein Brunnen, den ein neuer Pächter aus der Gegend verkaufen will.", "Am Fluss entsteht ein neuer Markt, auf dem Bauern aus der Gegend verkaufen wollen."),
    ("carte grise", "fr", "La carte du restaurant coûtera douze euros de plus, sous une lumière grise, le mois prochain.", "La carte grise coûtera douze euros de plus à partir du mois de mars prochain."),
    ("pomme de terre", "fr", "Le prix de la terre a doublé, et la pomme du marché de la place mûrit depuis l'été.", "Le prix de la pomme de terre a doublé au marché de la place depuis l'été."),
    ("mano de obra", "es", "Falta una obra en los astilleros del norte, según la mano derecha del sindicato del metal.", "Falta mano de obra en los astilleros del norte, según el sindicato del metal."),
    ("белый дом", "ru", "Дом на холме купил художник, и белый дым из соседней долины поднялся на закате.", "Белый дом на холме купил художник из соседней долины за неизвестную сумму."),
    ("白马湖", "zh", "游客星期天在湖边看见一匹白色的马，傍晚下起了大雨，马都停在白沙岸。", "游客星期天在白马湖划船，傍晚下起了大雨，船都停在岸边。"),
    ("白い家", "ja", "丘の上の家は、白い服を着た画家に先週売られ、谷では白い煙が上がった。", "丘の上の白い家は、隣の谷から来た画家に先週売られたという。"),
    ("البيت الأبيض", "ar", "اشترى رسام من الوادي البيت على التل، وارتفع الدخان الأبيض الأسبوع الماضي.", "اشترى رسام من الوادي البيت الأبيض على التل الأسبوع الماضي بمبلغ غير معلن."),
    ("लाल किला", "hi", "पर्यटक रविवार को किला देखने आए और शाम को लाल बादल छा गए, तेज़ बारिश हुई।", "पर्यटक रविवार को लाल किला देखने आए और शाम को तेज़ बारिश हुई।"),
    ("하얀 집", "ko", "언덕 위의 집은 지난주 하얀 옷을 입은 화가에게 팔렸다.", "언덕 위의 하얀 집은 지난주 이웃 골짜기의 화가에게 팔렸다."),
    ("kara kutu", "tr", "Dalgıçlar kutu dolusu balığı pazar günü kara kıyıya çıkardı, fırtına akşam geldi.", "Dalgıçlar kara kutu parçalarını pazar günü denizden çıkardı, fırtına akşam geldi."),
)  # fmt: skip
"""Query, language, the words scattered, the words side by side."""


@pytest.mark.parametrize("mode", ["keyword", "hybrid"])
def test_words_side_by_side_come_first(tmp_path: Path, mode: Mode) -> None:
    corpus = tmp_path / "corpus.jsonl"
    articles = [
        {"id": f"{number}-{kind}", "language": language, "title": "", "text": text}
        for number, (_, language, scattered, beside) in enumerate(PAIRS)
        for kind, text in (("a", scattered), ("b", beside))
    ]
    corpus.write_text("".join(json.dumps(one) + "\n" for one in articles), "utf-8")
    index_corpus(tmp_path / "index", [corpus], "fake")
    with Engine(tmp_path / "index") as engine:
        for number, (query, *_) in enumerate(PAIRS):
            found = [hit.article.id for hit in engine.search(SearchRequest(query, mode=mode)).hits]
            assert found[0] == f"{number}-b", query

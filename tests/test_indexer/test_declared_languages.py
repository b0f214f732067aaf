"""Declared languages are checked against the text; what an element declares counts for its paragraph."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paraglot.indexer.corpus.assemble import assemble
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.detect import UNDETERMINED, detect_paragraphs
from paraglot.indexer.corpus.drafts import Draft

GERMAN = (
    "Der Stadtrat hat am Dienstag beschlossen, das alte Wehr am Fluss zu erhalten, obwohl die Kosten gestiegen sind."
)
ENGLISH = "The council decided on Tuesday to keep the old weir on the river, although costs have risen since last year."
FRENCH = "Le conseil municipal a décidé mardi de conserver l'ancien barrage sur la rivière, malgré la hausse des coûts."
CROATIAN = "Gradsko vijeće odlučilo je u utorak zadržati staru branu na rijeci, iako su troškovi porasli."
CHINESE = "市议会周二决定保留河上的老堰，尽管费用上升了很多，居民们对此表示欢迎。"


def told(tmp_path: Path, name: str, content: str) -> tuple[str, list[str]]:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    [draft] = read_corpus([path])
    assert isinstance(draft, Draft)
    article = assemble(draft, lambda text: len(text) < 2000)
    return article.language, [one.language for one in article.paragraphs]


def line(language: object, *paragraphs: str) -> str:
    return json.dumps({"id": "a", "language": language, "paragraphs": paragraphs})


@pytest.mark.parametrize(
    ("declared", "paragraphs", "language", "each"),
    [
        ("en", [GERMAN], "de", ["de"]),
        ("en", [GERMAN, "Nein.", GERMAN], "de", ["de", "de", "de"]),
        ("en-US", [CHINESE], "zh", ["zh"]),
        ("de", [GERMAN, ENGLISH], "de", ["de", "en"]),
        ("en", [ENGLISH, GERMAN, GERMAN], "en", ["en", "de", "de"]),
        ("fr-FR", ["La digue a tenu toute la nuit.", "The sea wall held all night, said the mayor."], "fr-FR", ["fr-FR"] * 2),
        ("de-AT", [GERMAN], "de-AT", ["de-AT"]),
        ("nb", ["Kommunestyret vedtok tirsdag å beholde den gamle demningen i elva."], "nb", ["nb"]),
        ("sr-Latn", [CROATIAN], "sr-Latn", ["sr-Latn"]),
        ("sr", [CROATIAN], "sr", ["sr"]),
        ("gsw", [GERMAN], "gsw", ["gsw"]),
        ("en", ["Nein.", "Müller"], "en", ["en", "en"]),
        ("en", [GERMAN[:40], GERMAN[40:]], "de", ["de", "de"]),
        ("ger", [GERMAN], "de", ["de"]),
        ("und", [GERMAN, FRENCH], "de", ["de", "fr"]),
        (None, [FRENCH], "fr", ["fr"]),
        ("english", [ENGLISH], "en", ["en"]),
        ("en", [GERMAN.upper()], "de", ["de"]),
    ],
)  # fmt: skip
def test_what_is_declared_is_checked(
    tmp_path: Path, declared: str | None, paragraphs: list[str], language: str, each: list[str]
) -> None:
    assert told(tmp_path, "a.jsonl", line(declared, *paragraphs)) == (language, each)


def test_a_template_in_another_language(tmp_path: Path) -> None:
    page = f"<html lang=en><head><title>Wehr</title></head><body><article><h1>Wehr</h1><p>{GERMAN}</p></article></body></html>"
    assert told(tmp_path, "a.html", page) == ("de", ["de"])
    feed = f"<rss><channel><language>en</language><item><guid>1</guid><description>{GERMAN}</description></item></channel></rss>"
    assert told(tmp_path, "a.rss", feed) == ("de", ["de"])


@pytest.mark.parametrize("paragraph", ["<p lang=de>{}</p>", "<p><span lang='ger'>{}</span></p>", "<p>{}</p>"])
def test_languages_of_elements(tmp_path: Path, paragraph: str) -> None:
    content = f"<p>{ENGLISH}</p>{paragraph.format(GERMAN)}"
    page = (
        f"<html lang=en><head><title>Weir</title></head><body><article><h1>Weir</h1>{content}</article></body></html>"
    )
    assert told(tmp_path, "a.html", page) == ("en", ["en", "de"])
    feed = {
        "version": "https://jsonfeed.org/version/1",
        "items": [{"id": "1", "language": "en", "content_html": content}],
    }
    assert told(tmp_path, "feed.json", json.dumps(feed)) == ("en", ["en", "de"])
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><entry><id>1</id><content type="html"><![CDATA[{content}]]></content></entry></feed>'
    assert told(tmp_path, "a.atom", atom) == ("en", ["en", "de"])


@pytest.mark.parametrize(
    ("declared", "paragraphs", "language", "each"),
    [
        ("en", ["Совет решил во вторник сохранить старую плотину."], "ru", ["ru"]),
        ("de", ["Το συμβούλιο αποφάσισε την Τρίτη."], "el", ["el"]),
        ("fr", [FRENCH, "المجلس البلدي قرر يوم الثلاثاء"], "fr", ["fr", "ar"]),
        ("ru", ["iPhone 15 Pro Max und Galaxy S24 Ultra."], "ru", ["ru"]),
        ("en", ["Привет!"], "en", ["en"]),
    ],
)
def test_short_texts_in_other_letters(
    tmp_path: Path, declared: str, paragraphs: list[str], language: str, each: list[str]
) -> None:
    assert told(tmp_path, "a.jsonl", line(declared, *paragraphs)) == (language, each)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Цены на хлеб", "ru"),
        ("Выборы мэра", "ru"),
        ("Новини от града", "bg"),
        ("Времето утре", "bg"),
        ("Ceny chleba rosną", "pl"),
        ("Le prix du pain", "fr"),
        ("O preço do pão", "pt"),
        ("Il prezzo del pane", "it"),
        ("De prijs van brood", "nl"),
        ("Школа", UNDETERMINED),
        ("12:30 - 14:00", UNDETERMINED),
    ],
)
def test_few_words_tell_the_language_that_has_them(text: str, language: str) -> None:
    assert detect_paragraphs([text]) == [language]

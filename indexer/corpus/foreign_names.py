"""Our fields under the names that programs, catalogues and other languages give them: ``pubDate``, ``dc:title``,
``Título``, ``正文``. Start at `under_our_names`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from paraglot.indexer.corpus.drafts import MARKS
from paraglot.indexer.corpus.language_names import language_tag
from paraglot.indexer.readers.addresses import is_web
from paraglot.indexer.readers.dates.dates import iso_date
from paraglot.search.text.normal_form import INVISIBLE

OURS = ("id", "title", "text", "paragraphs", "language", "url", "date", "source", MARKS)
_OF_PROGRAMS = {
    "id": ("_id", "guid", "uuid"),
    "title": ("headline", "post_title", "webTitle", "heading"),
    "url": ("link", "permalink", "canonical_url", "canonical", "web_url", "webUrl", "page_url", "source_url", "href"),
    "language": ("lang", "language_code", "locale", "inLanguage", "langcode"),
    "date": ("published_at", "date_published", "datePublished", "publish_date", "publication_date", "published")
    + ("publishedAt", "publishDate", "pubDate", "pub_date", "post_date", "webPublicationDate", "published_on"),
}
_PREFIXED = re.compile(r"(?:dc|dct|dcterms)[:.]([a-z]+(?:[.:][a-z]+)?)(?:\[[\w-]*\])?", re.IGNORECASE)
_DUBLIN_CORE = {
    "title": "title",
    "language": "language",
    "language.iso": "language",
    "date": "date",
    "date.issued": "date",
    "issued": "date",
    "source": "source",
    "identifier": "id",
    "identifier.uri": "url",
    "description.abstract": "abstract",
    "abstract": "abstract",
    "description": "description",
}
"""What each is called with us. All others keep their names."""

_OF_LANGUAGES = {
    "title": """
        titel überschrift schlagzeile titre título manchete titolo titlu títol tytuł nagłówek nadpis názov název
        titulek naslov назив naslovi заголовок название заглавие загаловак назва наслов pavadinimas antraštė
        virsraksts nosaukums pealkiri otsikko rubrik overskrift tittel fyrirsögn başlık cím főcím τίτλος כותרת
        العنوان عنوان تیتر शीर्षक শিরোনাম தலைப்பு 标题 標題 题目 題目 タイトル 見出し 題名 제목 tiêu_đề tựa_đề
        judul tajuk หัวข้อ ชื่อเรื่อง titulli
    """,
    "text": """
        texte texto testo textul tekst текст text inhalt textinhalt artikeltext volltext contenu corps contenido
        cuerpo conteúdo corpo contenuto conținut contingut treść zawartość obsah obsah_článku sadržaj садржај
        vsebina besedilo содержание содержимое текст_статьи зміст вміст текст_статті съдържание змест содржина
        tekstas turinys teksts saturs sisu teksti sisältö innehåll brödtext indhold brødtekst innhold inhoud
        texti efni metin içerik szöveg tartalom κείμενο περιεχόμενο טקסט תוכן النص نص المحتوى محتوى متن محتوا पाठ
        सामग्री লেখা உரை உள்ளடக்கம் 正文 内容 內容 文本 全文 本文 記事本文 本文テキスト テキスト 본문 내용 텍스트
        nội_dung văn_bản isi teks konten kandungan เนื้อหา ข้อความ teksti përmbajtja
    """,
    "date": """
        datum erscheinungsdatum veröffentlicht_am date_de_publication fecha fecha_de_publicación data
        data_de_publicação data_di_pubblicazione data_publikacji datum_vydání dátum datum_objave dată дата
        дата_публикации дата_публікації päivämäärä päiväys dato publiceringsdatum kuupäev kuupaev datums
        dagsetning tarih yayın_tarihi dátum megjelenés ημερομηνία תאריך التاريخ تاريخ تاریخ दिनांक तारीख তারিখ
        தேதி 日期 发布日期 發布日期 发布时间 日付 公開日 날짜 게시일 ngày ngày_đăng tanggal tarikh วันที่
    """,
    "language": """
        sprache langue idioma lingua llengua limbă język jazyk jezik језик язык мова език јазик kalba valoda keel
        kieli språk sprog taal tungumál dil nyelv γλώσσα שפה اللغة لغة زبان भाषा ভাষা மொழி 语言 語言 言語 언어
        ngôn_ngữ bahasa ภาษา
    """,
    "url": """
        adresse webadresse lien lien_url adresse_url enlace enlace_url dirección endereço ligação collegamento
        indirizzo odkaz odnośnik łącze адрес ссылка посилання адреса връзка nuoroda saite linkki osoite länk
        lenke bağlantı hivatkozás σύνδεσμος קישור الرابط رابط پیوند 链接 連結 网址 網址 リンク 링크 주소 liên_kết
        tautan ลิงก์
    """,
    "source": """
        quelle fuente fonte sursă źródło zdroj izvor извор источник джерело източник крыніца šaltinis avots
        allikas lähde källa kilde bron heimild kaynak forrás πηγή מקור المصدر مصدر منبع स्रोत উৎস 来源 來源 出典
        ソース 媒体名 출처 nguồn sumber แหล่งที่มา
    """,
}
"""What those who keep tables call our fields. Names of ids are left out: a wrong one costs articles as second uses."""


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """A name as it is compared: without case, accents and what nobody sees, its words joined by one underscore.

    >>> plain_name(" Título "), plain_name("Date de publication")
    ('titulo', 'date_de_publication')
    """
    letters = unicodedata.normalize("NFD", INVISIBLE.sub("", name).strip().casefold())
    return re.sub(r"[\s_-]+", "_", "".join(letter for letter in letters if not unicodedata.combining(letter)))


_ELSEWHERE = {
    plain: ours
    for ours, names in _OF_LANGUAGES.items()
    for name in names.split()
    if (plain := plain_name(name)) not in OURS
}
_RANKS = {name: rank for rank, name in enumerate(_ELSEWHERE)}
"""Of two names for one field the one that stands first says it: a ``Titel`` before a ``Rubrik``."""

FOREIGN_NAMES = frozenset(_ELSEWHERE).union(*_OF_PROGRAMS.values())
"""What may be one of ours under another name, of those in small ASCII letters all."""


def under_our_names(
    fields: dict[str, Any], has_text: Callable[[dict[str, Any]], bool], took: Callable[[str, str], None]
) -> dict[str, Any]:
    """The fields with ours named as we do. ``took`` is called with our name and theirs where another language has it.

    ``has_text`` tells whether fields hold a text already: then none is looked for under foreign names.
    """
    fields = _of_programs(_without_prefixes(fields))
    foreign = sorted((rank, name) for name in fields if (rank := _RANKS.get(plain_name(name))) is not None)
    for _, name in foreign:
        ours = _ELSEWHERE[plain_name(name)]
        if ours == "text" and has_text(fields):
            continue
        if name != ours and fields.get(ours) in (None, "", []) and _tells(ours, fields[name]):
            fields[ours] = fields.pop(name)
            took(ours, name)
    return fields


def _of_programs(fields: dict[str, Any]) -> dict[str, Any]:
    for name in list(fields):
        small = INVISIBLE.sub("", name).strip().lower()
        if small != name and small in OURS and not fields.get(small):
            fields[small] = fields.pop(name)
    for ours, others in _OF_PROGRAMS.items():
        if not fields.keys().isdisjoint(others) and fields.get(ours) in (None, "", []):
            for name in others:
                if fields.get(name) not in (None, "", []) and _tells(ours, fields[name]):
                    # A date stays under the name that it was given, too: filters may ask for it.
                    fields[ours] = fields[name] if ours == "date" else fields.pop(name)
                    break
    return fields


def _tells(ours: str, value: object) -> bool:
    if ours == "date":
        return iso_date(value) is not None
    if ours == "url":
        return is_web(value)
    return ours != "language" or (isinstance(value, str) and tag_of(value) is not None)


def tag_of(name: str) -> str | None:
    """The tag of the language that is named; None where none is."""
    try:
        return language_tag(name)
    except ValueError:
        return None


def our_name(name: str) -> str:
    """What we call a field that another language has a name for; all others keep theirs.

    >>> our_name("Título"), our_name("author")
    ('title', 'author')
    """
    return _ELSEWHERE.get(plain_name(name), name)


def names_text(name: str) -> bool:
    """Whether a field of this name holds texts, in another language or in what a catalogue says of its works."""
    return our_name(name) == "text" or _of_catalogue(name) in ("description", "abstract")


def _without_prefixes(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of Dublin Core under our names, where those hold nothing yet; of several identifiers the first.

    >>> _without_prefixes({"dc:title": "De re rustica", "DC.date.issued": "1520", "dc:creator": "Columella"})
    {'dc:creator': 'Columella', 'title': 'De re rustica', 'date': '1520'}
    """
    for name in list(fields):
        ours = _of_catalogue(name)
        if ours and fields[name] not in (None, "", []) and fields.get(ours) in (None, "", []):
            value = fields.pop(name)
            fields[ours] = value[0] if ours in ("id", "url") and isinstance(value, list) else value
            if ours == "id" and is_web(fields["id"]):
                fields.setdefault("url", fields["id"])
    return fields


def _of_catalogue(name: str) -> str | None:
    found = _PREFIXED.fullmatch(name.strip())
    return _DUBLIN_CORE.get(found[1].lower().replace(":", ".")) if found else None

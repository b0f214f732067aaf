"""Legacy encodings: the letters are right or the file is named; declarations are checked; one wrong byte costs no more."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.encodings import UNTOLD, encoding_of, known_encoding
from paraglot.indexer.corpus.letters import oddities
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.inputs import Options, Unreadable

TEXTS = {
    "fr": ("Le pont près de la rivière", "Le maire a déclaré que les travaux étaient achevés. Les élèves ont fêté l’événement.", "cp1252 iso8859-15 mac-roman cp850"),
    "de": ("Neue Brücke über den Fluss", "Die Müllabfuhr fährt künftig früher durch die Straßen, teilte die Behörde am Samstag mit.", "cp1252 iso8859-15 cp850 cp437 mac-roman"),
    "es": ("La señora del barrio", "El año pasado los niños pidieron más árboles en el jardín, según el director del colegio.", "cp1252 cp850 mac-roman"),
    "it": ("La città più bella", "Il sindaco dirà perché la metà della città è già al buio, però non è così facile.", "cp1252 mac-roman"),
    "pl": ("Nowy most na rzece", "Mieszkańcy świętowali otwarcie mostu, który połączył obie części miasta już w sobotę. Będą też ścieżki.", "cp1250 iso8859-2 cp852"),
    "cs": ("Nový most přes řeku", "Starý most bude kvůli opravám uzavřen až do jara, uvedl mluvčí města. Řidiči musí použít objížďku.", "cp1250 iso8859-2 cp852"),
    "hu": ("Új híd a folyón", "Az új hidat szombat reggel adták át, és a rendőrség szerint erről senki sem értesült időben. Több ezren ünnepeltek.", "cp1250 iso8859-2 cp852"),
    "ru": ("Новый мост через реку", "Движение по старому мосту закрыто до весны, сообщила администрация города.", "cp1251 koi8-r cp866 iso8859-5 mac-cyrillic"),
    "uk": ("Новий міст через річку", "Рух старим мостом закрито до весни, повідомила адміністрація міста, її мешканці задоволені.", "cp1251 koi8-u cp1125"),
    "el": ("Νέα γέφυρα στο ποτάμι", "Η παλιά γέφυρα θα μείνει κλειστή μέχρι την άνοιξη, είπε ο δήμαρχος της πόλης.", "cp1253 iso8859-7 cp737"),
    "tr": ("Nehrin üzerine yeni köprü", "Belediye başkanı, eski köprünün ilkbahara kadar kapalı kalacağını söyledi. Işıklar da yenilendi.", "cp1254 iso8859-9"),
    "he": ("גשר חדש מעל הנהר", "הגשר הישן יישאר סגור עד האביב, מסר ראש העירייה.", "cp1255 iso8859-8"),
    "ar": ("جسر جديد فوق النهر", "قال رئيس البلدية إن الجسر القديم سيبقى مغلقا حتى الربيع.", "cp1256 iso8859-6"),
    "lv": ("Jauns tilts pār upi", "Vecais tilts būs slēgts līdz pavasarim, paziņoja pilsētas mērs. Iedzīvotāji svētkus gaidīja ilgi.", "cp1257 iso8859-13 cp775"),
    "lt": ("Naujas tiltas per upę", "Senasis tiltas bus uždarytas iki pavasario, pranešė miesto meras. Žmonės džiaugėsi ir šoko.", "cp1257 iso8859-13"),
    "et": ("Uus sild üle jõe", "Vana sild jääb suletuks kevadeni, teatas linnapea. Täna õhtul mängitakse väljakul pilli.", "cp1257 iso8859-15"),
    "is": ("Ný brú yfir ána", "Gamla brúin verður lokuð fram á vor, sagði bæjarstjórinn. Það þótti mörgum miður.", "cp1252"),
    "sq": ("Ura e re mbi lumë", "Ura e vjetër do të mbetet e mbyllur deri në pranverë, tha kryetari i bashkisë. Njerëzit ishin të gëzuar.", "cp1252"),
    "th": ("สะพานใหม่ข้ามแม่น้ำ", "สะพานเก่าจะปิดจนถึงฤดูใบไม้ผลิ นายกเทศมนตรีกล่าว", "cp874 tis-620"),
    "kk": ("Өзен үстіндегі жаңа көпір", "Ескі көпір көктемге дейін жабық болады, деді қала әкімі. Тұрғындар қуанып жатыр.", "kz1048"),
    "pt": ("A nova ponte do rio", "A câmara não sabe quanto custará a reparação, disse o presidente. Os cidadãos irão à reunião de amanhã.", "cp1252 cp860"),
    "ja": ("川に新しい橋", "古い橋は春まで閉鎖されると市長は述べた。住民は喜んでいる。", "cp932 euc_jp iso2022_jp"),
    "ko": ("강을 가로지르는 새 다리", "시장은 오래된 다리가 봄까지 폐쇄될 것이라고 말했다.", "cp949 johab iso2022_kr"),
    "zh": ("河上的新桥", "市长说，旧桥将关闭到春天。居民们都很高兴。", "gb18030 hz"),
    "zh-TW": ("河上的新橋", "市長說，舊橋將關閉到春天。居民們都很高興。", "big5"),
}  # fmt: skip
CASES = [
    (tag, encoding, text.upper() if capitals else text)
    for tag, (title, body, encodings) in TEXTS.items()
    for encoding in encodings.split()
    for capitals in (False, True)
    for text in (f"{title}\n\n{body}", f"{title}\n\n" + "\n\n".join([body] * 12))
]


@pytest.mark.slow
def test_the_letters_are_right() -> None:
    """26 languages, one paragraph and twelve, as written and in capitals; what cannot be told may be named."""
    wrong, named = [], 0
    for tag, encoding, text in CASES:
        content = text.encode(encoding, "ignore")
        try:
            told = encoding_of(content)
        except Unreadable:
            named += 1
            continue
        if content.decode(told) != content.decode(encoding):
            wrong.append((tag, encoding, text[:30]))
    assert not wrong
    assert named * 50 <= len(CASES)


def read(path: Path, encoding: str | None = None) -> tuple[list[Draft], list[Skipped], list[str]]:
    remarks = Remarks()
    found = list(read_corpus([path], Options(encoding=encoding, remarks=remarks)))
    drafts = [one for one in found if isinstance(one, Draft)]
    return drafts, [one for one in found if isinstance(one, Skipped)], remarks.warned()


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Нова школа в селі. Сільська рада вирішила в четвер, що її почнуть будувати восени."),
        (
            "cp1252",
            "Nýr skóli í þorpinu. Sveitarstjórn ákvað á fimmtudag að bygging hans hefjist í haust, þótt verðið hækki.",
        ),
        (
            "cp1252",
            "Shkollë e re në fshat. Këshilli vendosi të enjten që ndërtimi i saj të fillojë në vjeshtë, çka u pëlqen.",
        ),
        (
            "mac-cyrillic",
            "Ново школа у селу. Скупштина је у четвртак одлучила да изградња почне на јесен, иако су цене порасле.",
        ),
    ],
)
@pytest.mark.parametrize(
    "frame", ["<html><body><div class='main'><p>{}</p></div></body></html>", 'id,title,text\n1,,"{}"\n']
)
def test_names_of_elements_and_columns_do_not_hide_capitals(encoding: str, text: str, frame: str) -> None:
    """They are in small letters, whatever the text is in, and in a short one they are the most of it."""
    content = frame.format(text.upper()).encode(encoding)
    assert content.decode(encoding_of(content)) == content.decode(encoding)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        (
            "iso8859-3",
            "Il-kunsill iddeċieda l-Ħamis li l-bini tal-iskola l-ġdida jibda fil-ħarifa, għalkemm il-prezzijiet żdiedu.",
        ),
        ("mac-turkish", "Belediye meclisi perşembe günü yeni okulun inşaatının sonbaharda başlamasına karar verdi."),
        (
            "mac-iceland",
            "Sveitarstjórn ákvað á fimmtudag að bygging nýja skólans hefjist í haust, þótt verðið hafi hækkað.",
        ),
        (
            "mac-greek",
            "Το δημοτικό συμβούλιο αποφάσισε την Πέμπτη ότι η κατασκευή του νέου σχολείου θα αρχίσει το φθινόπωρο.",
        ),
    ],
)
def test_rare_encodings_are_candidates(encoding: str, text: str) -> None:
    content = text.encode(encoding)
    assert content.decode(encoding_of(content)) == text


def test_a_title_that_cannot_be_told_is_named_and_read_as_the_user_says(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"Menu\n\nAt \xa5\xf1 only.")
    assert [one.reason for one in read(path)[1]] == [UNTOLD]
    [draft], skipped, _ = read(path, "cp1250")
    assert (draft.text, skipped) == ("At Ąń only.", [])


@pytest.mark.parametrize("name", ["latin1", "ISO-8859-1", "windows-1252"])
def test_names_of_encodings(name: str) -> None:
    assert known_encoding(name) == "cp1252"
    assert known_encoding("rot13") is known_encoding("nonsense") is None


PAGE = "<html><head><meta charset={}><title>Die Brücke</title></head><body><article><h1>Die Brücke</h1><p>{}</p></article></body></html>"


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("iso-8859-1", "utf-8"), ("utf-8", "cp1252"), ("windows-1252", "cp1252"), ("koi8-r", "cp1252"), ("", "cp1252")],
)
def test_what_a_page_declares_is_checked(tmp_path: Path, declared: str, encoding: str) -> None:
    body = TEXTS["de"][1] + " Das Geländer über dem Abgrund müsse künftig höher werden."
    path = tmp_path / "a.html"
    path.write_bytes(PAGE.format(declared, body).encode(encoding))
    [draft], _, _ = read(path)
    assert draft.text == body


ROWS = [f"Die Bürger der Stadt {number} hören heute das Glockenspiel über dem Fluss." for number in range(1, 11)]


def damaged(text: str) -> bytes:
    """One wrong byte in the ninth row."""
    content = text.encode()
    at = content.index("Bürger der Stadt 9".encode())
    return content[: at + 1] + b"\xff" + content[at + 3 :]


FORMATS = {
    "a.txt": "Titel der Seite\n\n" + "\n\n".join(ROWS),
    "a.md": "# Titel der Seite\n\n" + "\n\n".join(ROWS),
    "a.html": f"<html><head><meta charset=utf-8><title>T</title></head><body><article>{''.join(f'<p>{row}</p>' for row in ROWS)}</article></body></html>",
    "a.csv": "id,title,text\n" + "".join(f"{n},T,{row}\n" for n, row in enumerate(ROWS, start=1)),
    "a.json": json.dumps([{"id": str(n), "title": "T", "text": row} for n, row in enumerate(ROWS, start=1)], ensure_ascii=False),
    "a.jsonl": "".join(json.dumps({"id": str(n), "title": "T", "text": row}, ensure_ascii=False) + "\n" for n, row in enumerate(ROWS, start=1)),
    "a.rss": f"<rss version='2.0'><channel>{''.join(f'<item><guid>{n}</guid><title>T</title><description>{row}</description></item>' for n, row in enumerate(ROWS, start=1))}</channel></rss>",
}  # fmt: skip


@pytest.mark.parametrize("name", list(FORMATS))
def test_one_wrong_byte_costs_its_row_at_most(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(damaged(FORMATS[name]))
    drafts, skipped, warned = read(path)
    texts = " ".join(draft.text for draft in drafts)
    assert all(row in texts for row in (*ROWS[:8], ROWS[9]))
    [said] = [*map(str, skipped), *warned]
    assert said.startswith(f"{path}:")
    if not skipped:
        assert "B\ufffdrger der Stadt 9" in texts
        assert "throughout" in said or "\ufffd" in said


def test_a_text_whose_last_character_is_cut_is_read(tmp_path: Path) -> None:
    for name, encoding in (("a.txt", "utf-8"), ("b.txt", "utf-16")):
        path = tmp_path / name
        path.write_bytes(f"{FORMATS['a.txt']} Überfluß".encode(encoding)[:-1])
        [draft], skipped, warned = read(path)
        assert (draft.text.count("Bürger"), skipped) == (10, [])
        assert f"{path}:21: not {encoding} throughout" in warned[0]


def test_vietnamese_of_windows_is_read(tmp_path: Path) -> None:
    text = "Cây cầu mới\n\nCây cầu cũ sẽ đóng cửa cho đến mùa xuân, thị trưởng thành phố cho biết."
    pieces = []
    for one in unicodedata.normalize("NFC", text):
        letters = unicodedata.normalize("NFD", one)
        tones = "".join(mark for mark in letters if mark in "\u0300\u0301\u0303\u0309\u0323")
        pieces.append(unicodedata.normalize("NFC", "".join(mark for mark in letters if mark not in tones)) + tones)
    content = "".join(pieces).encode("cp1258")
    assert unicodedata.normalize("NFC", content.decode(encoding_of(content))) == unicodedata.normalize("NFC", text)


def test_a_word_of_any_length_is_judged_in_one_pass() -> None:
    """Looked at from each of its letters it would take hours."""
    assert oddities("a" * 300_000) == 0
    assert oddities("a" * 300_000 + "д") == 2
    assert oddities("9" * 300_000 + " хлеб bread хлebbread") == 2


def test_an_encoding_that_letters_told_is_said_and_half_a_character(tmp_path: Path) -> None:
    line = json.dumps({"id": "a", "text": TEXTS["de"][1]}, ensure_ascii=False)
    (tmp_path / "a.jsonl").write_bytes(line.encode("cp1252"))
    (tmp_path / "b.txt").write_bytes("\n\n".join(TEXTS["fr"][:2]).encode("cp1252"))
    (tmp_path / "c.jsonl").write_bytes(b'{"id": "c", "text": "A caf\\ud83d by the weir."}')
    (tmp_path / "d.txt").write_text(TEXTS["pl"][1], "utf-16")
    drafts, skipped, said = read(tmp_path)
    assert (len(drafts), skipped) == (4, [])
    assert [one.removeprefix(f"{tmp_path}/") for one in said] == [
        "c.jsonl:1: half a character (a lone surrogate) was read as \ufffd",
        "Inputs in no UTF-8, read as cp1252, which their letters tell: 2; --encoding says it otherwise.",
    ]
    assert read(tmp_path / "b.txt", "cp1252")[2] == []

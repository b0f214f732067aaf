"""Dates are told alike in every format, and none costs its article."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from babel.dates import format_date

from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.dates.dates import iso_date
from paraglot.indexer.readers.dates.near import date_fields
from paraglot.indexer.readers.inputs import Options
from paraglot.search.text.dates import read_period
from paraglot.search.text.languages import LANGUAGES

DAY = "2023-10-02"
TOLD_AS_THE_DAY = [
    *("2023-10-02", "20231002", "2023-W40-1", "2023W401", "2023-275", "2023275", "2023/10/02", "2023/10/2"),
    *("2023.10.02", "2023-1-2", "Mon, 02 Oct 2023", "2.10.2023", "02.10.2023", "2. 10. 2023", "October 2, 2023"),
    *("2 October 2023", "Oct 2nd, 2023", "Monday, 2 October 2023", "2-Oct-2023", "2. Oktober 2023", "2 octobre 2023"),
    *("2 de octubre de 2023", "2 października 2023", "2. října 2023", "2 октября 2023 г.", "2 жовтня 2023 року"),
    *("2 Οκτωβρίου 2023", "2 Ekim 2023", "2023. október 2.", "2023 m. spalio 2 d.", "2023. gada 2. oktobris"),
    *("٢ أكتوبر ٢٠٢٣", "2 تشرين الأول 2023", "۲ اکتبر ۲۰۲۳", "2 באוקטובר 2023", "2 अक्टूबर 2023", "২ অক্টোবর ২০২৩"),
    *(
        "2023年10月2日",
        "2023年10月2日(月)",
        "令和5年10月2日",
        "2023년 10월 2일",
        "2 ตุลาคม 2566",
        "ngày 2 tháng 10 năm 2023",
    ),
    *("２０２３年１０月２日", "Published 2 October 2023", "2023–10–02", "2023−10−02", '"2023-10-02"', "'2023-10-02"),
    "2023年10月2日星期一",
]
IN_A_LANGUAGE = {
    "วันจันทร์ที่ 2 ตุลาคม พ.ศ. 2566": "th",
    "ថ្ងៃទី 2 ខែតុលា ឆ្នាំ 2023": "km",
    "ວັນທີ 2 ຕຸລາ 2023": "lo",
    "၂၀၂၃ ခုနှစ် အောက်တိုဘာလ ၂ ရက်": "my",
    "སྤྱི་ལོ་2023 ཟླ་༡༠ ཚེས་2": "bo",
    "२ अक्तूबर २०२३": "hi",
    "2023 ഒക്ടോബർ 2": "ml",
    "2 أكتوبر/تشرين الأول 2023": "ar",
    "الإثنين، ٢ أكتوبر ٢٠٢٣م": "ar",
    "יום שני, 2 באוקטובר 2023": "he",
    "2 ოქტომბერი 2023 წ.": "ka",
    "2023 թ. հոկտեմբերի 2": "hy",
    "2023 жылғы 2 қазан": "kk",
    "2 qazan 2023": "kk",
    "2023-ж., 2-октябрь": "ky",
    "2023-yil 2-oktabr": "uz",
    "2 oktyabr 2023-cü il": "az",
    "2 EKİM 2023": "tr",
    "2023 оны 10-р сарын 2": "mn",
    "2-ئۆكتەبىر، 2023": "ug",
    "2ی تشرینی یەکەمی 2023": "ckb",
    "2023(e)ko urriaren 2(a)": "eu",
    "Thứ Hai, 2 tháng 10, 2023": "vi",
    "dydd Llun, 2 Hydref 2023": "cy",
    "segunda-feira, 2 de outubro de 2023": "pt",
    "2023年10月2日月曜日": "ja",
    "2 ΟΚΤΩΒΡΙΟΥ 2023": "el",
}


@pytest.mark.parametrize("language", ["", "own"])
@pytest.mark.parametrize("given", IN_A_LANGUAGE)
def test_a_date_is_told_as_a_language_writes_it(given: str, language: str) -> None:
    assert iso_date(given, IN_A_LANGUAGE[given] if language else None) == DAY


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_what_babel_writes_is_told(language: str) -> None:
    days = [date(2023, month, day) for month, day in ((1, 25), (3, 8), (5, 9), (6, 17), (8, 3), (10, 2), (12, 31))]
    for form in ("long", "full"):
        written = {format_date(day, form, language): day.isoformat() for day in days}
        assert {one: iso_date(one, language) for one in written} == written


TOLD = {
    "2023-1-2": "2023-01-02",
    "2023": "2023",
    "2023-10": "2023-10",
    "October 2023": "2023-10",
    "10/2023": "2023-10",
    "2023.10": "2023-10",
    "民國112年10月2日": "2023-10-02",
    "Mon, 02 Oct 2023 14:05:00 GMT": "2023-10-02T14:05:00+00:00",
    "Mon, 02 Oct 23 14:05 EST": "2023-10-02T14:05:00-05:00",
    "02 Oct 2023 14:05:00 +0200": "2023-10-02T14:05:00+02:00",
    "Mon., 02 Oct 2023 14:05": "2023-10-02T14:05:00",
    "Tues, 3 Oct 2023 14:05 EST": "2023-10-03T14:05:00-05:00",
    "Thurs 5 October 2023": "2023-10-05",
    "Mon Oct  2 14:05:00 2023": "2023-10-02T14:05:00",
    "Mon Oct 02 2023 14:05:00 GMT+0200 (Central European Summer Time)": "2023-10-02T14:05:00+02:00",
    "October 2, 2023 at 2:05 p.m.": "2023-10-02T14:05:00",
    "2.10.2023, 14.05 Uhr": "2023-10-02T14:05:00",
    "2023-10-02 14:05:33": "2023-10-02 14:05:33",
    "2023-10-02T14:05:00+0200": "2023-10-02T14:05:00+0200",
    "2023-10-02 14:05:00 +0000 UTC": "2023-10-02T14:05:00+00:00",
    "2023-10-02T24:00:00": "2023-10-03T00:00:00",
    "2023-10-02Z": "2023-10-02",
    "2023-10-02+02:00": "2023-10-02",
    "2023년 10월 2일 월요일 오후 2:05": "2023-10-02T14:05:00",
    "2023년 10월 2일 오전 12시 5분": "2023-10-02T00:05:00",
    "2023年10月2日下午2时5分": "2023-10-02T14:05:00",
    "maanantai 2. lokakuuta 2023 klo 14.05": "2023-10-02T14:05:00",
    "mandag 2. oktober 2023 kl. 14.05": "2023-10-02T14:05:00",
    "Monday 2 October 2023 14.05 BST": "2023-10-02T14:05:00+01:00",
    "Senin, 2 Oktober 2023 | 14:05 WIB": "2023-10-02T14:05:00+07:00",
    "20231002T140500Z": "2023-10-02T14:05:00+00:00",
    "20231002140500": "2023-10-02T14:05:00",
    "1696255500": "2023-10-02T14:05:00+00:00",
    "1696255500000": "2023-10-02T14:05:00+00:00",
    "/Date(1696255500000)/": "2023-10-02T14:05:00+00:00",
    "D:20231002140500+02'00'": "2023-10-02T14:05:00+02:00",
    "mar. 3 oct. 2023": "2023-10-03",
    "25/12/2023": "2023-12-25",
    "12/25/2023": "2023-12-25",
    "02/02/2023": "2023-02-02",
}
NOT_TOLD = [
    *("02/10/2023", "10-02-2023", "2.10.23", "0000-00-00", "0000-00-00 00:00:00", "N/A", "yesterday", "before 2023"),
    *(
        "31 February 2023",
        "2023-13-45",
        "5 May",
        "13/13/2023",
        "2 October 2022 or 2023",
        "2 listopada 2023",
        "12345",
        "1402/07/10",
    ),
]
VALUES = {
    1696255500: "2023-10-02T14:05:00+00:00",
    1696255500.5: "2023-10-02T14:05:00.500+00:00",
    1696255500000: "2023-10-02T14:05:00+00:00",
    20231002: DAY,
    2023: "2023",
}


@pytest.mark.parametrize("given", TOLD_AS_THE_DAY)
def test_one_day_in_many_forms(given: str) -> None:
    assert iso_date(given) == TOLD.get(given, DAY)


@pytest.mark.parametrize(("given", "iso"), [*TOLD.items(), *VALUES.items()])
def test_other_forms(given: object, iso: str) -> None:
    assert iso_date(given) == iso
    assert read_period(iso) is not None


@pytest.mark.parametrize("given", NOT_TOLD)
def test_what_can_mean_two_days_or_none_is_kept(given: str) -> None:
    assert date_fields(given) == {"date_as_given": given}


def test_a_name_that_two_languages_share_is_told_by_the_language() -> None:
    assert (iso_date("2 listopada 2023", "pl"), iso_date("2 listopada 2023", "hr")) == ("2023-11-02", DAY)


def test_objects_and_lists_of_databases() -> None:
    wrapped = [{"$date": "2023-10-02"}, {"$date": {"$numberLong": "1696255500000"}}, [2023, 10, 2], {"@value": DAY}]
    assert {str(iso_date(one))[:10] for one in [*wrapped, {"year": 2023, "month": 10, "day": 2}]} == {DAY}
    unknown: list[object] = [True, 0, -1, 1e300, float("inf"), {}, {"a": 1}, []]
    assert [iso_date(one) for one in unknown] == [None] * 8
    assert date_fields(None) == date_fields(" ") == date_fields([]) == {}


GIVEN = [*TOLD_AS_THE_DAY, *TOLD, *NOT_TOLD, "1778-1780", "c. 1850", "Spring 2023", ""]


def written(form: str) -> str:
    rows = [{"id": str(number), "title": "T", "text": "A text.", "date": one} for number, one in enumerate(GIVEN)]
    if form == "jsonl":
        return "\n".join(map(json.dumps, rows))
    if form == "json":
        return json.dumps(rows)
    if form == "md":
        return f"---\ntitle: T\ndate: {json.dumps(GIVEN[7])}\n---\nA text."
    items = "".join(
        f"<item><guid>{row['id']}</guid><title>T</title><description>A text.</description>"
        f"<pubDate>{row['date']}</pubDate></item>"
        for row in rows
    )
    return f"<rss><channel>{items}</channel></rss>"


@pytest.mark.parametrize("form", ["jsonl", "json", "csv", "rss"])
def test_all_formats_are_alike(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"a.{form}"
    if form == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("id", "text", "date"), *((n, "A text.", d) for n, d in enumerate(GIVEN))])
    else:
        path.write_text(written(form), "utf-8")
    found = list(read_corpus([path]))
    assert len(found) == len(GIVEN)
    for given, draft in zip(GIVEN, found, strict=True):
        assert isinstance(draft, Draft)
        expected = date_fields(given)
        assert draft.date == expected.get("date")
        assert draft.attributes.get("date_as_given") == expected.get("date_as_given")


def test_two_years_with_a_dash_are_no_month() -> None:
    assert iso_date("2011–12") is None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("二〇二三年十月二日", "2023-10-02"),
        ("二零二三年十二月二十五日", "2023-12-25"),
        ("二〇二三年十月", "2023-10"),
        ("二〇二三年", "2023"),
        ("2.X.2023", "2023-10-02"),
        ("2. XII. 2023", "2023-12-02"),
        ("2-iv-2023", "2023-04-02"),
        ("02-Oct-23", "2023-10-02"),
        ("2 окт 23", "2023-10-02"),
        ("2 d'octubre de 2023", "2023-10-02"),
        ("2 ต.ค. 2566", "2023-10-02"),
        ("Oct 2, 23", None),
        ("1402/07/10", None),
        ("1402-07-10", None),
        ("1402-07-10T10:00:00", None),
        ("۱۴۰۲/۰۷/۱۰", None),
        ("1402年7月10日", None),
        ("10 مهر 1402", None),
        ("1445-03-17", None),
        ("2566-10-02", None),
        ("2/10/2566", None),
        ("5783-07-17", None),
        ("13 April 1402", "1402-04-13"),
        ("1066-10-14", "1066-10-14"),
    ],
)
def test_numerals_of_other_scripts_and_days_of_other_calendars(given: str, told: str | None) -> None:
    assert iso_date(given) == told
    assert date_fields(given) == ({"date": told} if told else {"date_as_given": given})


@pytest.mark.parametrize(
    ("given", "year"),
    [
        *(("[1759?]", "1759"), ("ca. 1520", "1520"), ("1520s", "1520"), ("[c. 1750?]", "1750"), ("c1999", "1999")),
        *(
            ("um 1520", "1520"),
            ("vers 1520", "1520"),
            ("около 1520", "1520"),
            ("约1520年", "1520"),
            ("1520年頃", "1520"),
        ),
        *(
            ("1920er Jahre", "1920"),
            ("años 1920", "1920"),
            ("1920-е", "1920"),
            ("1920年代", "1920"),
            ("(2023)", "2023"),
        ),
    ],
)
def test_a_year_that_is_near_is_told_and_kept_as_given(given: str, year: str) -> None:
    assert date_fields(given) == {"date": year, "date_as_given": given}
    assert iso_date(given) is None, "it is no date that a title may be taken for"


SPANS = {
    "1778-1780": "1778",
    "1778–80": "1778",
    "2019/2020": "2019",
    "2019/20": "2019",
    "[between 1520 and 1530]": "1520",
    "entre 1778 et 1780": "1778",
    "zwischen 1778 und 1780": "1778",
    "1778年至1780年": "1778",
    "٢٠١٩-٢٠٢٠": "2019",
    "2019-2020 гг.": "2019",
    "c1850-c1860": "1850",
    "1990s-2000s": "1990",
    "1998-": "1998",
    "1998–present": "1998",
    "seit 1998": "1998",
    "2024-05-01/2024-06-01": "2024-05-01",
    "2024-05-01T10:00/2024-05-01T12:00": "2024-05-01T10:00",
    "12-15 May 2024": "2024-05-12",
    "12.–15. Mai 2024": "2024-05-12",
    "del 12 al 15 de mayo de 2024": "2024-05-12",
    "May 12-15, 2024": "2024-05-12",
    "12 May – 3 June 2024": "2024-05-12",
    "Dec 31, 2019 - Jan 1, 2020": "2019-12-31",
    "May/June 2024": "2024-05",
    "spring 2019": "2019",
    "Winter 2019/20": "2019",
    "весна 2019": "2019",
    "2019年春": "2019",
    "primavera de 2019": "2019",
    "2019-21": "2019",
    "Q3 2023": "2023-07",
    "2019-Q2": "2019-04",
    "1. Quartal 2019": "2019-01",
    "185X": "1850",
    "1984-06?": "1984-06",
    "late 2019": "2019",
}


@pytest.mark.parametrize(("given", "start"), SPANS.items())
def test_a_span_is_dated_by_where_it_begins(given: str, start: str) -> None:
    assert date_fields(given) == {"date": start, "date_as_given": given}
    assert read_period(start) is not None


@pytest.mark.parametrize(
    "given",
    ["[17--]", "18XX", "18th century", "before 1520", "after 1600", "1999, c1998", "1520 or 1521", "1780-1778"]
    + ["01-02-2023", "01/02/2023", "2010-2020-2030", "500 BC", "Mon-Fri", "2023-10-02 or later", "31 February 2023"],
)
def test_what_says_no_one_beginning_is_kept_alone(given: str) -> None:
    assert date_fields(given) == {"date_as_given": given}


def test_a_near_year_is_not_counted_as_unknown(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "a", "text": "Of bridges.", "date": "ca. 1520"}))
    remarks = Remarks()
    [draft] = read_corpus([tmp_path / "a.jsonl"], Options(remarks=remarks))
    assert isinstance(draft, Draft)
    assert (draft.date, draft.attributes, remarks.counts()) == ("1520", {"date_as_given": "ca. 1520"}, {})

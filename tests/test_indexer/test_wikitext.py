"""Templates that carry text: no sentence of a wiki has a hole where a number, a date or a name stood."""

from __future__ import annotations

from pathlib import Path

import pytest

from paraglot.indexer.corpus.drafts import Place
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.body import Body
from paraglot.indexer.readers.inputs import Options
from paraglot.indexer.readers.wiki.wikitext import Wikitext


def told(text: str) -> tuple[str, dict[str, int]]:
    body, remarks = Body("Alder Lake"), Remarks()
    Wikitext().add(body, text, "2024-05-31T10:00:00Z")
    body.report(Options(remarks=remarks), Place(Path("a")))
    return body.done()[0], remarks.counts()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It lies at {{convert|1300|mi|km}} and {{cvt|93|m|ft}} up.", "It lies at 1300 mi and 93 m up."),
        ("{{convert|6|ft|2|in|cm}} tall, {{convert|5|to|10|km|mi}} off", "6 ft 2 in tall, 5 to 10 km off"),
        ("It has {{convert|1,300|sqmi|km2}} at {{cvt|25|C|F}}.", "It has 1,300 sq mi at 25 °C."),
        ("Er ist {{Höhe|1234|DE-NHN|link=1}} hoch.", "Er ist 1234 m hoch."),
        ("Le lac, à {{unité|2000|m}}, a {{nombre|15|habitants}}.", "Le lac, à 2000 m, a 15 habitants."),
        ("Il coûte {{unité|3.5|millions d'euros}}.", "Il coûte 3.5 millions d'euros."),
        ("Le {{date|17|octobre|1973}} au {{s|XIX|e}} siècle", "Le 17 octobre 1973 au XIXe siècle"),
        ("au {{s|XIX|e}}, le {{1er}}", "au XIXe siècle, le 1er"),
        ("Born {{birth date and age|1973|10|17}}, {{circa|1890}}.", "Born 1973-10-17, circa 1890."),
        ("She is {{age|1950|6|1}}, he was {{age|1950|6|1|1999|5|1}}.", "She is 73, he was 48."),
        ("{{formatnum:1234567}} by {{val|6.02e23|u=kg}}, {{nts|3}}", "1234567 by 6.02e23 kg, 3"),
        ("{{frac|1|2}} or {{frac|3|1|2}} of {{chem|H|2|O}}", "1/2 or 3 1/2 of H2O"),
        (r"The area is <math>A = \pi r^2</math> and <chem>H2O</chem>.", "The area is A = pi r^2 and H2O."),
        ("{{US$|500}}{{snd}}or {{math|a {{=}} b}}", "US$500 – or a = b"),
        ("by {{lang|de|Siedler}} of {{lang-de|Mühle|lit=mill}}", "by Siedler of Mühle"),
        ("{{nihongo|Alder|榛|Han}} or {{transl|ru|Moskva}}", "Alder (榛, Han) or Moskva"),
        ("{{nowrap|1=a = b}} {{abbr|NGO|non-gov.}} {{small|s}}", "a = b NGO s"),
        ("{{ill|Hans Berg|de|Hans Berg (Müller)}} {{lien|trad=X|fr=Moulin}}", "Hans Berg Moulin"),
        ("町は{{仮リンク|水車|en|Mill}}と{{lang|en|mill}}がある。", "町は水車とmillがある。"),
        ("{{sortname|Ana|Berg}}, {{sort|01|First}} {{color|red|word}}", "Ana Berg, First word"),
        ("{{hlist|a|b}} and {{ubl|c|d}}", "a, b and c, d"),
        ("a {{unknown one|shown words|x}} b, {{other|5|kg}}, {{third|de|Wehr}}.", "a shown words b, 5 kg, Wehr."),
        ("of {{nowrap|[[Rome|the city]]}} now", "of the city now"),
        ("10<sup>3</sup> m<sup>2</sup> and 10{{sup|4}}, 2<sup>1</sup>/<sub>2</sub>", "10^3 m2 and 10^4, 2 1/2"),
        ("CO{{sub|2}} at 5{{x10^|3}}, {{sqrt|2}} and 3{{e|6}}.", "CO2 at 5×10^3, √2 and 3×10^6."),
        (
            "The {{HMS|Hood|51}}, {{USS|Maine}} and {{ship|SS|Ohio}} met.",
            "The HMS Hood (51), USS Maine and SS Ohio met.",
        ),
        ("a {{sclass|Nimitz|aircraft carrier}} of {{r.|1500|1510}}", "a Nimitz-class aircraft carrier of r. 1500–1510"),
        ("el {{siglo|XX}} à {{heure|14|30}}", "el siglo XX à 14 h 30"),
        ("Par {{Mme|Dupont}}, {{M.|Martin}} et {{MM.|A et B}}", "Par Mme Dupont, M. Martin et MM. A et B"),
        ("au {{n°|12}}, {{percent|35}} ou {{pourcentage|40}}", "au n° 12, 35 % ou 40 %"),
        ("nach {{§|12}} um {{Prozent|5}}, {{Nr.|5}}", "nach § 12 um 5 %, Nr. 5"),
        ("lungo {{M|12|ul=km}} a {{°C|12}}, il {{n.|3}}", "lungo 12 km a 12 °C, il n. 3"),
        ("no {{séc|XIX}} a {{percentagem|35}} e a {{Dr}}", "no século XIX a 35 % e a Dr"),
        ("из {{тыс|5}} чел. {{процент|35}} в {{век|XIX}}", "из 5 тыс. чел. 35 % в XIX век"),
        ("w {{wiek|XIX}} {{procent|35}}, {{mln|3}} osób", "w XIX wiek 35 %, 3 mln osób"),
        ("in de {{eeuw|19}} {{procent|35}} voor {{euro|5}}", "in de 19e eeuw 35 % voor € 5"),
        ("of {{wikt-lang|en|set}} on {{oldstyledate|1 May|1700}}", "of set on 1 May 1700"),
        ("{{bd|1900年|1月1日|1980年|2月2日}}", "1900年1月1日－1980年2月2日"),
    ],
)
def test_templates_in_sentences(text: str, expected: str) -> None:
    assert told(text) == (expected, {})


@pytest.mark.parametrize(
    ("text", "quotation"),
    [
        ("{{quote|We keep the mill.}}", "We keep the mill."),
        ("{{blockquote|text=We keep it.|author=Bo}}", "We keep it. — Bo"),
        ("{{Cquote|We keep the [[Mill|old mill]].}}", "We keep the old mill."),
        ("{{Zitat|Text=Das Wehr bleibt.|Autor=Bo}}", "Das Wehr bleibt. — Bo"),
        ("{{Citation bloc|Le moulin reste.}}", "Le moulin reste."),
        ("{{Cita|El molino queda.|Bo}}", "El molino queda. — Bo"),
        ("{{Цитата|Мельница остаётся.}}", "Мельница остаётся."),
        ("{{quote|It is {{convert|5|km}} long.}}", "It is 5 km long."),
    ],
)
def test_quotations_are_paragraphs(text: str, quotation: str) -> None:
    assert told(f"They said {text} then.") == (f"They said\n\n{quotation}\n\nthen.", {})


@pytest.mark.parametrize(
    ("text", "kept", "counts"),
    [
        ("It stands.{{sfn|Smith|2001|p=3}} It falls.", "It stands. It falls.", {"references and notes": 1}),
        ("It stands.{{какая-то сноска|Smith|2001}} So.", "It stands. So.", {"templates": 1}),
        ("It {{citation needed|date=May}} stands{{refn|group=n|A note.}}.", "It stands.", {"references and notes": 2}),
        ("{{Infobox town\n| name = X\n| pop = 5\n}}\nIt stands.", "It stands.", {"templates": 1}),
        ("{{Main|Other lake}}\nIt stands.\n{{Navbox|a|b}}", "It stands.", {"references and notes": 1, "templates": 1}),
        ("It stands.\n== References ==\n* Book\n=== More ===\n* Book", "It stands.", {"references and notes": 4}),
        ("A.\n== Einzelnachweise ==\n* B\n== Später ==\nC.", "A.\n\nSpäter\n\nC.", {"references and notes": 2}),
    ],
)
def test_what_is_no_text_is_counted(text: str, kept: str, counts: dict[str, int]) -> None:
    assert told(text) == (kept, counts)


def test_templates_take_linear_time() -> None:
    """A million characters that never close, or are all bars, come to an end (a square of them would not)."""
    for text in (
        "{{" * 300_000,
        "{{a|" + "|" * 600_000 + "}}",
        "[[a|" * 200_000,
        "{{quote|" * 100_000 + "}}" * 100_000,
    ):
        told(f"Before. {text}")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Né le {{1er janvier|1911}} à Paris.", "Né le 1er janvier 1911 à Paris."),
        ("Né le {{1er|janvier|1911}} à Paris.", "Né le 1er janvier 1911 à Paris."),
        ("le {{mardi 2 octobre|1973}} à Paris", "le mardi 2 octobre 1973 à Paris"),
        ("en {{février|1911}} à Paris", "en février 1911 à Paris"),
        ("au {{s-|XIX}} il vécut", "au XIXe siècle il vécut"),
        ("au {{-s|V|e}} il vécut", "au Ve siècle av. J.-C. il vécut"),
        ("aux {{sp|XV|e|et|XVI|e}} il vécut", "aux XVe et XVIe siècles il vécut"),
        ("au {{s|XIX|e}} siècle", "au XIXe siècle"),
        ("à {{j|12|km}} de là", "à 12 km de là"),
        ("{{読み仮名|東京|とうきょう}}は日本の首都。", "東京（とうきょう）は日本の首都。"),
        ("Paris ({{IPA|fr|paʁi}}) is", "Paris (paʁi) is"),
        ("Paris ({{IPAc-en|ˈ|p|ær|ɪ|s}}) is", "Paris (/ˈpærɪs/) is"),
        ("In {{lang|fr|texte=rue}} he", "In rue he"),
        ("In {{lang|de|Straße}} he", "In Straße he"),
        ("{{nihongo|Tokyo|東京|Tōkyō}} is", "Tokyo (東京, Tōkyō) is"),
        ("is {{convert|12|km|mi}} long", "is 12 km long"),
        ("живёт {{чел.|1200}} в городе", "живёт 1200 чел. в городе"),
    ],
)
def test_templates_of_french_japanese_and_russian_wikis(written: str, shown: str) -> None:
    body = Body("T")
    Wikitext().add(body, f"Words before. {written}")
    assert body.done()[0] == f"Words before. {shown}"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<pre>\na [[b]]\n{{c}}\n</pre>", "a [[b]]\n{{c}}"),
        ('<syntaxhighlight lang="c">\nif (a<b)\n  f(&amp;x);\n</syntaxhighlight>', "if (a<b)\nf(&x);"),
        ("<source lang=py>\nx = 1\n\ny = 2</source>", "x = 1\ny = 2"),
        ("<poem>\nRoses are [[Red|red]],\n:''blue'' are {{lang|de|Veilchen}}.\n</poem>", "Roses are red,\nblue are Veilchen."),
    ],
)  # fmt: skip
def test_what_is_set_line_by_line_keeps_its_lines(written: str, shown: str) -> None:
    body = Body("Alder Lake")
    Wikitext().add(body, f"Before it.\n{written}\nAfter\nit.")
    assert [block.text for block in body.done()[1]] == ["Before it.", shown, "After it."]


def test_what_never_ends_is_no_program() -> None:
    assert told("A <pre> of {{nowrap|words}}.\x01 7")[0] == "A of words. 7"

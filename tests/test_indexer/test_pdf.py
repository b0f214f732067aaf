"""PDF: nothing is lost to a title, columns are read one after the other, words that line ends divide are whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from paraglot.indexer.corpus.assemble import assemble
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.documents.pdf_mending import in_reading_order
from paraglot.indexer.readers.inputs import Options

pytest.importorskip("pypdf")

Line = tuple[int, int, str]
"""Where a text is drawn, and the text."""


def pdf(pages: list[list[Line]], title: str = "") -> bytes:
    """A PDF whose texts stand where they are told to, its table of objects left to the reader to mend."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for lines in pages:
        content = "".join(f"BT /F1 10 Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET\n" for x, y, text in lines)
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects) + 2} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append(f"<< /Title ({title}) >>")
    body, offsets = "%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    count = len(objects) + 1
    trailer = f"trailer\n<< /Size {count} /Root 1 0 R /Info {count - 1} 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    return (f"{body}xref\n0 {count}\n0000000000 65535 f \n{table}{trailer}").encode("cp1252")


def read(folder: Path, pages: list[list[Line]], title: str = "") -> tuple[str, list[str], dict[str, int]]:
    (folder / "a.pdf").write_bytes(pdf(pages, title))
    remarks = Remarks()
    [draft] = read_corpus([folder], Options(remarks=remarks))
    assert isinstance(draft, Draft), draft
    return (
        draft.title,
        [one.text for one in assemble(draft, lambda text: len(text) < 2000).paragraphs],
        remarks.counts(),
    )


def lines(*texts: str, x: int = 60, y: int = 720) -> list[Line]:
    return [(x, y - 14 * number, text) for number, text in enumerate(texts)]


ONE = "The council voted to keep the old weir and to repair it before the winter."
TWO = "Work starts in September, and the rest of the cost is paid by the mill owners."


def test_the_first_paragraph_is_not_lost_to_the_title(tmp_path: Path) -> None:
    assert read(tmp_path, [lines(ONE)]) == (ONE, [ONE], {})
    assert read(tmp_path, [[(60, 760, "Weir stays in Oakmoor"), *lines(ONE, TWO)]]) == (
        "Weir stays in Oakmoor",
        [f"{ONE} {TWO}"],
        {},
    )
    assert read(tmp_path, [lines(ONE)], title="Microsoft Word - weir.doc")[0] == ONE
    assert read(tmp_path, [lines(ONE)], title="Weir")[:2] == ("Weir", [ONE])


def test_words_that_line_ends_divide(tmp_path: Path) -> None:
    text = lines(
        "The council voted on Tuesday to keep the weir, and to repair its founda-",
        "tions before the winter. Work on the well-",
        "known mill pond at the Upper Mill-",
        "Pond starts in Septem-",
        "ber, when CO2-",
        "prices and the long-",
        "term plan are known, and the re-entry, or the re-",
        "entry of the millers, is told.",
    )
    [found] = read(tmp_path, [text])[1]
    assert found == (
        "The council voted on Tuesday to keep the weir, and to repair its foundations before the winter. Work on the "
        "well-known mill pond at the Upper Mill-Pond starts in September, when CO2-prices and the long-term plan are "
        "known, and the re-entry, or the re-entry of the millers, is told."
    )


LEFT = (
    "Left column: the miller says",
    "that the wheel will turn on",
    "Monday if the water stands",
    "high enough at the sluice.",
)
RIGHT = (
    "Right column: the baker has",
    "ordered forty sacks of flour",
    "and will pay for them in",
    "June when the fair is over.",
)


def test_columns_that_are_drawn_line_by_line(tmp_path: Path) -> None:
    both = [line for pair in zip(lines(*LEFT), lines(*RIGHT, x=310), strict=True) for line in pair]
    assert read(tmp_path, [both], "T")[1] == [" ".join(LEFT), " ".join(RIGHT)]
    assert read(tmp_path, [[*lines(*LEFT), *lines(*RIGHT, x=310)]], "T")[1] == [" ".join(LEFT), " ".join(RIGHT)]
    headed = [(60, 760, "A line over both columns that is wider than one of them alone could be"), *both]
    assert len(read(tmp_path, [headed], "T")[1]) == 3


def test_a_table_is_read_row_by_row(tmp_path: Path) -> None:
    cells = [("Year", "Mills"), ("1900", "12 mills"), ("1950", "7 mills"), ("2000", "3 mills")]
    rows = [one for n, (a, b) in enumerate(cells) for one in ((60, 720 - 14 * n, a), (310, 720 - 14 * n, b))]
    assert read(tmp_path, [rows], "T")[1] == ["Year Mills 1900 12 mills 1950 7 mills 2000 3 mills"]


def test_a_word_drawn_glyph_by_glyph_is_whole(tmp_path: Path) -> None:
    spelled = [(60 + 6 * number, 740, letter) for number, letter in enumerate("Illegally filled") if letter != " "]
    assert read(tmp_path, [[*spelled, *lines(ONE)]], "T")[1][0].startswith("Illegally filled The council")


def test_running_heads_leave_no_gap(tmp_path: Path) -> None:
    pages = [
        [(60, 780, f"Valley Post, page {number}"), *lines(text)]
        for number, text in enumerate(
            ("The first flood came in May and con-", "tinued for nine days, in which", "it rained.")
        )
    ]
    _, paragraphs, counts = read(tmp_path, pages, "T")
    assert paragraphs == ["The first flood came in May and continued for nine days, in which it rained."]
    assert counts == {"running heads": 3}


def test_scans_are_called_scans(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf([[]]))
    [skipped] = read_corpus([tmp_path])
    assert "a PDF without text: it has no text layer. If its pages are scans, recognise them first (OCR" in str(skipped)
    assert read(tmp_path, [lines(ONE), []])[2] == {"pages without text": 1}


def test_soft_hyphens_at_the_ends_of_lines_and_pages(tmp_path: Path) -> None:
    pages = [
        lines("Die Arbeiten am alten Wehr sollen im kom\u00ad", "menden Jahr be\u00adginnen, sagte der Bürger\u00ad"),
        lines("meister am Montag nach der langen Sitzung im Rathaus."),
    ]
    whole = "Die Arbeiten am alten Wehr sollen im kommenden Jahr beginnen, sagte der Bürgermeister am Montag"
    assert read(tmp_path, pages, title="Wehr")[1] == [f"{whole} nach der langen Sitzung im Rathaus."]


PARAGRAPH: list[Line] = [(72, 700, "The ferry will not sail before May, the company said.")]


def warned(folder: Path, content: bytes) -> tuple[list[str], list[str], dict[str, int]]:
    (folder / "a.pdf").write_bytes(content)
    remarks = Remarks()
    found = read_corpus([folder / "a.pdf"], Options(remarks=remarks))
    return [one.text if isinstance(one, Draft) else one.reason for one in found], remarks.warned(), remarks.counts()


def test_what_is_whole_of_a_file_that_was_cut(tmp_path: Path) -> None:
    """Without its table all of it; cut in the second page, the first."""
    content = pdf([PARAGRAPH, [(72, 700, "The pier stays closed.")]])
    place = f"{tmp_path / 'a.pdf'}:1"
    cut = f"{place}: damaged, or cut short: what is whole of it is read"
    texts, said, _ = warned(tmp_path, content[: content.rindex(b"xref\n0")])
    assert (texts, said) == (["The ferry will not sail before May, the company said.\n\nThe pier stays closed."], [cut])
    texts, said, _ = warned(tmp_path, content[: content.index(b"The pier")])
    assert texts == ["The ferry will not sail before May, the company said."]
    assert said[0] == cut
    assert said[1].startswith(f"{place}: page 2 is damaged and left out: ")
    assert len(said) == 2
    assert warned(tmp_path, content[: content.index(b"endstream") - 9])[0][0].startswith("damaged: ")


def test_what_was_typed_on_a_page_is_read_and_notes_are_counted(tmp_path: Path) -> None:
    notes = (
        "/Annots [<< /Subtype /Text /Contents (Check this with the master.) >> << /Subtype /Link /Contents (x) >>"
        " << /Subtype /FreeText /Contents (Sold out until June.) >> << /Subtype /Widget /FT /Tx /V (Ana Berga) >>"
        " << /Subtype /Widget /FT /Btn /V /Yes >>] /Resources"
    )
    content = pdf([PARAGRAPH]).replace(b"/Resources", notes.encode())
    assert warned(tmp_path, content) == (
        ["The ferry will not sail before May, the company said.\n\nSold out until June.\n\nAna Berga"],
        [],
        {"comments": 1},
    )


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("םלוע םולש", "שלום עולם"),
        ("שלום עולם", "שלום עולם"),
        (".תוקד 45 ןיתמה ,2024-05-01 םויב ,ןטפקה", "הקפטן, ביום 2024-05-01, המתין 45 דקות."),
        ("no Hebrew", "no Hebrew"),
    ],
)
def test_hebrew_that_is_mirrored(line: str, right: str) -> None:
    assert in_reading_order(line) == right


def test_a_large_initial_begins_its_word(tmp_path: Path) -> None:
    lines = ["he ferry on the lake will not sail", "before May, the company said on", "Monday in the town hall."]
    places = [(100, 700), (100, 688), (72, 676)]
    content = pdf([[(x, y, text) for (x, y), text in zip(places, lines, strict=True)]]).decode("cp1252")
    whole = "The ferry on the lake will not sail before May, the company said on Monday in the town hall."
    for size, text in ((40, whole), (10, f"T {whole[1:]}")):  # a letter of the same size stands by itself
        initial = f"BT /F1 {size} Tf 1 0 0 1 72 700 Tm (T) Tj ET\n"
        assert warned(tmp_path, content.replace("BT", f"{initial}BT", 1).encode("cp1252"))[0] == [text]

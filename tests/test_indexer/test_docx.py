"""Word documents: what was inserted, in controls, fields, boxes and notes is read; what was deleted is not."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from paraglot.indexer.corpus.assemble import assemble
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.inputs import Options

pytestmark = pytest.mark.slow  # python-docx loads its templates

_SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
BOX = "<w:txbxContent><w:p><w:r><w:t>Boxed words of the wall.</w:t></w:r></w:p></w:txbxContent>"


def docx_of(xml: str, title: str = "", **parts: str) -> bytes:
    """A document with this body, and further parts (footnotes, comments) by their names."""
    docx = pytest.importorskip("docx")
    plain = docx.Document()
    plain.core_properties.title = title
    packed = io.BytesIO()
    plain.save(packed)
    made = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                content = f"<w:document {_SPACES}><w:body>{xml}</w:body></w:document>".encode()
            for part in parts:
                if name == "word/_rels/document.xml.rels":
                    link = f'<Relationship Id="x{part}" Type="{_OFFICE}/{part}" Target="{part}.xml"/>'
                    content = content.replace(b"</Relationships>", f"{link}</Relationships>".encode())
                elif name == "[Content_Types].xml":
                    kind = f'<Override PartName="/word/{part}.xml" ContentType="{_WORD}.{part}+xml"/>'
                    content = content.replace(b"</Types>", f"{kind}</Types>".encode())
            new.writestr(name, content)
        for part, inner in parts.items():
            new.writestr(f"word/{part}.xml", f"<w:{part} {_SPACES}>{inner}</w:{part}>")
    return made.getvalue()


def read(folder: Path, content: bytes) -> tuple[str, list[str], dict[str, int]]:
    (folder / "a.docx").write_bytes(content)
    remarks = Remarks()
    [draft] = read_corpus([folder], Options(remarks=remarks))
    assert isinstance(draft, Draft), draft
    assemble(draft, lambda text: len(text) < 2000)
    return draft.title, draft.text.split("\n\n"), remarks.counts()


def p(text: str, style: str = "") -> str:
    inner = text if text.startswith("<") else f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'
    return f'<w:p>{f"""<w:pPr><w:pStyle w:val="{style}"/></w:pPr>""" if style else ""}{inner}</w:p>'


def r(text: str, kind: str = "t") -> str:
    return f'<w:r><w:{kind} xml:space="preserve">{text}</w:{kind}></w:r>'


def test_every_word_that_the_document_shows(tmp_path: Path) -> None:
    changed = r("The wall was ") + f"<w:ins>{r('mended')}</w:ins><w:del>{r('left', 'delText')}</w:del>{r(' in May.')}"
    moved = f"<w:moveFrom>{r('gone')}</w:moveFrom><w:moveTo>{r('Here')}</w:moveTo>"
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('A control around a paragraph.')}</w:sdtContent></w:sdt>"
    inline = f"{r('An ')}<w:sdt><w:sdtContent>{r('inline')}</w:sdtContent></w:sdt>{r(' one.')}"
    fields = (
        f'{r("See ")}<w:fldSimple w:instr="REF a">{r("page 7")}</w:fldSimple><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText> DATE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{r(" of May")}'
        f"<w:hyperlink>{r(', linked')}</w:hyperlink>"
    )
    box = (
        f"{r('Beside a box.')}<w:r><mc:AlternateContent><mc:Choice Requires='wps'><wps:txbx>{BOX}</wps:txbx></mc:Choice>"
        f"<mc:Fallback><v:textbox>{BOX}</v:textbox></mc:Fallback></mc:AlternateContent></w:r>"
    )
    hidden = f"{r('Seen.')}<w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r>"
    noted = f'{r("With a note.")}<w:r><w:footnoteReference w:id="2"/></w:r>'
    note = f'<w:footnote w:id="0" w:type="separator">{p("-")}</w:footnote><w:footnote w:id="2">{p("The note.")}</w:footnote>'
    comment = f'<w:comment w:id="1">{p("Is this so?")}</w:comment>'
    xml = p(changed) + p(moved) + control + p(inline) + p(fields) + p(box) + p(hidden) + p(noted)
    title, texts, counts = read(tmp_path, docx_of(xml, "Report", footnotes=note, comments=comment))
    assert (title, texts) == (
        "Report",
        [
            "The wall was mended in May.",
            "Here",
            "A control around a paragraph.",
            "An inline one.",
            "See page 7 of May, linked",
            "Beside a box.",
            "Boxed words of the wall.",
            "Seen.",
            "With a note.",
            "The note.",
        ],
    )
    assert counts == {"deleted passages": 2, "hidden texts": 1, "comments": 1}


def test_tables_and_lists(tmp_path: Path) -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"

    merged = cell("Left", '<w:gridSpan w:val="2"/>') + cell("High", '<w:vMerge w:val="restart"/>')
    row = cell("low") + cell("lower") + cell("High", "<w:vMerge/>")
    gone = f"<w:tr><w:trPr><w:del/></w:trPr>{cell('deleted')}</w:tr>"
    prose = "A whole text in a cell that only places it. " * 8
    xml = (
        f"<w:tbl><w:tr>{merged}</w:tr><w:tr>{row}</w:tr>{gone}</w:tbl>{p('First', 'ListBullet')}{p('Second', 'ListBullet')}"
        f"<w:tbl><w:tr>{cell(prose)}{cell('Beside')}</w:tr></w:tbl>"
    )
    assert read(tmp_path, docx_of(xml, "T"))[1] == [
        "Left | High\nlow | lower",
        "First\nSecond",
        prose.strip(),
        "Beside",
    ]


@pytest.mark.parametrize(
    ("given", "xml", "title", "texts"),
    [
        ("Report", p("Weir", "Title") + p("It stays."), "Report", ["Weir", "It stays."]),
        ("", p("Weir", "Title") + p("It stays."), "Weir", ["It stays."]),
        ("Microsoft Word - a.docx", p("Weir", "Heading1") + p("It stays."), "Weir", ["It stays."]),
        ("", p("Weir stays") + p("It was said on Monday."), "Weir stays", ["It was said on Monday."]),
        ("", p("It was said on Monday by all."), "It was said on Monday by all.", ["It was said on Monday by all."]),
    ],
)
def test_titles(tmp_path: Path, given: str, xml: str, title: str, texts: list[str]) -> None:
    assert read(tmp_path, docx_of(xml, given))[:2] == (title, texts)


def test_a_version_of_zip_that_is_not_known_is_damage(tmp_path: Path) -> None:
    content = bytearray(docx_of(p(r("The mill."))))
    content[content.index(b"PK\x01\x02") + 6] = 84
    (tmp_path / "a.docx").write_bytes(bytes(content))
    [said] = map(str, read_corpus([tmp_path / "a.docx"]))
    assert said == f"{tmp_path / 'a.docx'}:1: damaged or cut short: zip file version 8.4"


def test_a_table_is_no_title_and_readings_are_no_text(tmp_path: Path) -> None:
    cells = "".join(f"<w:tc>{p(text)}</w:tc>" for text in ("Sender", "Oakmoor"))
    ruby = f"<w:r><w:ruby><w:rt>{r('above')}</w:rt><w:rubyBase>{r('base ')}</w:rubyBase></w:ruby></w:r>{r('is kept here.')}"
    xml = f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>{p('On the weir')}{p(ruby)}"
    assert read(tmp_path, docx_of(xml))[:2] == ("On the weir", ["Sender | Oakmoor", "base is kept here."])


def test_a_paragraph_whose_end_was_deleted_goes_on(tmp_path: Path) -> None:
    gone = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"
    xml = f"<w:p>{gone}{r('The weir is ')}</w:p>{p('closed until May.')}{p('It was said.')}<w:p>{gone}{r('So it is.')}</w:p>"
    assert read(tmp_path, docx_of(xml, "T"))[1] == ["The weir is closed until May.", "It was said.", "So it is."]


def test_prompts_of_empty_fields_are_counted(tmp_path: Path) -> None:
    prompt = f"<w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{r('Click to enter text.')}</w:sdtContent>"
    block = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{p('Choose a date.')}</w:sdtContent></w:sdt>"
    inside = f"<w:p>{r('Told by ')}<w:sdt>{prompt}</w:sdt>{r('nobody.')}</w:p>"
    assert read(tmp_path, docx_of(f"{inside}{block}", "T"))[1:] == (["Told by nobody."], {"prompts of empty fields": 2})


def test_the_strict_form_and_a_document_that_says_nothing_of_itself(tmp_path: Path) -> None:
    """Word writes the one; python-docx makes up a title and a date for the other."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(docx_of(p("Weir", "Title") + p("It stays closed."), "Report"))) as old,
        zipfile.ZipFile(made, "w") as strict,
    ):
        for name in old.namelist():
            content = old.read(name).replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/",
                b"http://purl.oclc.org/ooxml/officeDocument/",
            )
            content = content.replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
            strict.writestr(name, content)
    assert read(tmp_path, made.getvalue())[:2] == ("Report", ["Weir", "It stays closed."])
    bare = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(docx_of(p("Weir stays") + p("It was said on Monday.")))) as old,
        zipfile.ZipFile(bare, "w") as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name == "_rels/.rels":
                content = re.sub(rb"<Relationship [^>]*core-properties[^>]*/>", b"", content)
            if name != "docProps/core.xml":
                new.writestr(name, content)
    assert read(tmp_path, bare.getvalue())[:2] == ("Weir stays", ["It was said on Monday."])


def test_what_is_raised_behind_a_number_is_no_digit_of_it(tmp_path: Path) -> None:
    raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>{}</w:t></w:r>'
    xml = p("<w:r><w:t>10</w:t></w:r>" + raised.format(3) + "<w:r><w:t> m</w:t></w:r>" + raised.format(2))
    assert read(tmp_path, docx_of(xml, "T"))[1] == ["10^3 m2"]

"""Kinds of files that are known and not read: told by content or by name, each with what to make of it instead.

One table: what it is called, the remedy, its suffixes, and the bytes that it begins with.
"""

from __future__ import annotations

import re

_UNPACK = "unpack it first"
_OCR = "have its letters recognised (OCR) and index the text"
_AS_CSV = "export it as CSV or JSON lines"
_AS_HTML = "convert it to HTML, Markdown or plain text"
_AS_DOCX = "save it as .docx, HTML or plain text"
_AS_PDF = "save it as PDF"
_AS_SHEETS = "save each of its sheets as CSV"
_AS_RECORDS = "convert them to Dublin Core in XML, to CSV or to JSON lines"
_AS_TEXT = f"{_AS_HTML}, or read it as it stands with --format text"
_SPEECH = "index what is said in it as a text"

_KINDS: tuple[tuple[str, str, str, tuple[bytes, ...]], ...] = (
    ("a 7z archive", _UNPACK, "7z", (b"7z\xbc\xaf\x27\x1c",)),
    ("a RAR archive", _UNPACK, "rar", (b"Rar!\x1a\x07",)),
    ("a cabinet archive", _UNPACK, "cab", (b"MSCF\0",)),
    ("a file compressed with compress", _UNPACK, "z", (b"\x1f\x9d",)),
    ("a file compressed with LZMA", _UNPACK, "lzma", (b"\x5d\0\0\x80\0", b"\x5d\0\0\x40\0", b"\x5d\0\0\x10\0")),
    ("a file compressed with lzip", _UNPACK, "lz", (b"LZIP\x01",)),
    ("a file compressed with LZ4", _UNPACK, "lz4", (b"\x04\x22\x4d\x18",)),
    ("a file compressed with Brotli", _UNPACK, "br", ()),
    ("an archive of packages", _UNPACK, "deb rpm a cpio", (b"!<arch>\n", b"\xed\xab\xee\xdb", b"070701")),
    ("an archive", _UNPACK, "arj ace lzh lha iso dmg sit sitx xar", (b"xar!\0",)),
    ("an EPUB book", _AS_HTML, "epub", ()),
    ("a FictionBook", _AS_HTML, "fb2", ()),
    ("a Kindle book", _AS_HTML, "mobi azw azw3 prc kfx", ()),
    ("a Windows help file", _AS_HTML, "chm hlp lit", (b"ITSF",)),
    ("a DjVu document", "save it as PDF with its text", "djvu djv", (b"AT&TFORM",)),
    ("PostScript", "convert it to PDF", "ps eps", (b"%!PS",)),
    ("an XPS document", _AS_PDF, "xps oxps", ()),
    ("an OpenDocument text", _AS_DOCX, "odt ott fodt sxw", ()),
    ("an OpenDocument spreadsheet", _AS_SHEETS, "ods ots fods sxc", ()),
    ("an OpenDocument presentation", _AS_PDF, "odp otp fodp sxi", ()),
    ("an OpenDocument drawing", _AS_PDF, "odg otg fodg", ()),
    ("a document of Pages", _AS_DOCX, "pages", ()),
    ("a spreadsheet of Numbers", _AS_SHEETS, "numbers", ()),
    ("a presentation of Keynote", _AS_PDF, "key", ()),
    ("an Excel workbook", _AS_SHEETS, "xlsx xlsm xlsb xltx xls xlt", ()),
    ("a PowerPoint presentation", _AS_PDF, "pptx pptm ppsx potx ppt pps pot", ()),
    ("a Visio drawing", _AS_PDF, "vsdx vsd", ()),
    ("a Word document of the old kind", _AS_DOCX, "doc dot wps wpd", ()),
    ("an Office document that a password locks", "save it without the password", "", ()),
    ("an Office document of the old kind", "save it in the new one, as HTML or as plain text", "", ()),
    ("a document in RTF", _AS_DOCX, "rtf", (b"{\\rtf",)),
    ("an Outlook message", "save it as HTML or plain text", "msg pst ost oft", (b"!BDN",)),
    ("an e-mail", "save its text as HTML or plain text", "eml emlx mbox mbx", ()),
    ("a web page saved as MIME", "save it as HTML", "mhtml mht", ()),
    ("a web page saved by Safari", "save it as HTML", "webarchive", ()),
    ("a file of subtitles", _AS_TEXT, "srt vtt ass ssa sbv ttml", (b"WEBVTT",)),
    ("reStructuredText", _AS_TEXT, "rst rest", ()),
    ("AsciiDoc", _AS_TEXT, "adoc asciidoc asc", ()),
    ("an Org file", _AS_TEXT, "org", ()),
    ("Textile", _AS_TEXT, "textile", ()),
    ("LaTeX", _AS_TEXT, "tex ltx latex bib", ()),
    ("Typst", _AS_TEXT, "typ", ()),
    ("wiki markup outside of a dump", _AS_TEXT, "wiki mediawiki dokuwiki creole", ()),
    ("a manual page", _AS_TEXT, "man mdoc pod", ()),
    ("a notebook of Jupyter", "convert it to Markdown or HTML (jupyter nbconvert)", "ipynb", ()),
    ("YAML", "convert it to JSON", "yaml yml", ()),
    ("a file of settings", "index the texts that it belongs to", "toml ini cfg conf env properties plist", ()),
    ("a log", "read it as it stands with --format text", "log", ()),
    ("a dump of SQL", _AS_CSV, "sql", ()),
    ("a Parquet file", _AS_CSV, "parquet", (b"PAR1",)),
    ("an Arrow or Feather file", _AS_CSV, "arrow feather", (b"ARROW1", b"FEA1")),
    ("an Avro file", _AS_CSV, "avro", (b"Obj\x01",)),
    ("an ORC file", _AS_CSV, "orc", (b"ORC\x0a", b"ORC\x08")),
    ("an SQLite database", _AS_CSV, "sqlite sqlite3 db3", (b"SQLite format 3\0",)),
    ("a database", _AS_CSV, "db mdb accdb dbf sav dta rds rdata", (b"\0\x01\0\0Standard ",)),
    ("a file of numbers", _AS_CSV, "npy npz pkl pickle h5 hdf5 mat", (b"\x93NUMPY", b"\x89HDF\r\n")),
    (
        "a picture",
        _OCR,
        "png jpg jpeg jpe gif webp tif tiff bmp heic heif avif svg svgz ico psd jp2 raw cr2 nef",
        (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"8BPS", b"\0\0\x01\0\x01"),
    ),
    (
        "a recording",
        _SPEECH,
        "mp3 wav ogg oga opus flac m4a aac wma aiff mid mp4 m4v mov mkv webm avi wmv flv mpg mpeg 3gp",
        (b"ID3", b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"FLV\x01", b"MThd"),
    ),
    ("a program", "leave it out", "exe dll so dylib o class jar pyc wasm apk msi bin", (b"\x7fELF", b"\0asm")),
    (
        "a program's source",
        _AS_TEXT,
        "py js mjs ts tsx jsx css scss c h cpp hpp cc java go rs rb php sh pl swift kt",
        (),
    ),
    ("a font", "leave it out", "ttf otf woff woff2 eot", (b"\0\x01\0\0\0", b"OTTO\0", b"wOFF", b"wOF2")),
    ("a file of catalogue records (MARC)", _AS_RECORDS, "mrc marc mrk marcxml", ()),
    ("a calendar", _AS_CSV, "ics", (b"BEGIN:VCALENDAR",)),
    ("a card of an address book", _AS_CSV, "vcf", (b"BEGIN:VCARD",)),
    ("a link to something else", "name that instead", "url webloc lnk desktop", ()),
    ("a copy that a program left behind", "give it its own suffix if it is to be read", "bak old orig tmp swp swo", ()),
    ("a file that a system keeps for itself", "leave it out", "", (b"\0\0\0\1Bud1",)),
    ("a download that is not complete", "load it again", "part crdownload download aria2", ()),
)
_REMEDIES = {kind: remedy for kind, remedy, _, _ in _KINDS}
_BY_SUFFIX = {f".{suffix}": kind for kind, _, suffixes, _ in _KINDS for suffix in suffixes.split()}
_BY_MARK = tuple((mark, kind) for kind, _, _, marks in _KINDS for mark in marks)
_BY_NAME_FIRST = (
    ".ipynb",
    ".svg",
    ".eml",
    ".mhtml",
    ".mht",
    ".fodt",
    ".fods",
    ".fodp",
    ".fb2",
    ".plist",
    ".webarchive",
)
"""Files that begin as something that is read does, and are none."""

_MARC = re.compile(rb"\d{5}[\x20-\x7e]{5}22\d{5}[\x20-\x7e]{3}4500")
"""The leader of a record in ISO 2709."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IN_OLE = (
    ("EncryptedPackage", "an Office document that a password locks"),
    ("__substg1.0", "an Outlook message"),
    ("WordDocument", "a Word document of the old kind"),
    ("PowerPoint Document", "a PowerPoint presentation"),
    ("Workbook", "an Excel workbook"),
    ("VisioDocument", "a Visio drawing"),
)
_MIME = re.compile(rb"mimetype(application/[\w.+-]{1,80})")
_BY_MIME = (
    ("epub", "an EPUB book"),
    ("opendocument.text", "an OpenDocument text"),
    ("opendocument.spreadsheet", "an OpenDocument spreadsheet"),
    ("opendocument.presentation", "an OpenDocument presentation"),
    ("opendocument", "an OpenDocument drawing"),
    ("sun.xml.writer", "an OpenDocument text"),
)
_MEMBER = re.compile(rb"PK\x03\x04.{22}(?P<length>..)..", re.DOTALL)
_BY_MEMBER = (
    ("xl/", "an Excel workbook"),
    ("ppt/", "a PowerPoint presentation"),
    ("visio/", "a Visio drawing"),
    ("FixedDocSeq.fdseq", "an XPS document"),
)
_ROOTS = {
    **dict.fromkeys(("TEI", "TEI.2", "teiCorpus"), ("a text in TEI", _AS_HTML)),
    "opml": ("a list of feeds (OPML)", "index the feeds that it names"),
    **dict.fromkeys(("urlset", "sitemapindex"), ("a sitemap", "index the pages that it names")),
    "FictionBook": ("a FictionBook", _AS_HTML),
    "svg": ("a picture", _OCR),
    **dict.fromkeys(("gpx", "kml"), ("a map", _AS_CSV)),
    "plist": ("a file of settings", "index the texts that it belongs to"),
    **dict.fromkeys(("package", "container", "ncx"), ("a part of an EPUB book", "convert the book to HTML")),
    **dict.fromkeys(("document", "Types", "Relationships"), ("a part of an Office document", _AS_DOCX)),
    **dict.fromkeys(("article", "book", "chapter", "section"), ("a text in JATS or DocBook", _AS_HTML)),
    **dict.fromkeys(("topic", "concept", "task", "dita", "map"), ("a text in DITA", _AS_HTML)),
    **dict.fromkeys(("tmx", "xliff", "TS"), ("a file of translations", _AS_CSV)),
    "tt": ("a file of subtitles", _AS_TEXT),
    **dict.fromkeys(("mods", "modsCollection"), ("a file of catalogue records (MODS)", _AS_RECORDS)),
    "ead": ("a finding aid (EAD)", _AS_HTML),
    "alto": ("a page whose letters were recognised (ALTO)", "convert it to plain text"),
    "mets": ("a description of a digital copy (METS)", "index the texts that it names"),
}

NO_HTML = frozenset(
    ("TEI", "TEI.2", "teiCorpus", "opml", "urlset", "sitemapindex", "FictionBook", "gpx", "kml", "dita")
)
"""Elements that say what a file is without a declaration of XML."""


def by_content(head: bytes, name: str) -> str | None:
    """What is said of a file that is not read, by its first bytes; None for one that may be."""
    kind = next((kind for mark, kind in _BY_MARK if head.startswith(mark)), None)
    if _OF_EDITORS.search(name):
        kind = "a copy that a program left behind"
    elif _OF_SYSTEMS.search(name):
        kind = "a file that a system keeps for itself"
    elif head.startswith(_OLE):
        kind_of_stream = next((kind for stream, kind in _IN_OLE if stream.encode("utf-16-le") in head), None)
        kind = kind_of_stream or _BY_SUFFIX.get(_suffix(name), "an Office document of the old kind")
    elif head[4:8] == b"ftyp":
        kind = "a picture" if head[8:12] in (b"heic", b"heix", b"mif1", b"avif") else "a recording"
    elif head.startswith(b"RIFF"):
        kind = "a picture" if head[8:12] == b"WEBP" else "a recording"
    elif _MARC.match(head):
        kind = "a file of catalogue records (MARC)"
    elif head[60:68] == b"BOOKMOBI":
        kind = "a Kindle book"
    elif name.endswith(_BY_NAME_FIRST):
        kind = _BY_SUFFIX[_suffix(name)]
    return kind and _refusal(kind)


def by_name(name: str) -> str | None:
    """What is said of a file whose suffix is one of those that are not read; None for others."""
    kind = _BY_SUFFIX.get(_suffix(name))
    return kind and _refusal(kind)


def knows_root(root: str) -> bool:
    """Whether an outermost element is that of XML which is known and not read as articles."""
    return root in _ROOTS


def by_root(root: str, head: bytes) -> str:
    """What is said of XML that is none of ours, by its outermost element, or the namespace in the first bytes."""
    if b"loc.gov/MARC21/slim" in head:
        return _refusal("a file of catalogue records (MARC)")
    kind, remedy = _ROOTS.get(root, ("", ""))
    if kind:
        return f"{kind} is not read: {remedy}"
    return f"XML, but no feed, no news article and no MediaWiki dump (its outermost element is {root[:50]}): {_AS_HTML}"


def in_zip(head: bytes, name: str) -> str | None:
    """What is said of a zip that is a document of another program; "" for one of Word, None for an archive."""
    if mime := _MIME.search(head[:200]):
        mime_type = mime[1].decode("ascii")
        kind = next((kind for part, kind in _BY_MIME if part in mime_type), None)
        return kind and _refusal(kind)
    if name.endswith(".docx"):
        return ""
    names = [
        head[match.end() : match.end() + int.from_bytes(match["length"], "little")] for match in _MEMBER.finditer(head)
    ]
    members = [raw_name.decode("utf-8", "replace") for raw_name in names]
    if "[Content_Types].xml" in members or "_rels/.rels" in members[:1]:
        if any(member.startswith("word/") for member in members):
            return ""
        kind = next((kind for part, kind in _BY_MEMBER if any(member.startswith(part) for member in members)), None)
        return _refusal(kind or "an Office document of the old kind")
    if any(member.startswith("Index/") and member.endswith(".iwa") for member in members):
        return _refusal(_BY_SUFFIX.get(_suffix(name), "a document of Pages"))
    return by_name(name)


_OF_EDITORS = re.compile(r"~$|(?:^|/)(?:~\$|~syncthing~|#[^/]*#$)|___jb_(?:tmp|old)___$")
"""The names of what editors and office programs put beside a file while it is open, and of its version before."""


_OF_SYSTEMS = re.compile(r"(?:^|/)(?:(?:eh)?thumbs(?:_vista)?\.db|iconcache\.db|desktop\.ini)$")
"""The names of what Windows and macOS put into folders, in small letters."""


def _suffix(name: str) -> str:
    found = re.search(r"\.\w{1,12}$", name)
    return found.group() if found else ""


def _refusal(kind: str) -> str:
    return f"{kind} is not read: {_REMEDIES[kind]}"

"""What is mended of a PDF before and after pypdf reads it: a table of objects that is lost, Hebrew that is mirrored."""

from __future__ import annotations

import re

_OBJECT = re.compile(rb"(?<![0-9])(\d{1,9})\s+(\d{1,5})\s+obj\b")
_CATALOG = re.compile(rb"/Type\s*/Catalog\b")
_HEBREW = re.compile(r"[\u0590-\u05ff]")
_ENDS_SO = re.compile(r"[ךםןףץ](?![א-ת])")
_BEGINS_SO = re.compile(r"(?<![א-ת])[ךםןףץ]")
_LEFT_TO_RIGHT = re.compile(r"[0-9A-Za-z][0-9A-Za-z.,:/%+-]*[0-9A-Za-z]")


def with_table(content: bytes) -> bytes | None:
    """A file that was cut, with a table of its objects and a trailer written anew; None where it has no beginning."""
    places = {int(found[1]): (found.start(), int(found[2])) for found in _OBJECT.finditer(content)}
    catalogs = [
        number
        for number, (place, _) in places.items()
        if _CATALOG.search(content[place : place + 2000].partition(b"endobj")[0])
    ]
    if not catalogs:
        return None
    table = "".join(f"{number} 1\n{place:010} {turn:05} n \n" for number, (place, turn) in sorted(places.items()))
    trailer = f"trailer\n<< /Size {max(places) + 1} /Root {catalogs[-1]} 0 R >>\nstartxref\n{len(content) + 1}\n%%EOF\n"
    return content + f"\nxref\n{table}{trailer}".encode()


def in_reading_order(line: str) -> str:
    """A line of Hebrew the right way round: letters that stand at the ends of words alone tell where they begin.

    >>> in_reading_order("םלוע םולש"), in_reading_order("שלום עולם")
    ('שלום עולם', 'שלום עולם')
    """
    if not _HEBREW.search(line) or len(_BEGINS_SO.findall(line)) <= len(_ENDS_SO.findall(line)):
        return line
    return _LEFT_TO_RIGHT.sub(lambda found: found.group()[::-1], line[::-1])

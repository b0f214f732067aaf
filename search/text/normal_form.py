"""One form of what is compared letter by letter: an ü is one, whether written as one character or as u and points."""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = re.compile("[\u00ad\u034f\u180e\u200b\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
"""What is not seen and changes no other character: where a word may be broken, and which way a text runs."""

MARKS_IN_NAMES = re.compile("[\u061c\u200e\u200f\ufff9-\ufffb\U000e0000-\U000e0fff]")
"""What is not seen and stands in names, beside what no text holds."""


def composed(text: str) -> str:
    """A text in Unicode's Normalization Form C, as ids, attributes and filters are compared.

    Not in form KC, in which ``a²`` is ``a2``: two tenants' names must stay two.

    >>> composed("Mu" + chr(0x308) + "ller") == "Müller"
    True
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def id_form(text: str) -> str:
    """An id as ids are stored and compared: `composed`, and without what nobody sees.

    >>> id_form("Mu" + chr(0x308) + chr(0xAD) + "ller" + chr(0x200B)) == "Müller"
    True
    """
    return text if text.isascii() else composed(MARKS_IN_NAMES.sub("", INVISIBLE.sub("", text)))

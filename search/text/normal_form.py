"""One form of what is compared letter by letter: an ü is one, whether written as one character or as u and points."""

from __future__ import annotations

import unicodedata


def composed(text: str) -> str:
    """A text in Unicode's Normalization Form C, as ids, attributes and filters are compared.

    >>> composed("Mu" + chr(0x308) + "ller") == "Müller"
    True
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)

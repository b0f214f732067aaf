"""Words that the end of a line divides, in texts that were set or scanned in lines. Start at `whole_words`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from paraglot.indexer.corpus.phrases import COMPOUND_PARTS

_HYPHENS = "-\u00ad\u2010"
_DIVIDED = re.compile(rf"(?<![^\W_])([^\W_]+)([{_HYPHENS}])\n([^\W_]+)")
_DIVIDED_IN_TEXT = re.compile(
    rf"(?<![-\u2010])\b([^\W_]+)([{_HYPHENS}])[ \t]*\n[ \t]*([^\W_]+)([^\s\u00ad\u2010-]*)[ \t]*"
)
_LINE_END = re.compile(r"[-\u2010][ \t]*\n")
_LETTERS = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_CHARACTERS_TOLD = 1000

_SUSPENDING = frozenset(
    [
        "and",
        "or",
        "to",
        "und",
        "oder",
        "bis",
        "sowie",
        "en",
        "of",
        "och",
        "eller",
        "og",
        "tai",
        "és",
        "vagy",
        "y",
        "o",
        "et",
        "ou",
        "e",
    ]
)
"""Before them a hyphen stands for what follows later: ``Vor- und Nachteile``, ``two- or threefold``."""

_LEANING = {
    "fr": frozenset(
        [
            "il",
            "ils",
            "elle",
            "on",
            "je",
            "tu",
            "ce",
            "ci",
            "là",
            "le",
            "la",
            "les",
            "lui",
            "leur",
            "moi",
            "toi",
            "nous",
            "vous",
            "y",
            "en",
            "t",
        ]
    ),
    "pt": frozenset(
        ["se", "me", "te", "lhe", "lhes", "o", "a", "os", "as", "lo", "la", "los", "las", "no", "na", "nos", "nas"]
    ),
    "ca": frozenset(["se", "me", "te", "lo", "la", "los", "les", "ne", "hi", "ho", "li"]),
    "ro": frozenset(["a", "ai", "am", "ar", "au", "i", "l", "le", "o", "se", "te", "mi", "ți", "și"]),
}
"""Pronouns and the like that a hyphen ties to the verb before them, too short to be told by the lexicon: ``est-il``."""


def whole_words(text: str) -> str:
    """A text in which no word is divided: the rest of one stands on the line that it begins on.

    >>> whole_words("The new bridge over the ri-\\nver Wey was opened.")
    'The new bridge over the river\\nWey was opened.'
    """
    if not _LINE_END.search(text):
        return text
    joining = Joining(text)

    def whole(divided: re.Match[str]) -> str:
        joined = joining.word(divided[1], divided[2], divided[3])
        if joined is None:
            return divided[0]
        return joined + divided[4] + ("" if text[divided.end() : divided.end() + 1] in ("", "\n") else "\n")

    return _DIVIDED_IN_TEXT.sub(whole, text)


class Joining:
    """Makes words whole that line ends divide, and leaves those their hyphen that have one."""

    def __init__(self, text: str) -> None:
        self._text = text

    def join(self, lines: list[str]) -> str:
        """Lines as one."""
        return _DIVIDED.sub(self._whole, "\n".join(lines)).replace("\n", " ")

    def word(self, before: str, hyphen: str, after: str) -> str | None:
        """The word of which a line's end has one part and the next line's beginning the other; None: they are two."""
        if hyphen == "\u00ad":
            return before + after
        if after.casefold() in _SUSPENDING and not self._is_word(before + after):
            return None
        return f"{before}-{after}" if self._keeps(before, after) else before + after

    def _whole(self, divided: re.Match[str]) -> str:
        return self.word(divided[1], divided[2], divided[3]) or divided[0]

    def _keeps(self, before: str, after: str) -> bool:
        if not after[0].islower() or before[-1].isdigit() or (before.isupper() and len(before) > 1):
            return True
        whole, parted = f"{before}{after}".casefold(), f"{before}-{after}".casefold()
        if whole in self._written or parted in self._written:
            return whole not in self._written
        return not self._is_word(whole) and self._is_word(before) and (self._leans(after) or self._is_word(after))

    @cached_property
    def _written(self) -> frozenset[str]:
        """The words of the text as they are written elsewhere in it."""
        return frozenset(_LETTERS.findall(self._text.casefold()))

    @cached_property
    def _known(self) -> Callable[[str], bool]:
        return _known_words(self._language)

    def _is_word(self, word: str) -> bool:
        return self._known(word.casefold())

    def _leans(self, word: str) -> bool:
        return word.casefold() in _LEANING.get(self._language, ())

    @cached_property
    def _language(self) -> str:
        from paraglot.indexer.corpus.detect import detect

        return detect(self._text[:_CHARACTERS_TOLD])[0]


def _known_words(language: str) -> Callable[[str], bool]:
    """Whether a word is one of the text's language."""
    from paraglot.search.lexicon.lexicon import open_lexicon
    from paraglot.search.text.analysis import words

    lexicon = open_lexicon()
    parts = COMPOUND_PARTS.get(language, frozenset())

    def known(word: str) -> bool:
        if word in parts or language not in lexicon.languages:
            return word in parts
        return len(word) > 2 and any(lexicon.knows(part, language) for part in words(word))

    return known

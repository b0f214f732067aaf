"""The words of scripts that write them without spaces and mark every syllable: Thai, Lao, Khmer and Burmese.

The pieces of XLM-R's vocabulary divide such a run mostly where its words do; where the lexicon has what several of them
say together, that is one word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from paraglot.search.encoders.deep.reader import vocabulary
from paraglot.search.lexicon.lexicon import open_lexicon, unspaced_form
from paraglot.search.text.analysis import Token

_SCRIPTS = r"\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_RUN = regex.compile(rf"[{_SCRIPTS}--\p{{Nd}}][[{_SCRIPTS}\p{{M}}\u200b-\u200d\u2060]--\p{{Nd}}]*", regex.V1)
_BEHIND = regex.compile(r"[\p{M}ะาำ\u0eb0\u0eb2\u0eb3]")
"""No word begins with a mark, or with a vowel that stands behind its consonant."""
_LETTER = regex.compile(r"\p{Lo}")

MOST_PIECES = 4
"""Of one word."""

_OF_THAI = """
ที่ ซึ่ง อัน ของ แห่ง จาก กับ แก่ และ หรือ แต่ ให้ ใน บน ใต้ นอก ได้ ไม่ มี เป็น คือ ก็ จะ แล้ว ว่า นี้ นั้น โดย ด้วย ต้อง อยู่ ไป มา กัน เพื่อ
ต่อ ถึง ตาม การ ความ ทั้ง ทุก คน ตัว อะไร ทำไม อย่างไร ใคร ไหน เมื่อ เพราะ หาก ถ้า เขา เธอ เรา ฉัน มัน อีก ยัง
เคย เพียง ยิ่ง มาก ระหว่าง กว่า ไว้ เอง นะ ครับ ค่ะ ขึ้น ลง
"""
FUNCTION_WORDS = frozenset(_OF_THAI.split())
"""Words that have no meaning of their own; they are left out, as single letters are."""


def is_unspaced(text: str) -> bool:
    """Whether a text has such a script.

    >>> is_unspaced("ปะการัง"), is_unspaced("coral"), is_unspaced("珊瑚")
    (True, False, False)
    """
    return bool(regex.search(rf"[{_SCRIPTS}]", text))


def unspaced_words(text: str) -> Iterator[Token]:
    """The words of the runs of such scripts in a text that have a meaning, as they are written there, in order.

    >>> [token.term for token in unspaced_words("(ปะการัง) ช่วยให้ชาวบ้าน")]
    ['ปะการัง', 'ช่วยให้', 'ชาวบ้าน']
    """
    for run in _RUN.finditer(text):
        written, start = run.group(), run.start()
        borders = _borders(written)
        at = 0
        while at + 1 < len(borders):
            after = _end_of_word(written, borders, at)
            begin, end = borders[at], borders[after]
            word = written[begin:end]
            if len(_LETTER.findall(word)) > 1 and word not in FUNCTION_WORDS:
                yield Token(word, start + begin, start + end)
            at = after


def _borders(run: str) -> list[int]:
    ends = sorted({0, len(run), *vocabulary().ends(run)})
    return [end for end in ends if not (0 < end < len(run) and _BEHIND.match(run, end))]


def _end_of_word(run: str, borders: Sequence[int], at: int) -> int:
    """Which border ends the longest word that the lexicon has from border ``at`` on; the next where it has none."""
    for last in range(min(at + MOST_PIECES, len(borders) - 1), at + 1, -1):
        if open_lexicon().has(unspaced_form(run[borders[at] : borders[last]], "th"), "th"):
            return last
    return at + 1

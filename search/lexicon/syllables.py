"""Vietnamese syllables: they follow rules, and none is a slip of another where it keeps them."""

from __future__ import annotations

import unicodedata

import regex

_INITIALS = "b|ch|c|d|đ|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|r|s|th|tr|t|v|x|"
_RIMES = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê êch
    êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu o oc oi om on ong op ot oa oac oach oai
    oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet ooc oong ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp
    ơt u ua uc ui um un ung up ut uê uêch uênh uây uân uâng uât uơ uôc uôi uôm uôn uông uôt uy uya uych uynh uyn uyt uyu
    uyên uyêt ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu
"""
_SYLLABLE = regex.compile(rf"(?:{_INITIALS})(?:{'|'.join(_RIMES.split())})")
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
_STOPPED = regex.compile(r"(?:c|ch|p|t)$")
_OF_STOPPED = frozenset("\u0301\u0323")
"""The tones of a syllable that ends in a stop."""


def is_syllable(word: str) -> bool:
    """Whether a word with a mark of Vietnamese is one of its syllables.

    >>> is_syllable("khuyết"), is_syllable("nghiên"), is_syllable("khuyềt"), is_syllable("than"), is_syllable("élan")
    (True, True, False, False, False)
    """
    if word.isascii():
        return False
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [character for character in parts if ord(character) in _TONES]
    bare = unicodedata.normalize("NFC", parts.translate(_TONES))
    if len(tones) > 1 or (_STOPPED.search(bare) and not _OF_STOPPED.issuperset(tones or " ")):
        return False
    return _SYLLABLE.fullmatch(bare) is not None

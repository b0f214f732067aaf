"""How else what a query says may be written: two words as one, one as two, and as part of a compound."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import pairwise

import regex

from paraglot.search.lexicon.lexicon import open_lexicon
from paraglot.search.query.unspaced_names import without_particle
from paraglot.search.text.analysis import Token, Word, compound_parts, fold, joint_term, part_term, stem
from paraglot.search.text.languages import stems_of
from paraglot.search.text.ties import LEAST_GROUPS

OTHERWISE_WEIGHT = 0.5
"""What a match by another way to write a word counts beside one by its stem."""

ACROSS_WEIGHT = 0.1
"""What a match by the groups around one counts that may be but the end of one word and the begin of the next."""

IN_COMPOUND_WEIGHT, PARTS_WEIGHT = 0.3, 0.3
"""What a match as part of a compound counts, and what one by the parts of a compound that was asked for."""

MOST_NEIGHBOURS, LONGEST_JOINED = 3, 30
"""Words that are tried as one, and its characters."""

LONGEST_UNIT = 3
"""Letters of what stands behind a number and belongs to it."""

_VOICED_SEAT = regex.compile("[ئؤء]و")
"""A hamza before a long u: Egypt writes it on yeh, *المسئول*, others on waw, *المسؤول*."""

_FAMILIES = ("艺芸", "齐斋", "豫予", "余馀", "缺欠", "丝糸", "罐缶", "辨弁", "滨浜", "埼崎﨑")
"""Folded: Han characters that Japanese writes for each other, as its reform merged them or names have them."""

_OTHER_HAN = str.maketrans({written: family[at - 1] for family in _FAMILIES for at, written in enumerate(family)})
_ENDINGS = "いきぎしじちぢびみりえけげせぜてねべめれっ"
"""Kana that may end a part of a Japanese compound, and be left out: *申し込み, 申込み, 申込*."""

MOST_SPELLED, LONGEST_SPELLED = 4, 4
"""Words of a query, and characters of one, that are tried with such a kana between any two."""

_HAN, _HANGUL = regex.compile(r"\p{Han}"), regex.compile(r"\p{Hangul}+")

LEAST_HALF, SHORT_WORD = 3, 5
"""Characters of half a word; of a word of `SHORT_WORD` at most two are enough."""


def written_otherwise(
    words: Sequence[Word], kept: Collection[str], likely: Mapping[str, float], frequency: Callable[[str], int]
) -> dict[str, dict[str, float]]:
    """Surface form → further terms that stand for it in the index, and what they count.

    ``kept``: the surface forms that are looked for; what is not is part of another word only where it is tied to it.
    """
    others: dict[str, dict[str, float]] = defaultdict(dict)
    for neighbours in _neighbours(words):
        tied = all(word.tied for word in neighbours[1:])
        if not tied and not _is_model(neighbours) and any(word.terms[0].term not in kept for word in neighbours):
            continue
        written = "".join(word.written for word in neighbours)
        forms = {fold(written): 1.0} | {stem(written, tag): share for tag, share in likely.items() if _stems(tag)}
        for form, share in forms.items():
            if frequency(form):
                for word in neighbours:
                    others[word.terms[0].term][form] = share * OTHERWISE_WEIGHT
    for groups in _groups_of_digits(words):
        if frequency(whole := "".join(fold(word.written) for word in groups)):
            for word in groups:
                others[word.terms[0].term][whole] = OTHERWISE_WEIGHT
    for pair in pairwise(words):
        for form in filter(None, (_as_version(*pair), _version_apart(*pair))):
            if all(map(frequency, form.split(" "))):
                for word in pair:
                    others[word.terms[0].term][form] = OTHERWISE_WEIGHT
    for word in words:
        for form, spelled in _spelled_otherwise(word, len(words) <= MOST_SPELLED, likely, frequency):
            others[form][spelled] = OTHERWISE_WEIGHT
    for word in words:
        form = word.terms[0].term
        known = (form, *(stem(word.written, tag) for tag in likely if _stems(tag)))
        if word.letters and (halves := _halves(form, frequency, any(map(frequency, known)))):
            others[form][halves] = OTHERWISE_WEIGHT
    return others


def _spelled_otherwise(
    word: Word, few: bool, likely: Mapping[str, float], frequency: Callable[[str], int]
) -> Iterator[tuple[str, str]]:
    """Surface forms of a word, and terms of the index that are the same in another spelling of its script.

    ``few``: the query is short enough to try what may have been left out.
    """
    if word.letters and (seat := _VOICED_SEAT.search(word.written)):
        for other in "ئؤء":
            written = f"{word.written[: seat.start()]}{other}{word.written[seat.start() + 1 :]}"
            forms = (fold(written), *(stem(written, tag) for tag in likely if _stems(tag)))
            yield from ((word.terms[0].term, form) for form in forms if frequency(form))
    if not word.letters and "ja" in likely:
        spellings = [*_in_other_characters(word.terms), *_with_other_endings(word.terms)]
        if few and len(word.written) <= LONGEST_SPELLED:
            spellings += _with_endings(word.terms)
        yield from (pair for pair in spellings if all(map(frequency, pair[1].split(" "))))
    if not word.letters and "ko" in likely:
        yield from _without_particle(word)


def _without_particle(word: Word) -> Iterator[tuple[str, str]]:
    """The groups of a Korean word that hold its particle, and the last one before it: *예산이* is *예산*.

    A word of the lexicon has none: *고양이*.
    """
    if not _HANGUL.fullmatch(word.written) or open_lexicon().has(fold(word.written), "ko"):
        return
    *_, bare = without_particle(word.written)
    last = next((group.term for group in word.terms if group.end - word.start == len(bare)), "")
    yield from ((group.term, last) for group in word.terms if last and group.end - word.start > len(bare))


def _in_other_characters(groups: Sequence[Token]) -> Iterator[tuple[str, str]]:
    for group in groups:
        other = group.term.translate(_OTHER_HAN)
        if other != group.term:
            yield group.term, other


def _with_other_endings(groups: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Groups with a kana between two Han characters or behind one, and what is written without it."""
    terms = [group.term for group in groups]
    for place, term in enumerate(terms):
        first, last = term[0], term[-1]
        if not _HAN.match(first):
            continue
        if last in _ENDINGS:
            before, after = terms[place - 1] if place else "", terms[place + 1] if place + 1 < len(terms) else ""
            if after[:1] == last and _HAN.match(after[-1]):
                whole = first + after[-1]
                yield from ((part, whole) for part in (*terms[place : place + 2], *_ending(terms, place + 2)))
            elif before[-1:] == first and _HAN.match(before):
                yield term, before


def _with_endings(groups: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Groups of two Han characters, and how they are written with a kana between."""
    for term in [group.term for group in groups]:
        if len(term) > 1 and _HAN.match(term[0]) and _HAN.match(term[-1]):
            yield from ((term, f"{term[0]}{kana} {kana}{term[-1]}") for kana in _ENDINGS)


def _ending(terms: Sequence[str], place: int) -> Sequence[str]:
    """The group at a place, where it ends in a kana that may be left out."""
    return [term for term in terms[place : place + 1] if term[-1] in _ENDINGS]


def in_compounds(word: Word, own_stem: str, tag: str) -> dict[str, float]:
    """The terms of a language by which a compound is found that has a word, and what it has itself where it is one."""
    others = {term: IN_COMPOUND_WEIGHT for term in [part_term(own_stem, tag)] if term}
    parts = compound_parts(word.written, tag)
    if parts:
        others[joint_term(parts, tag)] = IN_COMPOUND_WEIGHT
        others[" ".join(dict.fromkeys(stem(part, tag) for part in parts))] = PARTS_WEIGHT
    return others


def groups_around(groups: Sequence[Token], place: int) -> list[str]:
    """Where no spaces divide words: each two groups of characters that together hold the one at ``place`` between them.

    Of *学校围墙* the group *校围* is no word: a paragraph with *学校* and *围墙* apart lacks nothing of the query.

    >>> from paraglot.search.text.analysis import words
    >>> (run,) = words("学校围墙")
    >>> [token.term for token in run.terms], groups_around(run.terms, 1), groups_around(run.terms, 0)
    (['学校', '校围', '围墙'], ['学校 围墙'], [])
    """
    middle, pairs = groups[place], []
    for before in reversed(groups[:place]):
        if before.end <= middle.start:
            break
        after = next((group for group in groups[place + 1 :] if group.start >= before.end), None)
        if after and after.start == before.end and after.start < middle.end:
            pairs.append(f"{before.term} {after.term}")
    return pairs


def _stems(tag: str) -> bool:
    return stems_of(tag) in ("snowball", "light", "hebrew")


def _neighbours(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Two and three words that stand side by side, none of them a function word where a space divides them."""
    for place in range(len(words)):
        for count in range(2, MOST_NEIGHBOURS + 1):
            several = words[place : place + count]
            if len(several) == count and _may_be_one(several):
                yield several


def _may_be_one(several: Sequence[Word]) -> bool:
    if any(len(word.terms) > 1 or word.others for word in several):
        return False
    if not several[0].letters and not (len(several) == 2 and _are_number_and_unit(several[0], several[1])):
        return False
    beside = all(after.start == before.end + 1 for before, after in pairwise(several))
    return beside and sum(len(word.written) for word in several) <= LONGEST_JOINED


def _is_model(several: Sequence[Word]) -> bool:
    """Whether words are as *A 380*, whose letter is no article."""
    return len(several) == 2 and several[0].written.isupper() and several[1].written.isdecimal()


def _as_version(name: Word, number: Word) -> str:
    """The term that a text has of *Python3.11*, where *Python 3.11* is asked for; "" for other words."""
    joins = name.letters and number.start == name.end + 1 and not number.tied and "." in number.written
    return fold(name.written + number.written.replace(".", "")) if joins and not number.letters else ""


def _version_apart(name: Word, number: Word) -> str:
    """The terms that a text has of *PM 2.5*, where *PM2.5* is asked for; "" for other words."""
    letters = fold(name.written).rstrip("0123456789")
    digits = fold(name.written)[len(letters) :]
    tied = number.tied and number.written.isdecimal() and letters.isalpha()
    return f"{letters} {digits}.{fold(number.written)}" if tied and digits else ""


def _groups_of_digits(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """The groups of numbers that hyphens tie, as those of a book or a telephone."""
    start = 0
    for place in range(1, len(words) + 1):
        tied = place < len(words) and words[place].tied and words[place].written.isdecimal()
        if tied and words[place - 1].written.isdecimal():
            continue
        if place - start >= LEAST_GROUPS:
            yield words[start:place]
        start = place


def _are_number_and_unit(number: Word, unit: Word) -> bool:
    """Whether two words are as *100 km*, *5 G* and *3-D*, which many write as one."""
    return number.written.isdecimal() and unit.letters and len(unit.written) <= LONGEST_UNIT


def _halves(form: str, frequency: Callable[[str], int], known: bool) -> str:
    """Two words of the index that make a form together, those of which the rarer one is most frequent; or nothing.

    A form that is ``known`` is two only where a number begins or ends: *covid19*, *100km*.
    """
    least = LEAST_HALF if len(form) > SHORT_WORD else 2
    pairs = []
    for at in range(1, len(form)):
        first, second = form[:at], form[at:]
        at_number = (first[-1].isalpha() and second.isdecimal()) or (first.isdecimal() and second.isalpha())
        word_with_word = not known and at >= least and len(second) >= least
        if at_number or word_with_word:
            rarer = min(frequency(first), frequency(second))
            pairs += [(at_number, rarer, f"{first} {second}")] if rarer else []
    return max(pairs, default=(False, 0, ""))[2]

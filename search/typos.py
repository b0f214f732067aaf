"""Words that no paragraph has, taken for the word of the corpus that was likely meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from search.analysis import Word, stem
from search.languages import stems_of
from search.seams import KeywordIndex

MOST_CORRECTED = 3


def corrections(keyword: KeywordIndex, words: Sequence[Word], languages: dict[str, float]) -> dict[str, str]:
    """Surface form → the surface form that was likely meant, for words of an alphabet that the index does not have.

    One edit (a neighbouring pair swapped is one) in words of 4 to 7 letters, two in longer ones; the first letter must
    be right. Where most words are unknown the query is in another language than the corpus, and none is corrected.
    """
    written = {word.terms[0].term: word for word in words if word.letters}
    unknown = [term for term, word in written.items() if not _known(keyword, word, languages)]
    if len(unknown) > max(1, len(written) // 2):
        return {}
    found = {term: _nearest(keyword, term) for term in unknown[:MOST_CORRECTED] if len(term) >= 4}
    return {term: meant for term, meant in found.items() if meant}


def _known(keyword: KeywordIndex, word: Word, languages: dict[str, float]) -> bool:
    stems = [stem(word.written, tag) for tag in languages if stems_of(tag) != "none"]
    return any(keyword.frequency(term) for term in (word.terms[0].term, *stems))


def _nearest(keyword: KeywordIndex, term: str) -> str:
    from rapidfuzz.distance import OSA

    most = 1 if len(term) < 8 else 2
    distances: dict[str, int] = {}

    def near(forms: list[str]) -> Iterator[str]:
        for other in forms:
            if abs(len(other) - len(term)) <= most:
                distance = OSA.distance(term, other, score_cutoff=most)
                if distance <= most:
                    distances[other] = distance
                    yield other

    counts = {other: keyword.frequency(other) for other in keyword.vocabulary(term[0], near)}
    found = [(distances[other], -count, other) for other, count in counts.items() if count]
    return min(found, default=(0, 0, ""))[2]

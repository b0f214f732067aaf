"""What is kept of words: so many, of usual length, whatever a service is asked for."""

from __future__ import annotations

import functools
import gc
import random

from paraglot import Article, MemoryIndex, SearchRequest, open_index
from paraglot.search.memory.index import divided
from paraglot.search.query.bounds import LONGEST_WORD
from paraglot.search.text.folding import LONGEST_KEPT, MOST_KEPT, WordCache, fold, word_cache

ALPHABETS = ("abcdefghijklmnopqrstuvwxyz", "абвгдежзиклмнопрсту")
MODULES = ("paraglot.search.text", "paraglot.search.lexicon", "paraglot.search.query.names")


def kept() -> dict[str, tuple[int, int | None]]:
    """(entries, their bound) of all that is kept of words, by the function that makes it."""
    found: dict[str, tuple[int, int | None]] = {}
    for one in gc.get_objects():
        if type(one) is WordCache:
            found[f"{one.make.__module__}.{one.make.__qualname__}"] = (len(one), one.most)
        elif type(one) is functools._lru_cache_wrapper and one.__module__.startswith(MODULES):
            name = f"{one.__module__}.{getattr(one, '__qualname__', '')}"
            if not name.endswith("phrase_form"):  # of the operator's own rules
                found[name] = (one.cache_info().currsize, one.cache_info().maxsize)
    return found


def test_words_of_no_usual_length_are_made_anew() -> None:
    made: list[str] = []
    form = word_cache(lambda word: made.append(word) or word.lower())  # type: ignore[func-returns-value]
    long, usual = "X" * (LONGEST_KEPT + 1), "X" * LONGEST_KEPT
    assert [form(word) for word in (usual, usual, long, long)] == [usual.lower()] * 2 + [long.lower()] * 2
    assert made == [usual, long, long]
    assert fold("É" * (LONGEST_WORD + 1)) == "e" * (LONGEST_WORD + 1)


def test_what_is_kept_is_let_go_when_it_is_too_much() -> None:
    made: list[tuple[str, int]] = []
    form = word_cache(lambda word, number: made.append((word, number)) or number, 2)  # type: ignore[func-returns-value]
    assert [form("a", 1), form("a", 2), form("a", 1), form("b", 1), form("a", 1)] == [1, 2, 1, 1, 1]
    assert made == [("a", 1), ("a", 2), ("b", 1), ("a", 1)]


def test_long_words_of_queries_take_no_memory() -> None:
    """What is kept of a word of 255 letters is a kilobyte and more: a thousand queries filled hundreds of megabytes."""
    index = MemoryIndex()
    with index.change() as change:
        article = Article("a", "", "The council raised the bread tax.", language="en")
        change.put(article, divided(article))
        change.commit()
    chance = random.Random(17)
    kept_then = []
    with open_index(index) as engine:
        for _ in range(2):  # in the first round the languages' own words are read, too
            for alphabet in ALPHABETS:
                words = ["".join(chance.choices(alphabet, k=100)) for _ in range(10)]
                engine.search(SearchRequest(" ".join(words), mode="keyword"))
            kept_then.append(kept())
    before, after = kept_then
    grown = {name: size - before[name][0] for name, (size, _) in after.items() if name in before}
    assert {name: more for name, more in grown.items() if more > 100} == {}
    assert max(most for _, most in after.values() if most) <= 50_000
    assert MOST_KEPT <= 50_000

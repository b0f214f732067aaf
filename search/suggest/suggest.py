"""What to suggest while a query is typed: titles and frequent phrases that go on so, typing errors forgiven.

Start reading at `Suggester.suggest`. Suggestions are made when they are first asked for and then kept up with the
commits; a caller sees what the rows of its own view say, to the letter what an index of those rows alone would suggest.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import product
from operator import itemgetter
from typing import Protocol, TypeAlias, TypeVar

import numpy as np
import regex
from pyroaring import BitMap

from paraglot.search.engine.view import View
from paraglot.search.errors import ParaglotError
from paraglot.search.index import Texts
from paraglot.search.suggest.book import MOST_CHARACTERS, PhraseBook
from paraglot.search.suggest.index import Found, SuggestionIndex, Visible
from paraglot.search.suggest.types import Suggestion, SuggestRequest, SuggestResponse
from paraglot.search.text.analysis import phrase_form

FIRST_WAIT_S = 1.0
"""How long who cannot wait waits where no suggestions were ever made."""

log = logging.getLogger("paraglot")

REST = 9
"""Times as long as making suggestions took, nothing is made in the background: of many commits the last counts."""

MOST_REST_S = 60.0

_KEPT_VIEWS = 32
_MOST_NEAR = 8
"""Words that a mistyped word may have been meant as."""

_MOST_WAYS = 16
_MOST_MENDED = 3
"""Mistyped words beyond which nothing is mended."""

_UNFINISHED = regex.compile(r"[\p{L}\p{M}\p{N}\u200c\u200d]\Z")
_Identity: TypeAlias = tuple[int, int]
_T = TypeVar("_T")


class _Read(Protocol):
    """What reads the generation served now, as `Engine.read` does."""

    def __call__(self, work: Callable[[View], _T], forced: str | None = None, /) -> _T: ...


class Suggester:
    """The suggestions of an index that follows its commits. Safe to share between threads."""

    def __init__(self, read: _Read) -> None:
        self._read = read
        self._book = PhraseBook()
        self._building = threading.Lock()
        self._made = threading.Condition()
        self._index = SuggestionIndex([])
        self._of: _Identity | None = None
        self._visible: OrderedDict[tuple[object, ...], Visible] = OrderedDict()
        self._thread: threading.Thread | None = None
        self._rests_until = 0.0
        self._stopped = False

    def suggest(self, request: SuggestRequest, forced: str | None = None, patient: bool = True) -> SuggestResponse:
        """What a caller may be suggested whose every read is ANDed with the filter ``forced``.

        Who is not ``patient`` is given what is at hand, while the rest is made in the background.
        """
        started = time.perf_counter()
        self._read(self._make if patient else self._make_later)

        def suggested(view: View) -> SuggestResponse:
            generation = view.snapshot.identity
            index, of = self._at_hand(generation)
            found = within(index, self._visible_to(index, of, view, forced, request.languages), request)
            texts = [_suggestion(match, view.snapshot.all_texts()) for match in found]
            took_ms = (time.perf_counter() - started) * 1000
            return SuggestResponse(request, texts, of == generation, took_ms, generation[0])

        return self._read(suggested, forced)

    def stop(self) -> None:
        """End what is being made. Afterwards the index may be closed."""
        self._stopped = True
        thread = self._thread
        if thread is not None:
            thread.join()

    def _make(self, view: View) -> None:
        generation = view.snapshot.identity
        with self._building:
            if self._of == generation:
                return
            index = self._book.update(view.snapshot.all_texts(), lambda: self._stopped)
            if index is not None:
                with self._made:
                    self._index, self._of = index, generation
                    self._visible.clear()
                    self._made.notify_all()

    def _make_later(self, view: View) -> None:
        """Begin in the background; only who begins what was never made waits a little."""
        if self._of == view.snapshot.identity:
            return
        with self._made:
            busy = self._thread is not None and self._thread.is_alive()
            if self._stopped or busy or time.monotonic() < self._rests_until:
                return
            self._thread = threading.Thread(target=self._make_newest, name="suggestions", daemon=True)
            self._thread.start()
            if self._of is None:
                self._made.wait(FIRST_WAIT_S)

    def _make_newest(self) -> None:
        started = time.monotonic()
        try:
            self._read(self._make)
        except ParaglotError as error:
            log.error("suggestions cannot be made: %s", error)
        ended = time.monotonic()
        self._rests_until = ended + min(REST * (ended - started), MOST_REST_S)

    def _at_hand(self, generation: _Identity) -> tuple[SuggestionIndex, _Identity | None]:
        """What was made last; nothing where it is not of this or an earlier generation: the index may be another."""
        with self._made:
            fits = self._of is not None and (self._of == generation or self._of[0] < generation[0])
            return (self._index, self._of) if fits else (SuggestionIndex([]), None)

    def _visible_to(
        self,
        index: SuggestionIndex,
        of: _Identity | None,
        view: View,
        forced: str | None,
        languages: tuple[str, ...],
    ) -> Visible:
        """Rows are never used twice, so suggestions of an earlier generation are counted over what is left of it."""
        key = (of, view.snapshot.identity, forced, languages)
        with self._made:
            if key in self._visible:
                self._visible.move_to_end(key)
                return self._visible[key]
        texts = view.snapshot.all_texts()
        visible = index.visible(texts.rows_in_languages(languages) if languages else BitMap(texts.rows()))
        with self._made:
            self._visible[key] = visible
            while len(self._visible) > _KEPT_VIEWS:
                self._visible.popitem(last=False)
        return visible


def typed_form(q: str) -> str:
    """What was typed, as keys are: a space at the end where the last word is whole.

    >>> typed_form("Die Büch"), typed_form("die bücher ")
    ('die buch', 'die bucher ')
    """
    form = phrase_form(q).strip()
    return form if not form or _UNFINISHED.search(q) else form + " "


def within(index: SuggestionIndex, visible: Visible, request: SuggestRequest) -> list[Found]:
    """What an index has to suggest to who sees ``visible``: what goes on as typed, then as likely meant."""
    typed = typed_form(request.q)
    if not typed or len(typed) > MOST_CHARACTERS:
        return []
    suggested = index.starting(typed, visible, request.limit)
    for meant in _meant(index, visible, typed) if len(suggested) < request.limit else ():
        known = {found.key for found in suggested}
        suggested += [found for found in index.starting(meant, visible, request.limit) if found.key not in known]
        if len(suggested) >= request.limit:
            break
    return suggested[: request.limit]


def _meant(index: SuggestionIndex, visible: Visible, typed: str) -> Iterator[str]:
    """What may have been meant by what was typed, the least changed first."""
    words = typed.split()
    choices = [
        _near(index, visible, word, unfinished=place == len(words) - 1 and not typed.endswith(" "))
        for place, word in enumerate(words)
    ]
    if not all(choices) or sum(1 for of_word in choices if of_word[0][0]) > _MOST_MENDED:
        return
    ending = " " if typed.endswith(" ") else ""
    ways = [(sum(distance for distance, _ in way), way) for way in product(*choices)]
    for _, way in sorted(ways, key=itemgetter(0))[:_MOST_WAYS]:
        meant = " ".join(word for _, word in way) + ending
        if meant != typed:
            yield meant


def _near(index: SuggestionIndex, visible: Visible, word: str, unfinished: bool) -> list[tuple[int, str]]:
    """(edits, word) for the words that a word may have been meant as; it itself where some suggestion has it.

    The rule is `typos`'s: the first letter must be right, one edit in 4 to 7 letters, two in more.
    """
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cdist

    words, counts = index.words(word, visible)
    known = bool(counts.any()) if unfinished else words[:1] == [word] and bool(counts[0])
    if known or len(word) < 4:
        return [(0, word)] if known else []
    words, counts = index.words(word[0], visible)
    if not words:
        return []
    most = 1 if len(word) < 8 else 2
    best = np.full(len(words), most + 1)
    for length in (len(word) - 1, len(word), len(word) + 1) if unfinished else (None,):
        against = [known_word[:length] for known_word in words]
        best = np.minimum(best, cdist([word], against, scorer=OSA.distance, score_cutoff=most)[0])
    near = np.flatnonzero((best <= most) & (counts > 0)).tolist()
    near.sort(key=lambda place: (best[place], -counts[place], words[place]))
    return [(int(best[place]), words[place]) for place in near[:_MOST_NEAR]]


def _suggestion(entry: Found, store: Texts) -> Suggestion:
    article = _one_article(entry, store) if entry.kind == "title" else None
    return Suggestion(entry.text, entry.kind, entry.language, entry.count, article)


def _one_article(entry: Found, store: Texts) -> str | None:
    """The id of the article where all of a title's paragraphs are one article's."""
    ids: set[str] = set()
    for at in range(0, len(entry.rows), 500):
        ids |= set(store.article_ids(entry.rows[at : at + 500].tolist()).values())
        if len(ids) > 1:
            return None
    return next(iter(ids), None)

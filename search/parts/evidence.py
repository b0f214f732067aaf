"""From rows to candidates: all that the stores of a generation say of them to a query, read at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from paraglot.search.candidates import Candidates, Extra, ranks
from paraglot.search.encoders.chance import MOST_UNKNOWN, SENTENCE_SHARE
from paraglot.search.encoders.pieces import piece_encoder
from paraglot.search.encoders.protocols import TokenEncoder
from paraglot.search.parts.copies import shares
from paraglot.search.parts.protocols import BestSentence
from paraglot.search.query.names import by_letters
from paraglot.search.query.query_terms import KeywordQuery
from paraglot.search.text.languages import primary

if TYPE_CHECKING:
    from paraglot.search.parts.reading import Reading


def evidence(
    snapshot: Reading,
    words: KeywordQuery,
    by_words: Sequence[int],
    vector: NDArray[np.float32] | None = None,
    by_vector: Sequence[int] = (),
    extra: Collection[Extra] = (),
) -> Candidates:
    """What is known of the rows that were found ``by_words`` and ``by_vector``, ascending; no score orders them yet."""
    rows = sorted({*by_words, *by_vector})
    languages = snapshot.store.languages(rows)
    written = by_letters(words)
    keyword, coverage = snapshot.keyword.scores(words, rows), snapshot.keyword.coverage(words, rows)
    columns: dict[str, Any] = {
        "languages": languages,
        "keyword": keyword,
        "coverage": coverage,
        "coverage_by_letters": coverage if written is words else snapshot.keyword.coverage(written, rows),
        "keyword_ranks": ranks(np.array(keyword), np.array(rows, np.int64), np.isin(rows, by_words)),
    }
    if "articles" in extra:
        articles = snapshot.store.article_ids(rows)
        columns["articles"] = [articles[row] for row in rows]
    if "dates" in extra:
        columns["dates"] = snapshot.store.attributes.dates(rows)
    if vector is not None and rows:
        columns |= _by_meaning(snapshot, rows, languages, vector)
    if "words" in extra and vector is not None and rows:
        columns["marks"] = snapshot.marks_of(rows)
        if pieces := piece_encoder(snapshot.encoder()):
            columns["pieces"] = snapshot.pieces_of(pieces, rows)
    return Candidates.of(rows, **columns)


def _by_meaning(
    snapshot: Reading, rows: Sequence[int], languages: Sequence[str], vector: NDArray[np.float32]
) -> dict[str, Any]:
    """The columns of the semantic leg; of what the encoder cannot read they say nothing else."""
    unreadable = unreadable_rows(snapshot, rows, languages)
    places = np.flatnonzero(~unreadable).tolist()
    read = [rows[place] for place in places]
    scores, best = semantic_scores(snapshot, vector, read)
    chance, count = snapshot.chance(vector), len(rows)
    semantic, deviations = np.full(count, np.nan), np.full(count, np.nan)
    semantic[places] = scores
    own = zip(scores.tolist(), [languages[place] for place in places], strict=True)
    deviations[places] = [chance.deviations(score, language) for score, language in own]
    sentences = np.full((count, 2), -1)
    for place, sentence in zip(places, best, strict=True):
        if sentence:
            sentences[place] = sentence.start, sentence.end
    vectors = snapshot.vectors(rows)
    return {
        "unreadable": unreadable,
        "semantic": semantic,
        "semantic_ranks": ranks(semantic, np.array(rows, np.int64), ~unreadable),
        "chance": deviations,
        "sentences": sentences,
        "shares": shares(vectors),
        "vectors": vectors,
    }


def semantic_scores(
    snapshot: Reading, vector: NDArray[np.float32], rows: Sequence[int]
) -> tuple[NDArray[np.float64], list[BestSentence | None]]:
    """``float64[n]``: the mean of the cosines of each paragraph and of its best sentence, and that sentence."""
    if not rows:
        return np.zeros(0), []
    scores = np.array(snapshot.dense.scores(vector, rows), np.float64)
    best: list[BestSentence | None] = [None] * len(rows)
    if snapshot.sentences:
        best = snapshot.sentences.best(vector, rows)
    for place, sentence in enumerate(best):
        if sentence:
            scores[place] += SENTENCE_SHARE * (sentence.score - scores[place])
    return np.round(scores, 6), best


def unreadable_rows(snapshot: Reading, rows: Sequence[int], languages: Sequence[str]) -> NDArray[np.bool_]:
    """Those of whose text the encoder knows too little; in the languages that it covers it reads all."""
    encoder = snapshot.encoder()
    found = np.zeros(len(rows), np.bool_)
    if isinstance(encoder, TokenEncoder):
        covered = set(map(primary, encoder.spec.languages))
        doubtful = [place for place, language in enumerate(languages) if primary(language) not in covered]
        texts = snapshot.texts([rows[place] for place in doubtful]) if doubtful else []
        found[doubtful] = encoder.unknown_share(texts) >= MOST_UNKNOWN
    return found

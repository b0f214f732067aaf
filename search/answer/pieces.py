"""A text cut where its highlights and aligned words begin and end, so that pages and notebooks can mark the pieces."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from paraglot.search.types import Alignment, Highlight, Hit


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters that are marked alike; ``asked``: the words of the query that they stand for."""

    text: str
    keyword: bool = False
    semantic: bool = False
    asked: str = ""


def pieces(
    text: str, highlights: Sequence[Highlight], alignments: Sequence[Alignment] = (), query: str = ""
) -> list[Piece]:
    """All of a text, in order.

    >>> pieces("a tax on bread", [Highlight(2, 5, "keyword")])
    [Piece(text='a ', keyword=False, semantic=False, asked=''), Piece(text='tax', keyword=True, semantic=False, asked=''), Piece(text=' on bread', keyword=False, semantic=False, asked='')]
    """  # noqa: E501
    edges: defaultdict[int, list[tuple[str, str, int]]] = defaultdict(list)
    spans: list[tuple[int, int, str, str]] = [(mark.start, mark.end, mark.kind, "") for mark in highlights]
    spans += [(mark.start, mark.end, "asked", query[mark.query_start : mark.query_end]) for mark in alignments]
    for start, end, kind, word in spans:
        edges[start].append((kind, word, 1))
        edges[end].append((kind, word, -1))
    open_marks: Counter[tuple[str, str]] = Counter()
    cut = []
    for start, end in pairwise(sorted({0, len(text), *edges})):
        for kind, word, step in edges[start]:
            open_marks[kind, word] += step
        open_marks = +open_marks
        kinds = {kind for kind, _ in open_marks}
        asked = " ".join(word for kind, word in open_marks if kind == "asked")
        cut.append(Piece(text[start:end], "keyword" in kinds, "semantic" in kinds, asked))
    return cut


def excerpt(whole: Sequence[Piece], most: int) -> list[Piece]:
    """At most so many characters of a text: from the first marked piece on, with a little before it, and an ellipsis
    where something is left out.

    >>> "".join(piece.text for piece in excerpt([Piece("a" * 90), Piece("bread", True), Piece(" is dear." * 9)], 40))
    '…aaaaaaaaaabread is dear. is dear. is dea…'
    """
    length = sum(len(piece.text) for piece in whole)
    if length <= most:
        return list(whole)
    ends = list(accumulate(len(piece.text) for piece in whole))
    marked = next(
        (end - len(piece.text) for piece, end in zip(whole, ends, strict=True) if piece.keyword or piece.semantic), 0
    )
    start = max(0, min(marked - most // 4, length - most))
    shown = [Piece("…")] if start else []
    for piece, end in zip(whole, ends, strict=True):
        begin = end - len(piece.text)
        text = piece.text[max(start - begin, 0) : max(start + most - begin, 0)]
        if text:
            shown.append(replace(piece, text=text))
    return [*shown, Piece("…")] if start + most < length else shown


def words_of(hit: Hit) -> list[str]:
    """The words of the query as the paragraph writes them, each once; in scripts without spaces what touches is one.

    A highlight of `Hit.highlights` may be a part of a word; it is shown as it is marked in the text.
    """
    text, spans = hit.paragraph.text, list[tuple[int, int]]()
    for start, end in sorted(
        (highlight.start, highlight.end) for highlight in hit.highlights if highlight.kind == "keyword"
    ):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return list({text[start:end].casefold(): text[start:end] for start, end in reversed(spans)}.values())[::-1]

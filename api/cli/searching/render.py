"""Search results for people: coloured on a terminal, the same words as plain lines elsewhere.

A hit takes at most three lines: what it is, whose, and the place in its paragraph. Asked for more, its paragraph whole,
what stands beside it, and why it is there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Console
from rich.style import Style
from rich.text import Text

from paraglot.search.answer.citations import section_url
from paraglot.search.answer.pieces import words_of
from paraglot.search.types import Hit, SearchResponse

STYLES = {"keyword": "bold yellow", "semantic": "underline"}
"""How the words of the query and the sentence nearest to it are shown."""

LEAST_TITLE = 24
"""Columns of a title with its place that stay, however long what follows it is."""


def print_response(console: Console, response: SearchResponse, long: bool) -> None:
    """The hits, what is left out, and the facets asked for; ``long``: paragraphs whole, and why each hit is there."""
    if not response.hits:
        found = "Nothing clearly answers this." if response.less_likely else "Nothing found."
        console.print(found, style="bold")
    elif response.confidence == "none" and not response.hits[0].pinned:
        console.print("No sure answer; the nearest paragraphs are:\n", style="bold")
    print_hits(console, response.hits, response.request.offset, long)
    if response.less_likely:
        console.print(f"And {response.less_likely} less likely, with --less-likely.", style="dim")
    for name, facet in response.facets.items():
        counts = [f"{value} {count}" for value, count in facet.counts.items()]
        counts += [f"without {facet.missing}"] if facet.missing else []
        console.print(Text(f"{name}: {', '.join(counts) or 'none'}", style="cyan"), soft_wrap=True)


def print_hits(console: Console, hits: Sequence[Hit], offset: int, long: bool) -> None:
    """Hits, counted from the one after ``offset``."""
    for number, hit in enumerate(hits, start=offset + 1):
        if long:
            _print_long(console, number, hit)
        else:
            head, id_below = _head(number, hit, _columns(console))
            _print_lines(console, [head, _about(hit, id_below), _place_in_text(console, hit)])
    if hits and not long:
        hint = "paraglot show ID: its article; --long: whole, and why"  # not wider than a narrow terminal
        console.print(hint, style="dim", soft_wrap=True)


def _print_lines(console: Console, lines: Sequence[Text]) -> None:
    """Each as one line: cut at the terminal's edge, whole elsewhere."""
    for line in filter(None, lines):
        if columns := _columns(console):
            line.truncate(columns, overflow="ellipsis")
        console.print(line, soft_wrap=True)


def _print_long(console: Console, number: int, hit: Hit) -> None:
    head, id_below = _head(number, hit, _columns(console), whole=True)
    console.print(head, soft_wrap=True)
    if id_below:
        console.print(Text(" ") + _id(hit), soft_wrap=True)  # the terminal would break it, and nobody could copy it
    if about := _about(hit):
        console.print(about, soft_wrap=True)
    before, after = (hit.context.before, hit.context.after) if hit.context else ((), ())
    dim = [Text(beside.text, style="dim") for beside in before]
    _print_paragraphs(console, [*dim, _marked(hit), *(Text(beside.text, style="dim") for beside in after)])
    console.print(Text(f"   {why(hit)}", style="dim"), soft_wrap=True)
    for other in hit.more:
        _print_paragraphs(console, [_marked(other)], "   + ")
    if hit.also_in:
        copies = ", ".join(f"{copy.title or copy.article_id} [{copy.language}]" for copy in hit.also_in)
        console.print(Text(f"   also in: {copies}", style="dim"), soft_wrap=True)
    console.print()


def _print_paragraphs(console: Console, paragraphs: Sequence[Text], first: str = "   ") -> None:
    """Paragraphs whole; on a terminal each line under the one above."""
    for paragraph in paragraphs:
        columns = _columns(console)
        lines = paragraph.wrap(console, columns - len(first)) if columns > len(first) + LEAST_TITLE else [paragraph]
        for number, line in enumerate(lines):
            console.print(Text(first if number == 0 else " " * len(first), style="dim") + line, soft_wrap=True)


def why(hit: Hit) -> str:
    """One line that says which legs found the hit, at which place, by what, and where a reranker put it."""
    reasons = []
    words = words_of(hit)
    if hit.keyword and words:
        reasons.append(f"words{_place(hit.keyword.rank)}: {', '.join(words)}")
    elif hit.keyword and not hit.sounds_like:
        reasons.append(f"words in its title or heading{_place(hit.keyword.rank)}")
    if hit.keyword and hit.sounds_like:
        place = "" if words else _place(hit.keyword.rank)
        reasons.append(f"sounds like the query{place}: {', '.join(hit.sounds_like)}")
    if hit.synonyms:
        reasons.append(f"synonyms: {', '.join(f'{synonym.written} = {synonym.synonym}' for synonym in hit.synonyms)}")
    if hit.semantic:
        reasons.append(f"meaning{_place(hit.semantic.rank)}: cosine {hit.semantic.score:.2f}")
    if hit.rerank:
        reasons.append(f"reranker{_place(hit.rerank.rank)}: score {hit.rerank.score:.2f}")
    return " · ".join(reasons)


def _place(rank: int | None) -> str:
    return f" (no. {rank})" if rank else ""


def _columns(console: Console) -> int:
    """How many a line may have; 0 where there is no terminal, and no bound."""
    return console.width if console.is_terminal else 0


def _head(number: int, hit: Hit, columns: int = 0, whole: bool = False) -> tuple[Text, bool]:
    """Title, language, relevance and id, and whether the id stands below: where ``columns`` do not hold them all, the
    title gives way, unless it is to be ``whole``, then the id.
    """
    title, facts = _place_and_title(number, hit), _language_and_relevance(hit)
    least = title.cell_len if whole else LEAST_TITLE
    id_below = 0 < columns < least + facts.cell_len + _id(hit).cell_len
    if not id_below:
        facts += _id(hit)
    if columns and not whole:
        title.truncate(max(LEAST_TITLE, columns - facts.cell_len), overflow="ellipsis")
    return title + facts, id_below


def _place_and_title(number: int, hit: Hit) -> Text:
    title = Text(hit.article.title or hit.article.id, style=Style(bold=True, link=hit.citation.url))
    return Text(f"{number}. ", style="dim") + title


def _language_and_relevance(hit: Hit) -> Text:
    facts = Text(f"  [{hit.paragraph.language}]", style="cyan")
    if hit.pinned:
        facts.append("  pinned", style="magenta")
    return facts.append(f"  {hit.relevance:.0%}", style="green")


def _id(hit: Hit) -> Text:
    return Text(f"  {hit.paragraph.id}", style="dim")


def _about(hit: Hit, with_id: bool = False) -> Text:
    """Who published the article, when, what more there is of it, and where it is read: on a terminal a link to the
    sentence. Empty where nothing is known.
    """
    languages = list(dict.fromkeys(copy.language for copy in hit.also_in))
    facts = [hit.paragraph.id if with_id else "", hit.article.source, day(hit.article.date)]
    facts += [
        f"the same in {', '.join(languages)}" if languages else "",
        f"{len(hit.more)} more of it" if hit.more else "",
    ]
    address = section_url(hit.article.url, hit.paragraph.anchor) if hit.article.url else ""
    line = " · ".join(filter(None, [*facts, address]))
    return Text(f"   {line}", style=Style(dim=True, link=hit.citation.url)) if line else Text()


def day(date: str | None) -> str:
    """A date (ISO 8601) without the time of the day.

    >>> day("2025-06-02T10:00:00+00:00"), day("2025-06"), day(None)
    ('2025-06-02', '2025-06', '')
    """
    return (date or "").partition("T")[0]


def _marked(hit: Hit) -> Text:
    text = Text(hit.paragraph.text)
    for highlight in hit.highlights:
        text.stylize(STYLES[highlight.kind], highlight.start, highlight.end)
    return text


def _place_in_text(console: Console, hit: Hit) -> Text:
    """The paragraph on one line: on a terminal that part of it which has most of the query's words, or begins with the
    sentence nearest to it.
    """
    text = _marked(hit)
    text.plain = re.sub(r"\s", " ", text.plain)
    room = _columns(console) - 3
    if room <= 0 or text.cell_len <= room:
        return Text("   ") + text
    start = _best_start(hit, room)
    return Text("   … " if start else "   ") + text[start:]


def _best_start(hit: Hit, room: int) -> int:
    """Where a part of ``room`` columns begins: at a word, a little before what it shows."""
    text = hit.paragraph.text
    words = [highlight.start for highlight in hit.highlights if highlight.kind == "keyword"]
    sentences = [highlight.start for highlight in hit.highlights if highlight.kind == "semantic"]
    starts = {0, *sentences, *(max(text.rfind(" ", 0, max(word - room // 5, 0)) + 1, 0) for word in words)}

    def shown(start: int) -> tuple[int, bool, int]:
        return sum(start <= word < start + room * 4 // 5 for word in words), start in sentences, -start

    return max(starts, key=shown)

"""Search results for people: coloured on a terminal, the same words as plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.style import Style
from rich.text import Text

from paraglot.search.types import Hit, SearchResponse

STYLES = {"keyword": "bold yellow", "semantic": "underline"}
"""How the words of the query and the sentence nearest to it are shown."""


def print_response(console: Console, response: SearchResponse) -> None:
    """Each hit with its title, language, paragraph and why it is there."""
    if not response.hits:
        found = "Nothing clearly answers this." if response.less_likely else "Nothing found."
        console.print(found, style="bold")
    elif response.confidence == "none":
        console.print("No sure answer; the nearest paragraphs are:\n", style="bold")
    print_hits(console, response.hits, response.request.offset)
    if response.less_likely:
        console.print(f"{response.less_likely} less likely: --less-likely shows them.", style="dim")
    for name, facet in response.facets.items():
        counts = [f"{value} {count}" for value, count in facet.counts.items()]
        console.print(Text(f"{name}: {', '.join([*counts, f'without {facet.missing}'])}", style="cyan"), soft_wrap=True)


def print_hits(console: Console, hits: Sequence[Hit], offset: int) -> None:
    """Hits, counted from the one after ``offset``."""
    for number, hit in enumerate(hits, start=offset + 1):
        console.print(_head(number, hit), soft_wrap=True)
        if source := _source(hit):
            console.print(source, soft_wrap=True)
        before, after = (hit.context.before, hit.context.after) if hit.context else ((), ())
        for beside in before:
            console.print(Text(f"   {beside.text}", style="dim"), soft_wrap=not console.is_terminal)
        console.print(_paragraph(hit), soft_wrap=not console.is_terminal)
        for beside in after:
            console.print(Text(f"   {beside.text}", style="dim"), soft_wrap=not console.is_terminal)
        console.print(Text(f"   {why(hit)}", style="dim"), soft_wrap=True)
        for one in hit.more:
            console.print(Text("   + ", style="dim") + _paragraph(one)[3:], soft_wrap=not console.is_terminal)
        if hit.also_in:
            others = ", ".join(f"{copy.title or copy.article_id} [{copy.language}]" for copy in hit.also_in)
            console.print(Text(f"   also in: {others}", style="dim"), soft_wrap=True)
        console.print()


def why(hit: Hit) -> str:
    """One line that says which legs found the hit, at which place, by what, and where a reranker put it."""
    reasons = []
    if hit.keyword and hit.matched_terms:
        reasons.append(f"words{_place(hit.keyword.rank)}: {', '.join(hit.matched_terms)}")
    elif hit.keyword and not hit.sounds_like:
        reasons.append(f"words in its title or heading{_place(hit.keyword.rank)}")
    if hit.keyword and hit.sounds_like:
        place = "" if hit.matched_terms else _place(hit.keyword.rank)
        reasons.append(f"sounds like the query{place}: {', '.join(hit.sounds_like)}")
    if hit.synonyms:
        reasons.append(f"synonyms: {', '.join(f'{one.written} = {one.synonym}' for one in hit.synonyms)}")
    if hit.semantic:
        reasons.append(f"meaning{_place(hit.semantic.rank)}: cosine {hit.semantic.score:.2f}")
    if hit.rerank:
        reasons.append(f"reranker{_place(hit.rerank.rank)}: score {hit.rerank.score:.2f}")
    return " · ".join(reasons)


def _place(rank: int | None) -> str:
    return f" (no. {rank})" if rank else ""


def _head(number: int, hit: Hit) -> Text:
    head = Text(f"{number}. ", style="dim")
    head.append(hit.article.title or hit.article.id, style="bold")
    head.append(f"  [{hit.paragraph.language}]", style="cyan")
    if hit.pinned:
        head.append("  pinned", style="magenta")
    head.append(f"  {hit.relevance:.0%}", style="green")
    head.append(f"  {hit.paragraph.id}", style="dim")
    return head


def _source(hit: Hit) -> Text | None:
    """Who published the article, when, and where it is read; on a terminal a link to the sentence."""
    known = " · ".join(filter(None, (hit.article.source, hit.article.date, hit.article.url)))
    return Text(f"   {known}", style=Style(dim=True, link=hit.citation.url)) if known else None


def _paragraph(hit: Hit) -> Text:
    text = Text(hit.paragraph.text)
    for highlight in hit.highlights:
        text.stylize(STYLES[highlight.kind], highlight.start, highlight.end)
    return Text("   ") + text

"""What a page says of its article: JSON-LD before meta elements before what is seen, the article before the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from paraglot.indexer.corpus.language_names import language_tag
from paraglot.indexer.readers.addresses import divided, is_web, joined
from paraglot.indexer.readers.body_drafts import given_fields
from paraglot.indexer.readers.dates.dates import iso_date
from paraglot.indexer.readers.dates.near import date_fields
from paraglot.indexer.readers.kept_back import is_hidden_from_robots
from paraglot.indexer.readers.web.linked import Linked, linked_data
from paraglot.indexer.readers.web.tidy import class_kind
from paraglot.indexer.readers.web.titles import page_title, plain_title

_TITLES = ("citation_title", "og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "title")
_AUTHORS = (
    "citation_author",
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
)
_DATES = (
    "article:published_time",
    "citation_publication_date",
    "citation_date",
    "citation_online_date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.created",
    "dcterms.date",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "date",
)
_LANGUAGES = ("content-language", "dc.language", "dcterms.language", "citation_language", "og:locale", "inlanguage")
_SITES = ("og:site_name", "application-name", "citation_journal_title", "dc.publisher")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def said(tree: Any, address: str = "") -> tuple[dict[str, object], str]:
    """The fields of the article, and its text where JSON-LD has it. ``address``: where the page is known to lie."""
    meta = _meta(tree)
    headed = {plain_title(heading).casefold() for heading in (*meta.get("og:title", ()), *_texts(tree, "h1"))}
    linked = linked_data(tree, headed)
    article, page = linked.article, linked.page
    publisher = linked.names(article.get("publisher")) or linked.names(page.get("publisher"))
    sites = [*_all(meta, _SITES[:2]), *linked.names(linked.site), *publisher]
    headline = article.get("headline") or article.get("name")
    title = page_title(tree, [headline, *_all(meta, _TITLES)], sites)
    named = (*_all(meta, _SITES), *publisher, *linked.names(linked.site))
    dates = (
        article.get("datePublished"),
        article.get("dateCreated"),
        *_all(meta, _DATES),
        *_times(tree),
        page.get("datePublished"),
    )
    fields: dict[str, object] = {
        "title": title,
        "url": _address(tree, meta, linked, address),
        "language": _language(tree, meta, linked),
        "source": next((plain_title(heading) for heading in named), None),
        "author": _one_or_all(_authors(tree, meta, linked)),
        **date_fields(next((date for date in dates if isinstance(date, str) and date.strip()), None)),
    }
    text = article.get("articleBody")
    return given_fields(fields), text if isinstance(text, str) else ""


def is_hidden(tree: Any) -> bool:
    """Whether a page asks search engines not to find it."""
    return is_hidden_from_robots(",".join(_meta(tree).get("robots", ())))


def _meta(tree: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in tree.iter("meta"):
        name = node.get("property") or node.get("name") or node.get("http-equiv") or node.get("itemprop")
        if name and (content := (node.get("content") or "").strip()):
            found.setdefault(name.strip().lower(), []).append(content)
    return found


def _all(meta: Mapping[str, list[str]], names: tuple[str, ...]) -> list[str]:
    return [value for name in names for value in meta.get(name, ())]


def _texts(tree: Any, name: str) -> Iterator[str]:
    return (node.text_content() for node in tree.iter(name))


def _authors(tree: Any, meta: Mapping[str, list[str]], linked: Linked) -> list[str]:
    """All authors, by the first way of telling them that tells any."""
    for names in (
        linked.names(linked.article.get("author")) or linked.names(linked.article.get("creator")),
        *(meta.get(name, []) for name in _AUTHORS),
        [_named(node) for node in tree.iter() if node.get("itemprop") == "author"],
        [inner.text_content() for inner in tree.iter("a") if "author" in (inner.get("rel") or "").split()],
        linked.names(linked.page.get("author")),
    ):
        known = [text for name in names if (text := plain_title(name)) and not is_web(text) and len(text) <= 200]
        if known:
            return list(dict.fromkeys(known))
    return []


def _named(element: Any) -> str:
    name = next((node for node in element.iter() if node.get("itemprop") == "name"), element)
    return str(name.get("content") or name.text_content())


def _one_or_all(values: list[str]) -> str | list[str] | None:
    return values if len(values) > 1 else values[0] if values else None


def _times(tree: Any) -> list[str]:
    """The dates that are shown, those that are marked as the article's first; none of what stands beside it."""
    found = []
    for number, entry in enumerate(tree.iter("time")):
        text = (entry.get("datetime") or entry.text_content()).strip()
        around = [entry, *entry.iterancestors()]
        if number > 100 or not iso_date(text) or any(_is_beside(up) for up in around):
            continue
        marked = entry.get("itemprop") == "datePublished" or entry.get("pubdate") is not None
        modified = entry.get("itemprop") == "dateModified" or "updated" in (entry.get("class") or "").split()
        inside = any(up.tag in ("article", "main") for up in around)
        found.append((not marked, modified, not inside, number, text))
    return [entry[-1] for entry in sorted(found)]


def _is_beside(element: Any) -> bool:
    return element.tag in ("aside", "nav", "footer") or class_kind(element) not in (None, "bylines", "skip links")


def _address(tree: Any, meta: Mapping[str, list[str]], linked: Linked, address: str) -> str | None:
    """The first address that is given, resolved; one of the home page only where there is no other."""
    base = next((inner.get("href") for inner in tree.iter("base") if inner.get("href")), "")
    graph = meta.get("og:url", [])
    main = linked.article.get("mainEntityOfPage")
    of_page = main.get("@id") or main.get("url") if isinstance(main, dict) else main
    links = [node.get("href") for node in tree.iter("link") if "canonical" in (node.get("rel") or "").lower().split()]
    ways = (*links, *graph, linked.article.get("url"), of_page, *meta.get("citation_fulltext_html_url", ()))
    bases = [candidate for candidate in (joined(address, base), address, *graph) if is_web(candidate)]
    found = [url for way in ways if isinstance(way, str) and is_web(url := _resolved(way.strip(), bases))]
    found += [candidate for candidate in (linked.page.get("url"),) if isinstance(candidate, str) and is_web(candidate)]
    return next(
        (candidate for candidate in found if divided(candidate).path.strip("/") or divided(candidate).query),
        found[0] if found else None,
    )


def _resolved(address: str, bases: list[str]) -> str:
    return address if is_web(address) or not bases or not address else joined(bases[0], address)


def _language(tree: Any, meta: Mapping[str, list[str]], linked: Linked) -> str | None:
    """The first declared language that is a tag; None leaves it to be detected."""
    declared = (tree.get("lang"), tree.get(_XML_LANG), tree.get("xml:lang"), linked.article.get("inLanguage"))
    for tag in (*declared, *_all(meta, _LANGUAGES)):
        try:
            if isinstance(tag, str) and tag.strip():
                return language_tag(tag.split(",")[0])
        except ValueError:
            continue
    return None

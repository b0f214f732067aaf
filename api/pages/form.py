"""What the page's address asks for, as the request that the engine takes, and the addresses of what is near it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, cast
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from paraglot.api.pages.addresses import article_path
from paraglot.search.answer.listing import ORDERS, ArticlesRequest, Order
from paraglot.search.errors import InvalidRequest
from paraglot.search.text.dates import read_period
from paraglot.search.types import ANSWER_RELEVANCE, Mode, SearchRequest, Sort

FACETS = {"languages": "language", "sources": "source", "years": "date"}
"""The attribute behind each group of filters."""

_NUMBER = re.compile(r"\d{1,6}", re.ASCII)

_ADDED = re.compile(
    r"utm_\w+|(?:fb|g|dc|ms|tw|yandex_?)clid|gbraid|wbraid|gad_\w+|mc_[ce]id|igsh(?:id)?|_ga|_gl", re.ASCII
)
"""What mailers, advertisers and social networks add to the links that they pass on: nobody's mistake."""


@dataclass(frozen=True, slots=True)
class PageForm:
    """The fields of the page's form as they were sent; `request` reads them.

    ``article``: only of the article with this id. Without a query ``browse`` is the order of the articles, and
    ``after`` the cursor that the list goes on from. ``less_likely`` is "1" where what hardly answers is shown, too.
    ``ui`` is the language of the page, ``key`` one of the address.
    """

    q: str = ""
    mode: str = "hybrid"
    sort: str = "relevance"
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    article: str = ""
    browse: str = ""
    after: str = ""
    less_likely: str = ""
    page: str = "1"
    limit: str = "10"
    ui: str = ""
    key: str = ""

    @classmethod
    def unknown(cls, parameters: QueryParams) -> str:
        """The first parameter of a URL that is no field of the form, nor what others add to links; "" for none."""
        names = {field.name for field in fields(cls)}
        return next((name for name in parameters if name not in names and not _ADDED.fullmatch(name)), "")

    @classmethod
    def of(cls, parameters: QueryParams, key: str = "") -> PageForm:
        """From the parameters of a URL; `unknown` tells of those that are no field of the form."""
        raw: dict[str, Any] = {}
        for field in fields(cls):
            values = [value for value in parameters.getlist(field.name) if value.strip()]
            if values:
                raw[field.name] = tuple(dict.fromkeys(values)) if isinstance(field.default, tuple) else values[-1]
        return cls(**raw | {"key": key})

    @property
    def filtered(self) -> bool:
        """Whether anything is left out of the search."""
        return bool(self.languages or self.sources or self.years or self.since or self.until or self.article)

    def request(self) -> SearchRequest:
        """The request of ``/v1/search`` that says the same. Raises `InvalidRequest`."""
        limit = _integer("limit", self.limit)
        if self.less_likely not in ("", "1"):
            raise InvalidRequest("less_likely", f"less_likely must be 1 or left out, not {self.less_likely!r}.")
        return SearchRequest(
            q=self.q,
            limit=limit,
            offset=(_integer("page", self.page) - 1) * limit,
            mode=cast(Mode, self.mode),
            sort=cast(Sort, self.sort),
            languages=self.languages,
            filter=self.filter(),
            min_relevance=0 if self.less_likely else ANSWER_RELEVANCE,
            answers_first=True,
            facets=tuple(FACETS.values()),
            group_by="article",
            explain=True,
            context=1,
        )

    @property
    def lists(self) -> bool:
        """Whether it asks for articles without a query."""
        return not self.q.strip() and bool(self.browse or self.filtered)

    def listing(self) -> ArticlesRequest:
        """The request of ``/v1/articles`` that says the same. Raises `InvalidRequest`."""
        return ArticlesRequest(
            limit=_integer("limit", self.limit),
            cursor=self.after or None,
            sort=cast(Order, self.browse or ORDERS[0]),
            languages=self.languages,
            filter=self.filter(),
            facets=tuple(FACETS.values()),
        )

    def wider_lists(self) -> dict[str, ArticlesRequest]:
        """As `wider`, of a list."""
        return {
            facet: replace(self._but(**{name: ()}).listing(), limit=1, cursor=None, facets=(facet,))
            for name, facet in FACETS.items()
            if getattr(self, name)
        }

    def wider(self) -> dict[str, SearchRequest]:
        """For each attribute that is filtered by, the search without that filter, which counts what else there is.

        It asks for the second hit: what statistics count is whoever asks for the first.
        """
        found = {}
        for name, facet in FACETS.items():
            if getattr(self, name):
                request = self._but(**{name: ()}).request()
                found[facet] = replace(request, limit=1, offset=1, facets=(facet,), explain=False, context=0)
        return found

    def spelled(self, sources: Iterable[str]) -> PageForm:
        """The same with every spelling, of those among ``sources``, of the sources that are chosen: a filter compares
        letter by letter, and to readers The Post and the POST are one.

        >>> PageForm(sources=("The Post",)).spelled(["the post", "The Past", "The POST"]).sources
        ('The Post', 'the post', 'The POST')
        """
        chosen = {without_case(source) for source in self.sources}
        alike = [source for source in sources if without_case(source) in chosen]
        return self._but(sources=tuple(dict.fromkeys([*self.sources, *alike])))

    def filter(self) -> str:
        """All but the languages in the grammar of filters.

        >>> PageForm(sources=('The "Post"',), years=("2024", "2023"), until="2024-05").filter()
        'source IN ["The \\\\"Post\\\\""] AND date IN ["2024", "2023"] AND date <= "2024-05"'
        """
        self._check_dates()
        parts = [
            f"{name} IN [{', '.join(map(_quoted, values))}]"
            for name, values in (("source", self.sources), ("date", self.years))
            if values
        ]
        for condition, value in (("date >=", self.since), ("date <=", self.until), ("id =", self.article)):
            if value:
                parts.append(f"{condition} {_quoted(value)}")
        return " AND ".join(parts)

    def _check_dates(self) -> None:
        """Raises `InvalidRequest` under the name that the form has for the date."""
        periods = [
            (name, written, read_period(written)) for name, written in (("since", self.since), ("until", self.until))
        ]
        for name, written, period in periods:
            if written and period is None:
                raise InvalidRequest(name, f"{name} must be a date such as 2024-05-31, not {written!r}.")
        since, until = (period for *_, period in periods)
        if since and until and since.start >= until.end:
            raise InvalidRequest("dates", f"since ({self.since}) is after until ({self.until}).")

    def address(self, **changes: object) -> str:
        """The address of the page that asks for the same but for ``changes``; without ``page``: its first page.

        >>> PageForm(q="pain", languages=("fr", "de"), page="3").address(mode="keyword")
        '?q=pain&mode=keyword&languages=fr&languages=de'
        """
        return "?" + urlencode(self.pairs(**changes))

    def pairs(self, **changes: object) -> list[tuple[str, str]]:
        """The parameters of such an address; what is as usual is left out."""
        form = self._but(**{"page": "1", "after": ""} | changes)
        found: list[tuple[str, str]] = []
        for field in fields(form):
            value = getattr(form, field.name)
            if value != field.default:
                found += [(field.name, entry) for entry in (value if isinstance(value, tuple) else [value])]
        return found

    def without_filters(self) -> str:
        """The address of the same search over everything."""
        return self.address(languages=(), sources=(), years=(), since="", until="", article="")

    def reading(self, article_id: str, paragraph_id: str = "") -> str:
        """The address of an article's page, which leads back to here."""
        return article_path(article_id, paragraph_id, urlencode(self.pairs(page=self.page, after=self.after)))

    def parameters(self, least: float | None = None) -> str:
        """The same search as the parameters of ``/v1/search``, which feeds and tables take too; ``least``: how relevant
        its hits are, where what takes them would have it otherwise.

        >>> PageForm(q="pain", languages=("fr", "de"), since="2024").parameters()
        '?q=pain&languages=fr%2Cde&filter=date+%3E%3D+%222024%22'
        """
        parameters = {"q": self.q, "languages": ",".join(self.languages), "filter": self.filter(), "key": self.key}
        if self.less_likely or least is not None:
            parameters["min_relevance"] = "0" if self.less_likely else f"{least:g}"
        if self.mode != "hybrid":
            parameters["mode"] = self.mode
        return "?" + urlencode({name: value for name, value in parameters.items() if value})

    def _but(self, **changes: object) -> PageForm:
        return replace(self, **changes)  # type: ignore[arg-type]


def without_case(source: str) -> str:
    """What the spellings of a source have in common."""
    return " ".join(source.casefold().split())


def _integer(name: str, text: str) -> int:
    if not _NUMBER.fullmatch(text) or int(text) < 1:
        raise InvalidRequest(name, f"{name} must be a whole number from 1, not {text!r}.")
    return int(text)


def _quoted(value: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'

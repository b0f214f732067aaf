"""Words of the cluster's index that are like others: prefixes, typing errors, spellings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from paraglot.search.index import Like, WordForm
from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.point import columns, paragraph_query
from paraglot.search.opensearch.schema import LONGEST_TERM
from paraglot.search.opensearch.scope import TEXTS, Scope
from paraglot.search.opensearch.statistics import term_query
from paraglot.search.parts.words_like import MOST_READ, MOST_ROWS, nearest, side_by_side, written_forms
from paraglot.search.text.languages import primary

_PROPOSED = 200
"""Words that a shard proposes for one that may be mistyped."""

_SIGNS = re.compile(r'[.?+*|{}\[\]()"\\#@&<>~^$-]')


def words_like(scope: Scope, asked: Like) -> list[WordForm]:
    """What `paraglot.search.index.Snapshot.words_like` says of one that is asked."""
    match asked.kind:
        case "prefix":
            return with_prefix(scope, asked.text, asked.limit)
        case "near":
            return _near(scope, asked)
        case "beside":
            count = side_by_side(asked.text, _read(scope, asked.text, MOST_ROWS))
            return [WordForm(asked.text, count)] if count else []
        case "written":
            return written_forms(asked.text, _read(scope, asked.text, MOST_READ), asked.limit)


def with_prefix(scope: Scope, prefix: str, limit: int) -> list[WordForm]:
    """The surface forms that begin with a prefix, those first that the most paragraphs have in their text."""
    if len(prefix) > LONGEST_TERM:
        return []
    # One expression in brackets: of a plain beginning OpenSearch 2.19 stumbles where no word of a shard comes after it.
    include = f"({_SIGNS.sub(lambda sign: f'{chr(92)}{sign.group()}', prefix)})([^:]*)"
    order = [{"_count": "desc"}, {"_key": "asc"}]
    counting = {
        field: {"terms": {"field": field, "include": include, "size": limit, "order": order}}
        for field in ("terms", "title_terms")
    }
    [answer] = scope.point.search({"size": 0, "query": paragraph_query(scope.filters), "aggs": counting})
    counted = answer["aggregations"]
    counts = {bucket["key"]: bucket["doc_count"] for bucket in counted["terms"]["buckets"]}
    in_titles_only = [bucket["key"] for bucket in counted["title_terms"]["buckets"] if bucket["key"] not in counts]
    scope.statistics.look_up(in_titles_only)
    counts |= {form: scope.statistics.count_of(form).text for form in in_titles_only}
    forms = [WordForm(form, count) for form, count in counts.items()]
    return sorted(forms, key=lambda form: (-form.paragraphs, form.form))[:limit]


def _near(scope: Scope, asked: Like) -> list[WordForm]:
    """The shards propose words of the whole index; in how many paragraphs each is that may be seen, is counted."""
    forms = list(dict.fromkeys([*(_suggested(scope, asked) if asked.edits else ()), *asked.others]))
    scope.statistics.look_up(forms)
    best = nearest(asked, {form: scope.statistics.count_of(form).either for form in forms})
    reading = columns(columns=["language"])
    bodies = [
        {
            "size": MOST_ROWS,
            "query": paragraph_query([*scope.filters, term_query(form)]),
            "sort": [{"row": "asc"}],
            **reading,
        }
        for form in best
    ]
    return [
        WordForm(form, scope.statistics.count_of(form).either, frozenset(map(_language, answer["hits"]["hits"])))
        for form, answer in zip(best, scope.point.search(*bodies), strict=True)
    ]


def _suggested(scope: Scope, asked: Like) -> list[str]:
    proposing = {
        "suggest_mode": "always",
        "max_edits": min(asked.edits, 2),
        "prefix_length": 1,
        "min_word_length": 1,
        "size": _PROPOSED,
        "shard_size": _PROPOSED,
        "max_inspections": 50,
        "accuracy": 0.0,
        "max_term_freq": float(1 << 30),
        "string_distance": "damerau_levenshtein",
    }
    fields = {field: {"text": asked.text, "term": {"field": field, **proposing}} for field in ("text", "title")}
    [answer] = scope.point.search({"size": 0, "query": paragraph_query(scope.filters), "suggest": fields})
    options = [
        option["text"]
        for field_suggestions in answer["suggest"].values()
        for word in field_suggestions
        for option in word["options"]
    ]
    return [form for form in options if ":" not in form]


def _read(scope: Scope, text: str, most: int) -> list[Sequence[str]]:
    """The parts of the first paragraphs that have all words of a text."""
    sources = (hit["_source"] for hit in scope.in_row_order([term_query(text)], most, columns(source=TEXTS)))
    return [
        (source["head"]["title"], f"{source['paragraph']['heading']}\n{source['paragraph']['text']}")
        for source in sources
    ]


def _language(hit: Json) -> str:
    return primary(str(hit["fields"]["language"][0]))

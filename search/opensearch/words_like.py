"""Words of the cluster's index that are like others: prefixes, typing errors, spellings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from paraglot.search.index import Like, WordForm
from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.point import among, columns
from paraglot.search.opensearch.schema import LONGEST_TERM
from paraglot.search.opensearch.scope import TEXTS, Scope
from paraglot.search.opensearch.statistics import having
from paraglot.search.parts.words_like import MOST_READ, MOST_ROWS, nearest, side_by_side, written_forms
from paraglot.search.text.languages import primary

_PROPOSED = 200
"""Words that a shard proposes for one that may be mistyped."""

_SIGNS = re.compile(r'[.?+*|{}\[\]()"\\#@&<>~^$-]')


def words_like(scope: Scope, asked: Like) -> list[WordForm]:
    """What `paraglot.search.index.Snapshot.words_like` says of one that is asked."""
    match asked.kind:
        case "prefix":
            return prefixed(scope, asked.text, asked.limit)
        case "near":
            return _near(scope, asked)
        case "beside":
            count = side_by_side(asked.text, _read(scope, asked.text, MOST_ROWS))
            return [WordForm(asked.text, count)] if count else []
        case "written":
            return written_forms(asked.text, _read(scope, asked.text, MOST_READ), asked.limit)


def prefixed(scope: Scope, prefix: str, limit: int) -> list[WordForm]:
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
    [answer] = scope.point.search({"size": 0, "query": among(scope.filters), "aggs": counting})
    found = answer["aggregations"]
    counts = {one["key"]: one["doc_count"] for one in found["terms"]["buckets"]}
    unsaid = [one["key"] for one in found["title_terms"]["buckets"] if one["key"] not in counts]
    scope.statistics.look_up(unsaid)
    counts |= {form: scope.statistics.having(form).text for form in unsaid}
    every = [WordForm(form, count) for form, count in counts.items()]
    return sorted(every, key=lambda one: (-one.paragraphs, one.form))[:limit]


def _near(scope: Scope, asked: Like) -> list[WordForm]:
    """The shards propose words of the whole index; in how many paragraphs each is that may be seen, is counted."""
    forms = list(dict.fromkeys([*(_proposed(scope, asked) if asked.edits else ()), *asked.others]))
    scope.statistics.look_up(forms)
    found = nearest(asked, {form: scope.statistics.having(form).either for form in forms})
    reading = columns(columns=["language"])
    bodies = [
        {"size": MOST_ROWS, "query": among([*scope.filters, having(form)]), "sort": [{"row": "asc"}], **reading}
        for form in found
    ]
    return [
        WordForm(form, scope.statistics.having(form).either, frozenset(map(_language, answer["hits"]["hits"])))
        for form, answer in zip(found, scope.point.search(*bodies), strict=True)
    ]


def _proposed(scope: Scope, asked: Like) -> list[str]:
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
    [answer] = scope.point.search({"size": 0, "query": among(scope.filters), "suggest": fields})
    options = [option["text"] for own in answer["suggest"].values() for word in own for option in word["options"]]
    return [form for form in options if ":" not in form]


def _read(scope: Scope, text: str, most: int) -> list[Sequence[str]]:
    """The parts of the first paragraphs that have all words of a text."""
    sources = (hit["_source"] for hit in scope.first([having(text)], most, columns(source=TEXTS)))
    return [(own["head"]["title"], f"{own['paragraph']['heading']}\n{own['paragraph']['text']}") for own in sources]


def _language(hit: Json) -> str:
    return primary(str(hit["fields"]["language"][0]))

"""An answer of every kind as the OpenAPI page shows it, by the name of its model, or of the operation without one.

They are answers over the seeds, shortened; a test holds each to its schema.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from paraglot.api.http.problem_types import type_of

_ARTICLE = {
    "id": "lukashenko-beijing-es",
    "title": "Minsk mira a Oriente: Lukashenko vuelve a China",
    "url": "https://example.org/es/lukashenko-pekin",
    "language": "es",
    "date": "2024-03-05",
    "source": "Redacción Paraglot",
}
_TEXT = "Las palabras amables ya estaban dichas. Xi había descrito la amistad entre los dos países como indestructible."
_PARAGRAPH = {
    "id": "lukashenko-beijing-es~dba3a7ea3668",
    "position": 1,
    "text": _TEXT,
    "heading": "",
    "language": "es",
    "start": 310,
    "end": 310 + len(_TEXT),
}
_QUOTE = "Xi había descrito la amistad entre los dos países como indestructible."
_CITATION = {
    "url": f"{_ARTICLE['url']}#:~:text=Xi%20hab%C3%ADa%20descrito,los%20dos%20pa%C3%ADses%20como%20indestructible.",
    "quote": _QUOTE,
    **{name: _ARTICLE[name] for name in ("title", "source", "date", "language")},
}
_HIT = {
    **_PARAGRAPH,
    "article": _ARTICLE,
    "citation": _CITATION,
    "context": None,
    "score": 9.41,
    "relevance": 0.998,
    "pinned": False,
    "highlights": [
        {"start": 40, "end": 110, "kind": "semantic"},
        {"start": 40, "end": 42, "kind": "keyword"},
    ],
    "also_in": [
        {
            "id": "fr/loukachenko-pekin.txt~d028c8455de0",
            "article_id": "fr/loukachenko-pekin.txt",
            "title": "Loukachenko de retour à Pékin",
            "language": "fr",
        }
    ],
    "more": [],
    "explain": None,
}
_ARTICLES = {
    "articles": [_ARTICLE],
    "total": 87,
    "next_cursor": "WyJkYXRlOmRlc2MiLCBmYWxzZV0",
    "facet_distribution": {"language": {"counts": {"en": 9, "es": 4}, "missing": 0}},
    "warnings": [],
    "generation": 1,
}
_EXPLAIN = {
    "keyword": {"rank": 2, "score": 3.2},
    "semantic": {"rank": 1, "score": 0.61},
    "rerank": None,
    "matched_terms": ["xi"],
    "sounds_like": [],
    "synonyms": [],
    "alignments": [{"query_start": 9, "query_end": 11, "start": 40, "end": 42, "similarity": 1.0}],
}
_SEARCH = {
    "hits": [{**_HIT, "explain": _EXPLAIN}],
    "query": "What did Xi say about the friendship with Belarus?",
    "query_analysis": {
        "languages": [{"language": "en", "probability": 1.0}],
        "tokens": ["xi", "friendship", "belarus"],
        "synonyms": [],
    },
    "did_you_mean": None,
    "limit": 1,
    "offset": 0,
    "estimated_total_hits": 100,
    "less_likely": 0,
    "facet_distribution": {"language": {"counts": {"zh": 12, "es": 10, "fr": 10}, "missing": 0}},
    "took_ms": 12.4,
    "timings_ms": {"analysis": 1.3, "keyword": 0.9, "semantic": 2.1, "fusion": 0.3, "read": 1.2},
    "confidence": "high",
    "warnings": [],
    "generation": 1,
}
_SUGGESTION = {
    "text": "Klimawandel",
    "kind": "phrase",
    "language": "de",
    "count": 12,
    "article_id": None,
}
_TASK = {
    "id": 7,
    "status": "succeeded",
    "enqueued": "2026-11-26T21:30:14+00:00",
    "finished": "2026-11-26T21:30:15+00:00",
    "articles": 1,
    "skipped": 0,
    "skipped_lines": [],
    "remarks": [],
    "generation": 2,
    "error": None,
}
RULES_TO_PUT = {
    "synonyms": [{"words": ["ev", "electric car"], "language": "en"}],
    "pins": [{"queries": ["opening hours"], "match": "exact", "ids": ["reef-ja"]}],
}
_ASKED = {"query": "amitié indestructible", "language": "fr", "count": 3}

EXAMPLES: dict[str, Any] = {
    "SearchModel": _SEARCH,
    "MultiSearchModel": {"results": [_SEARCH], "took_ms": 13.1, "generation": 1},
    "SimilarModel": {
        "hits": [{**_HIT, "score": 0.71, "also_in": []}],
        "limit": 1,
        "offset": 0,
        "estimated_total_hits": 100,
        "took_ms": 3.2,
        "warnings": [],
        "generation": 1,
    },
    "SuggestModel": {
        "query": "klimaw",
        "suggestions": [_SUGGESTION],
        "complete": True,
        "took_ms": 0.4,
        "generation": 1,
    },
    "AnalysisModel": {
        "languages": [{"language": "de", "probability": 0.613}],
        "tokens": [
            {"term": "hauser", "start": 4, "end": 10, "weight": None},
            {"term": "de:haus", "start": 4, "end": 10, "weight": None},
        ],
        "did_you_mean": None,
    },
    "IndexModel": {
        "generation": 1,
        "created": "2026-11-26T21:30:14+00:00",
        "articles": 87,
        "paragraphs": 501,
        "languages": {"ar": 21, "de": 30, "zh": 24},
        "encoder": {
            "name": "builtin",
            "fingerprint": "386f36a58ac0992e95dc7600848f58a1cd2789d335190b96bcfe343bf6dae74f",
            "dimension": 512,
            "max_tokens": None,
            "query_prefix": "",
            "paragraph_prefix": "",
            "pooling": "sum of n-gram features / sqrt(tokens)",
            "languages": ["ar", "zh", "de"],
        },
        "sentences": True,
        "analyzer": "languages-7",
        "keyword_engine": "whoosh",
        "format": 4,
    },
    "LanguagesModel": {
        "languages": [
            {
                "language": "de",
                "name": "Deutsch",
                "english_name": "German",
                "articles": 5,
                "paragraphs": 30,
                "keyword": "analysed",
                "semantic": "covered",
                "semantic_share": 0.97,
            }
        ],
        "generation": 1,
    },
    "ArticleModel": {
        **_ARTICLE,
        "text": _TEXT,
        "attributes": {"tags": ["política"]},
        "paragraphs": [{**_PARAGRAPH, "article": _ARTICLE}],
    },
    "CitedParagraphModel": {**_PARAGRAPH, "article": _ARTICLE, "citation": _CITATION, "context": None},
    "TaskModel": _TASK,
    "TasksModel": {"tasks": [_TASK]},
    "RulesModel": {**RULES_TO_PUT, "fault": None, "unknown_ids": []},
    "HealthModel": {"status": "ok"},
    "StatisticsModel": {
        "languages": {"fr": {"asked": 3, "without_results": 0}},
        "top": [_ASKED],
        "without_results": [],
    },
    "metrics": "paraglot_index_generation 1.0\nparaglot_index_articles 87.0\n",
    "FeedModel": {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "amitié",
        "description": "Paragraphs that answer: amitié",
        "home_page_url": "http://127.0.0.1:8000/?q=amiti%C3%A9",
        "feed_url": "http://127.0.0.1:8000/feed.json?q=amiti%C3%A9",
        "items": [],
    },
    "OembedModel": {
        "version": "1.0",
        "type": "rich",
        "title": "amitié",
        "provider_name": "Paraglot",
        "provider_url": "http://127.0.0.1:8000/",
        "html": '<iframe src="http://127.0.0.1:8000/embed?q=amiti%C3%A9" width="600" height="400"></iframe>',
        "width": 600,
        "height": 400,
        "cache_age": 3600,
    },
    "ArticlesModel": _ARTICLES,
    "CollectionsModel": {
        "collections": [
            {
                "name": "news",
                "default": True,
                "articles": 2,
                "paragraphs": 5,
                "languages": {"en": 3, "ja": 2},
                "encoder": "builtin",
                "generation": 1,
            }
        ]
    },
    "AcrossModel": {
        **{name: _SEARCH[name] for name in ("limit", "offset", "estimated_total_hits", "less_likely", "took_ms")},
        **{name: _SEARCH[name] for name in ("facet_distribution", "confidence", "warnings")},
        "hits": [{"collection": "news", "hit": _HIT}],
        "generations": {"news": 1, "docs": 3},
    },
    "rss_feed": '<rss version="2.0"><channel><title>amitié</title></channel></rss>',
    "export": "id,title\r\nreef-ja,満月の夜、サンゴの卵を待つ\r\n",
    "description": "<OpenSearchDescription><ShortName>Paraglot</ShortName></OpenSearchDescription>",
    "browser_suggestions": ["klimaw", ["Klimawandel"], ["de, phrase, 12"], ["http://127.0.0.1:8000/?q=Klimawandel"]],
}

_CODES = {
    "400": "malformed_address",
    "401": "missing_key",
    "403": "insufficient_scope",
    "404": "not_found",
    "410": "paragraph_changed",
    "406": "not_acceptable",
    "413": "body_too_large",
    "415": "unsupported_media_type",
    "421": "misdirected_request",
    "422": "invalid_request",
    "429": "too_many_requests",
    "501": "not_implemented",
    "503": "timeout",
}
"""One code of those that each status may have."""


def problem_example(status: str, detail: str) -> dict[str, Any]:
    """A problem of this status."""
    code = _CODES[status]
    faults = [{"pointer": "/limit", "detail": "limit must be from 1 to 100, not 101."}]
    further = {"successor": "reef-ja~e1cbc2e2b76a"} if status == "410" else {}
    return {
        "type": type_of(code),
        "title": HTTPStatus(int(status)).phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
        "errors": faults if status == "422" else [],
        **further,
    }

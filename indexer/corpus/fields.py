"""The fields of an article, ours or such as other programs write, as a draft. Start at `draft_of`.

No field costs its article: what cannot be told is kept as it was given, under ``NAME_as_given``, and counted
(`paraglot.indexer.corpus.remarks`). Only an article without any text is none.
"""

from __future__ import annotations

import hashlib
import html
import json
import math
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

from paraglot.indexer.corpus.drafts import MARKS, NO_TEXT, SURROGATE, Draft, Place
from paraglot.indexer.corpus.foreign_names import (
    FOREIGN_NAMES,
    OURS,
    names_text,
    tag_of,
    under_our_names,
)
from paraglot.indexer.corpus.language_names import NONE_NAMED
from paraglot.indexer.corpus.line_ends import whole_words
from paraglot.indexer.corpus.names import readable_name
from paraglot.indexer.corpus.own_vectors import are_finite_vectors, take_vectors
from paraglot.indexer.corpus.paragraphs import clean
from paraglot.indexer.readers.addresses import is_web, without_tracking
from paraglot.indexer.readers.dates.near import date_fields
from paraglot.indexer.readers.inputs import Options
from paraglot.indexer.readers.text.field_text import (
    NAMES,
    TOO_MANY_SIGNS,
    Kind,
    body_of,
    has_too_many_signs,
    kind_of,
    plain_title,
    without_cdata,
)
from paraglot.indexer.readers.text.rich_text import by_language, html_of
from paraglot.search.parts.articles import MAX_ID_CHARACTERS, MOST_LEVELS

HTML_FIELDS = ("content_html", "html", "body_html", "post_content")
TEXT_FIELDS = (
    *("text", "paragraphs", *HTML_FIELDS, "content_text", "content", "body", "plaintext"),
    *("article_body", "articleBody", "fulltext", "full_text", "body_text", "bodyText", "text_content"),
    *("lexical", "mobiledoc", "blocks", "sections"),
)
"""Where the text stands, the first that holds any: in our fields, else in one that other programs have."""

SUMMARIES = (
    *("description", "summary", "excerpt", "abstract", "lead_paragraph", "standfirst", "lede", "dek", "lead"),
    *("trailText", "intro", "teaser", "snippet"),
)
"""What is read where nothing else says more."""

_ELSEWHERE = (*TEXT_FIELDS[2:], *SUMMARIES)
_INSIDE = (
    *("name", "main", "rendered", "title", "text", "value", "label", "html", "content", "code", "@value", "#text"),
    *("$oid", "href", "url", "@id"),
)
"""What says, in an object, what it is called."""
_ENVELOPES = (
    "_source",
    "attributes",
    "fields",
    "node",
    "doc",
    "article",
    "post",
    "item",
    "document",
    "record",
    "properties",
)
_Text: TypeAlias = tuple[str, bool, bool]
"""A body, whether its paragraphs must still be found, and whether it is HTML that was made of an editor's JSON."""

_ON_ENVELOPES = ("id", "_id", "url", "language", "date", "title", "webTitle", "webUrl", "webPublicationDate")
_NO_ID = frozenset(("", "n/a", "none", "null", "undefined", "nan", "-"))
_FOREIGN = FOREIGN_NAMES.union(_ENVELOPES)
_SMALL_LETTERS = re.compile(r"[a-z0-9_]*")
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def draft_of(place: Place, given_fields: Mapping[str, object], options: Options, unnamed: str = "") -> Draft:
    """An article from fields, ours or such as ``options`` maps. Raises `ValueError` where they hold no text.

    ``unnamed`` is what the id of an article begins with that has none and no address: its text makes the rest.
    """
    fields = _named(_sound(given_fields, place, options), place, options)
    marks = fields.pop(MARKS, None) or {}
    vectors = take_vectors(fields)
    if not isinstance(marks, dict):
        raise ValueError(f'"{MARKS}" must be an object, as paraglot export writes it')
    text, plain, rich = _text_of(fields)
    title = " ".join(_field_text(fields, "title").split())
    language = _language(fields)
    given_url = _address(fields)
    article_id = _id(fields.pop("id", None)) or _made_id(unnamed, given_url, title, text)
    dates = date_fields(fields.pop("date", None), language)
    source = " ".join(_field_text(fields, "source").split()) or None
    if dates:
        fields |= {name: value for name, value in dates.items() if name != "date"}
    _tell(fields, place, options, dated="date" in dates)
    title = title if options.text == "plain" or marks else plain_title(title)
    draft = Draft(
        place,
        article_id,
        title,
        text,
        language=language,
        date=dates.get("date"),
        url=given_url and without_tracking(given_url),
        source=source,
        attributes=fields,
        plain=plain,
        vectors=vectors,
    )
    if marks or (options.text == "plain" and not rich):
        return draft.marked(marks)
    return _read(draft, options, rich)


def _read(draft: Draft, options: Options, rich: bool) -> Draft:
    """A draft whose text is HTML or Markdown, by evidence or as was said, with its paragraphs. Raises `ValueError`."""
    if "<![CDATA[" in draft.text:
        draft = replace(draft, text=without_cdata(draft.text))
    chosen: Kind = "html" if rich or options.text == "html" else "markdown"
    kind = kind_of(draft.text) if options.text == "auto" and not rich else chosen
    if kind == "plain":
        joined = whole_words(draft.text) if draft.plain else draft.text
        return draft if joined is draft.text else replace(draft, text=joined)  # a copy costs as much as a row
    if kind == "markdown" and has_too_many_signs(draft.text):
        options.remarks.warn(draft.place, TOO_MANY_SIGNS)
        return draft
    if options.text == "auto" and not rich:
        options.remarks.read_as(NAMES[kind])
    if kind == "entities":
        return replace(draft, text=html.unescape(draft.text))
    body = body_of(draft.text, kind, draft.title)
    text, blocks = body.done()
    if not blocks:
        raise ValueError(body.why_empty())
    body.report(options, draft.place)
    return replace(draft, text=text, blocks=blocks, plain=False)


def _tell(fields: Mapping[str, object], place: Place, options: Options, *, dated: bool) -> None:
    if "date_as_given" in fields and not dated:
        options.remarks.leave_out("dates that cannot be told", place, str(fields["date_as_given"]))
    if "language_as_given" in fields:
        options.remarks.leave_out("unknown languages", place, str(fields["language_as_given"]))


def _named(fields: dict[str, Any], place: Place, options: Options) -> dict[str, Any]:
    """The fields under our names. Most have them already, which one look at all the names tells."""
    if not options.maps and fields.keys().isdisjoint(_FOREIGN) and _SMALL_LETTERS.fullmatch("".join(fields)):
        return fields
    return under_our_names(options.renamed(opened(fields)), _has_text, partial(options.remarks.take_for, place))


def opened(article: Mapping[str, object]) -> dict[str, object]:
    """The fields of an article that a database has put into an envelope, with the id that stands on it."""
    fields = dict(article)
    if fields.keys().isdisjoint(_ENVELOPES):
        return fields
    for name in _ENVELOPES:
        inner = fields.get(name)
        if isinstance(inner, dict) and holds_text(inner) and not holds_text(fields):
            outer = {name: fields[name] for name in _ON_ENVELOPES if name in fields}
            if isinstance(head := fields.get("sys"), dict) and head.get("id"):  # as Contentful has it
                outer["id"] = head["id"]
            if inner.get("id"):
                outer.pop("_id", None)
            return {**outer, **inner}
    return fields


def holds_text(fields: Mapping[str, object]) -> bool:
    """Whether one of `TEXT_FIELDS` stands in ``fields``, in any case or language, with something in it."""
    return _has_text(fields) or any(
        isinstance(value, str) and value and names_text(name) for name, value in fields.items()
    )


def _has_text(fields: Mapping[str, object]) -> bool:
    return any(
        value and (small := name.strip().lower()) in _SMALL_TEXT_FIELDS and (small != "sections" or _are_parts(value))
        for name, value in fields.items()
    )


def _are_parts(value: object) -> bool:
    """Whether a list holds the sections of one article, and no articles."""
    parts = value if isinstance(value, list) else []
    return bool(parts) and all(isinstance(part, dict) and not part.keys() & {"id", "url", "title"} for part in parts)


def _sound(given_fields: Mapping[str, object], place: Place, options: Options) -> dict[str, Any]:
    """The fields without what JSON does not have (NaN), half characters, and what is nested to any depth."""
    texts = [value for value in given_fields.values() if isinstance(value, str)]
    if len(texts) == len(given_fields) and "".join((*given_fields, *texts)).isascii():
        return dict(given_fields)
    broken = False
    encodable = {name: value for name, value in given_fields.items() if not are_finite_vectors(value)}
    try:
        written = _JSON.encode(encodable)
        broken = not written.isascii() and SURROGATE.search(written) is not None
        if not broken and written.count("[") + written.count("{") < MOST_LEVELS:
            return dict(given_fields)
    except (ValueError, RecursionError):
        pass
    sound = {str(_mended(name)): _mended(value) for name, value in given_fields.items() if _levels(value) < MOST_LEVELS}
    if len(sound) < len(given_fields):
        options.remarks.leave_out("fields nested too deeply", place, count=len(given_fields) - len(sound))
    if broken:
        options.remarks.warn(place, "half a character (a lone surrogate) was read as \ufffd")
    return {name: value for name, value in sound.items() if value is not None or given_fields.get(name) is None}


def _levels(value: object) -> int:
    """How deep a value is nested, as far as `MOST_LEVELS`."""
    levels, inner = 0, [value]
    while inner and levels <= MOST_LEVELS:
        levels += 1
        inner = [
            entry
            for value in inner
            if isinstance(value, dict | list)
            for entry in (value.values() if isinstance(value, dict) else value)
        ]
    return levels


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return SURROGATE.sub("\ufffd", value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [_mended(entry) for entry in value]
    if isinstance(value, dict):
        return {str(_mended(name)): _mended(inner) for name, inner in value.items()}
    return value


def text_in(value: object) -> str:
    """What a value says as a text: a number as it is written, of an object its name, of a list its parts."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)
    if isinstance(value, dict):
        return next((text for name in _INSIDE if (text := text_in(value.get(name)))), "") or clean(by_language(value))
    return ", ".join(text for entry in value if (text := text_in(entry))) if isinstance(value, list) else ""


def _field_text(fields: dict[str, Any], name: str) -> str:
    """A field as a text. What its text does not hold is kept as it was given."""
    value = fields.pop(name, None)
    if value is None:
        return ""
    text = text_in(value)
    inner = list(value.values()) if isinstance(value, dict) else value
    if isinstance(inner, list) and inner and inner != [text]:
        fields.setdefault(f"{name}_as_given", value)
    return text


def _address(fields: dict[str, Any]) -> str | None:
    """The address, of several the first; all are kept as they were given."""
    value = fields.get("url")
    text = _field_text(fields, "url").strip()
    addresses = [address for entry in value if (address := text_in(entry).strip())] if isinstance(value, list) else []
    return next(filter(is_web, addresses), text) or None


def _language(fields: dict[str, Any]) -> str | None:
    """The tag that is given; None, to be told from the text, where none is or no one language."""
    value = fields.pop("language", None)
    if value is None:
        return None
    name = _language_name(value)
    tag = tag_of(name) if name else None
    if tag is None and name and name.casefold() not in NONE_NAMED:
        fields.setdefault("language_as_given", value)
    return tag


def _language_name(value: object) -> str:
    if isinstance(value, list):
        return _language_name(value[0]) if len(value) == 1 else ", ".join(map(text_in, value))
    if isinstance(value, dict):
        return next(
            (text for name in ("code", "tag", "id", "iso") if (text := text_in(value.get(name)))), text_in(value)
        )
    return text_in(value).strip()


def _id(value: object) -> str | None:
    """An id that can be used, None where there is none."""
    text = readable_name(value if isinstance(value, str) else text_in(value)).strip()
    return None if text.lower() in _NO_ID else text


def _made_id(unnamed: str, url: str | None, title: str, text: str) -> str:
    if url and len(url) <= MAX_ID_CHARACTERS:
        return readable_name(url)
    return f"{unnamed}#{_digest(title, text)}"


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


def _text_of(fields: dict[str, Any]) -> _Text:
    """The body. Raises `ValueError` where there is none."""
    named = "text" in fields or "paragraphs" in fields
    bodies = list(_given_texts(fields)) or list(_other_texts(fields))
    text, plain, rich = (
        max(bodies, key=_amount_of_text) if len(bodies) > 1 else bodies[0] if bodies else ("", True, False)
    )
    if not text or text.isspace():
        candidates = {} if named else {name: text_in(value) for name, value in fields.items() if name not in OURS}
        names = ", ".join(candidates)[:200]
        likely = max(candidates, key=lambda name: len(candidates[name]), default="")
        option = shlex.quote(f"text={likely}")
        hint = (
            f": if one of its fields ({names}) holds it, call that text (of files: --field {option})" if names else ""
        )
        raise ValueError(f"{NO_TEXT}{hint}")
    return text, plain, rich


def _amount_of_text(body: _Text) -> tuple[int, bool]:
    """How much a text says; of two that say the same the one with paragraphs is better."""
    text, plain, _ = body
    return len("".join(text.split())), not plain


def _given_texts(fields: dict[str, Any]) -> Iterable[_Text]:
    """What stands in ``text`` and in ``paragraphs``; the one that says more is read."""
    paragraphs, text = fields.pop("paragraphs", None), fields.pop("text", None)
    if isinstance(paragraphs, list) and (joined := _joined(paragraphs)):
        yield joined, False, False
    elif found := _text(paragraphs):
        yield (found[0], False, found[2])
    if found := _text(text):
        yield found


def _text(value: object) -> _Text | None:
    """The text that a value is: kept as JSON by an editor, given paragraph by paragraph, or plain."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or value[:100].lstrip()[:1] in ("{", "["):
        if rich := html_of(value):
            return rich, False, True
        if isinstance(value, list) and (joined := _joined(value)):
            return joined, False, False
    found = text_in(value).strip("\n")
    return (found, True, False) if found else None


def _joined(paragraphs: list[object]) -> str:
    # A blank line inside one given paragraph must not divide it.
    texts = [re.sub(r"\n\s*\n", "\n", text_in(paragraph).strip()) for paragraph in paragraphs]
    return "\n\n".join(text for text in texts if text)


def _other_texts(fields: dict[str, Any]) -> Iterable[_Text]:
    if fields.keys().isdisjoint(_ELSEWHERE):
        return
    for name in _ELSEWHERE:
        if name in fields and (found := _text(fields[name])):
            fields.pop(name)
            yield found
            return


_SMALL_TEXT_FIELDS = frozenset(name.lower() for name in TEXT_FIELDS)

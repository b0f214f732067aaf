"""What Blogger exports beside posts, and drafts of Atom: entries that no reader of the blog sees."""

from __future__ import annotations

from typing import Any

from paraglot.indexer.readers.elements import local_name
from paraglot.indexer.readers.xml.parsing import child_text

_KIND = "/2008/kind#"
_POSTS = frozenset(("post", "page"))


def left_out_of_blog(entry: Any, drafts: bool) -> str:
    """The kind (`indexer.corpus.remarks`) of an entry that is no post, or one that is kept back unless ``drafts``; ""
    for one that is read.
    """
    kind = _kind(entry)
    if kind == "comment":
        return "comments"
    if kind and kind not in _POSTS:
        return "attachments, menus and revisions"
    return "unpublished posts" if not drafts and _is_draft(entry) else ""


def is_of_kind(term: str) -> bool:
    """Whether a category says what an entry is, not what it is about."""
    return _KIND in term


def _kind(entry: Any) -> str:
    of_type = next((one.text for one in entry if _is_bloggers(one) and local_name(one) == "type"), None)
    terms = (str(one.get("term", "")) for one in entry if local_name(one) == "category")
    of_term = next((term.partition(_KIND)[2] for term in terms if is_of_kind(term)), "")
    return (of_type or of_term).strip().lower()


def _is_draft(entry: Any) -> bool:
    controls = (one for one in entry if local_name(one) == "control")
    if any(child_text(one, "draft").lower() == "yes" for one in controls):
        return True
    return any(
        _is_bloggers(one) and local_name(one) == "status" and (one.text or "").strip().upper() != "LIVE"
        for one in entry
    )


def _is_bloggers(element: Any) -> bool:
    return isinstance(element.tag, str) and "schemas.google.com/blogger" in element.tag

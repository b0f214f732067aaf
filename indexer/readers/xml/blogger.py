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
    of_type = next((inner.text for inner in entry if _is_bloggers(inner) and local_name(inner) == "type"), None)
    terms = (str(child.get("term", "")) for child in entry if local_name(child) == "category")
    of_term = next((term.partition(_KIND)[2] for term in terms if is_of_kind(term)), "")
    return (of_type or of_term).strip().lower()


def _is_draft(entry: Any) -> bool:
    controls = (child for child in entry if local_name(child) == "control")
    if any(child_text(control, "draft").lower() == "yes" for control in controls):
        return True
    return any(
        _is_bloggers(inner) and local_name(inner) == "status" and (inner.text or "").strip().upper() != "LIVE"
        for inner in entry
    )


def _is_bloggers(element: Any) -> bool:
    return isinstance(element.tag, str) and "schemas.google.com/blogger" in element.tag

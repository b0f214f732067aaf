"""What its author keeps back, as content systems write it: drafts, private posts, what asks not to be found.

One rule for front matter, JSON and tables; `paraglot.indexer.readers.xml.wordpress` and `….blogger` know two exports.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import PurePosixPath

_YES = frozenset(("true", "yes", "1", "on"))
_NO = frozenset(("false", "no", "0", "off"))
_IF_SO = frozenset(
    ("draft", "isdraft", "unpublished", "unlisted", "private", "isprivate", "noindex", "deleted", "isdeleted")
)
_IF_NOT = frozenset(("published", "ispublished", "publish"))
_STATES = {
    **dict.fromkeys(("status", "state", "workflowstate", "visibility"), frozenset(("draft", "private", "hidden"))),
    "poststatus": frozenset(("draft", "private", "pending", "future")),
}
_ALWAYS = frozenset(("auto-draft", "unpublished", "trash", "trashed"))
"""Of any field that tells a state."""

_MADE = ({"createdAt", "updatedAt"}, {"created_at", "updated_at"})


def is_kept_back(fields: Mapping[str, object]) -> bool:
    """Whether the fields of an article say that readers of its site do not see it.

    >>> is_kept_back({"is_published": "False"}), is_kept_back({"Status": "Draft"}), is_kept_back({"status": "open"})
    (True, True, False)
    """
    return any((plain := _plain(name)) and _says_so(plain, fields[name], fields) for name in fields)


def is_draft_by_name(name: str) -> bool:
    """Whether the name of a page says that it is a draft, as Jekyll's folder and Medium's export have it."""
    *folders, last = PurePosixPath(name).parts or ("",)
    return "_drafts" in folders or ("posts" in folders and last.startswith("draft_") and last.endswith(".html"))


def is_hidden_from_robots(directives: str) -> bool:
    """Whether what a page, or its server in ``X-Robots-Tag``, says to robots is that it should not be found.

    >>> is_hidden_from_robots("NOINDEX, follow"), is_hidden_from_robots("googlebot: noindex")
    (True, False)
    """
    return not {"noindex", "none"}.isdisjoint(word.strip() for word in directives.lower().split(","))


@lru_cache(4096)
def _plain(name: str) -> str:
    """A name as it is compared; "" for one that never says so."""
    bare = name.strip().lower().replace("_", "").replace("-", "")
    known = bare in _IF_SO or bare in _IF_NOT or bare in _STATES or bare in ("robots", "publishedat", "id")
    return bare if known else ""


def _says_so(name: str, value: object, fields: Mapping[str, object]) -> bool:
    text = str(value).strip(" \t\"'").lower()
    if name == "id":  # Sanity keeps a draft beside what is published
        return "_type" in fields and text.startswith("drafts.")
    if name == "publishedat":  # when an article was made and changed is known, and published it was never
        return value is None and any(made <= fields.keys() for made in _MADE)
    if name == "robots":
        return is_hidden_from_robots(text)
    if name in _STATES:
        return text in _STATES[name] or text in _ALWAYS or (text in _NO and "langcode" in fields)  # Drupal
    return text in (_YES if name in _IF_SO else _NO)

"""What WordPress exports beside plain HTML: posts that nobody sees, shortcodes, paragraphs that blank lines divide."""

from __future__ import annotations

import re
from typing import Any

from paraglot.indexer.readers.xml.parsing import child_text

_SHOWN = frozenset(("publish", ""))
_NO_TEXTS = frozenset(
    ("attachment", "nav_menu_item", "revision", "custom_css", "customize_changeset", "oembed_cache", "user_request")
    + (
        "wp_block",
        "wp_template",
        "wp_template_part",
        "wp_global_styles",
        "wp_navigation",
        "wp_font_family",
        "acf-field",
    )
    + ("wp_font_face", "acf-field-group", "wpcf7_contact_form", "shop_order", "feedback", "jp_pay_order")
)
_SHORTCODE = re.compile(
    r"\[(?P<open>\[)?(?P<end>/)?(?P<name>[A-Za-z][\w-]{0,60})(?P<rest>(?:\s[^\[\]]{0,2000})?)(?P<self>/)?\](?P<close>\])?"
)
_WITHOUT_TEXT = frozenset(("gallery", "audio", "video", "playlist", "embed", "more", "nextpage", "wp_caption"))
_EMBEDDED = re.compile(r"\[(embed|audio|video|playlist)\b[^\[\]]{0,2000}\][^\[\]]{0,2000}\[/\1\]")
_PAGE_BREAK = re.compile(r"<!--(?:more|nextpage)[^<>]{0,200}-->")
_TAG = re.compile(r"(<[^<>]*>)")
_KEEPS_LINES = re.compile(r"<(/?)(?:pre|script|style|textarea)\b", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")


def left_out(item: Any, drafts: bool = False) -> str:
    """The kind (`indexer.corpus.remarks`) of a post that readers of the site do not see; "" for one that they do, or
    that is read as a draft."""
    if not any(isinstance(child.tag, str) and "wordpress.org/export" in child.tag for child in item):
        return ""
    if child_text(item, "post_type") in _NO_TEXTS:
        return "attachments, menus and revisions"
    if drafts:
        return ""
    if child_text(item, "status") not in _SHOWN or child_text(item, "post_password"):
        return "unpublished posts"
    return ""


def without_shortcodes(content: str) -> str:
    """The text without shortcodes; what stands between two of them stays, and ``[[code]]`` is a text of one."""
    content = _PAGE_BREAK.sub("\n\n", _EMBEDDED.sub("", content))
    closed = {found["name"] for found in _SHORTCODE.finditer(content) if found["end"]}

    def bare(found: re.Match[str]) -> str:
        if found["open"] and found["close"]:
            return found[0][1:-1]
        name = found["name"]
        is_one = found["end"] or found["self"] or name in closed or name.lower() in _WITHOUT_TEXT
        if is_one or "=" in found["rest"] or "_" in name or (not found["rest"] and "-" in name):
            # What a caption or a column holds is a paragraph of its own; amid a line a shortcode is none.
            before, after = content[max(found.start() - 1, 0) : found.start()], content[found.end() : found.end() + 1]
            holds = name.lower().endswith(("caption", "column", "row", "text", "section", "box"))
            between = "\n\n" if holds or before in "\n]>" or after in "\n[<" else ""
            return f"{'[' if found['open'] else ''}{between}{']' if found['close'] else ''}"
        return found[0]

    return _SHORTCODE.sub(bare, content)


def classic_html(content: str) -> str:
    """HTML in which blank lines divide paragraphs, too, as WordPress's classic editor has it."""
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    if "\n" not in content:
        return content
    parts = _TAG.split(content)
    keeps = 0
    for number, part in enumerate(parts):
        if number % 2:
            found = _KEEPS_LINES.match(part)
            keeps += 0 if found is None else -1 if found[1] else 1
        elif keeps <= 0:
            parts[number] = _BLANK_LINES.sub("<hr>", part)
    return "".join(parts)

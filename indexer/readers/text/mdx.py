"""MDX: Markdown with imports, components and expressions of JavaScript, which are no words. Start at `without_code`."""

from __future__ import annotations

import re

_FENCED = re.compile(
    r"^ {0,3}(`{3,}+|~{3,}+)[^\n]*+\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)|`[^`\n]+`", re.MULTILINE | re.DOTALL
)
_MODULE = re.compile(r"^(?:import|export)\b[^\n]*(?:\n[^\n]+)*", re.MULTILINE)
"""What is imported or exported, up to a blank line, where the author's tools end it, too."""

_BRACES = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*+\})*+\}"
_TAG = re.compile(rf"</?[A-Za-z][\w.:-]*(?:[^<>{{}}\"']|\"[^\"]*\"|'[^']*'|{_BRACES})*+>|</?>")
_EXPRESSION = re.compile(_BRACES)
_STRING = re.compile(r"\{\s*(?:'([^'\\]*)'|\"([^\"\\]*)\"|`([^`$\\]*)`)\s*\}")
_ATTRIBUTE = re.compile(rf"\s+[\w.:-]+\s*=\s*{_BRACES}|\s*{_BRACES}")


def without_code(markdown: str) -> str:
    """The Markdown in MDX; code in fences and between backticks stays as it is.

    >>> without_code("import A from 'a'\\n\\n<A b={{c: 1}}>Some *words*{' '}here{/* no */}.</A>")
    '\\n\\nSome *words* here.'
    """
    parts: list[str] = []
    at = 0
    for code in _FENCED.finditer(markdown):
        parts += [_plain(markdown[at : code.start()]), code.group()]
        at = code.end()
    return "".join([*parts, _plain(markdown[at:])])


def _plain(text: str) -> str:
    text = _TAG.sub(_tag, _MODULE.sub("", text))
    return _EXPRESSION.sub("", _STRING.sub(lambda found: found[1] or found[2] or found[3] or "", text))


def _tag(found: re.Match[str]) -> str:
    """Nothing for a component (its words stay); an element of HTML without its expressions."""
    name = found.group().lstrip("</")
    return "" if not name[:1].islower() or "." in name.split()[0] else _ATTRIBUTE.sub("", found.group())

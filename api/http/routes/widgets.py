"""The scripts that pages of other sites load. Each is one file that needs no other: what it imports is put in.

Every page may read them and the texts, which tell nothing of the index: a page whose origin is not allowed has a script
to tell its readers so.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute

from paraglot.api.http.guard.policy import needs
from paraglot.api.pages.texts import choose, embedded

SCRIPTS = ("/client.js", "/client.d.ts", "/widget.js", "/embed.js", "/instantsearch.js", "/pauses.js", "/failed.js")
FOLDER = Path(__file__).parents[2] / "widgets"

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([a-z]+\.js)";\n', re.MULTILINE)
_UNREAD = re.compile(r"^ *//.*\n| +// [^\"'`\n]*$|/\*\*(?:.|\n)*?\*/ ?\n?|^[ \n]+", re.MULTILINE)
"""What is of no use to who only runs a script: comments, and the room before and between lines."""

_HEADERS = {
    "access-control-allow-origin": "*",
    "cache-control": "public, max-age=600",
    "cross-origin-resource-policy": "cross-origin",
    "vary": "Origin",
}

router = APIRouter(include_in_schema=False, dependencies=[needs(None, foreign=True, kept=True)])


def script(request: Request) -> Response:
    """One of `SCRIPTS`."""
    route: APIRoute = request.scope["route"]  # not the address, which may begin with a collection's
    content, tag = _script(route.path[1:])
    headers = {"etag": tag, **_HEADERS}
    if tag in [part.strip() for part in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="text/javascript")


for path in SCRIPTS:
    router.add_api_route(path, script)


@router.get("/widget.json")
def texts(lang: str = "") -> Response:
    """What the components say, in a language or, where the page has no texts in it, in English."""
    return JSONResponse(embedded(choose(lang, lang)), headers=_HEADERS)


@lru_cache
def _script(name: str) -> tuple[str, str]:
    """A script and its validator."""
    content = _joined(name, set())
    if name.endswith(".js"):
        content = _UNREAD.sub("", content)
    return content, f'"{sha256(content.encode()).hexdigest()[:20]}"'


def _joined(name: str, inlined: set[str]) -> str:
    """A script with each of ours that it imports in the place of its first import."""
    inlined.add(name)
    content = (FOLDER / name).read_text("utf-8")
    return _IMPORT.sub(lambda found: "" if found[1] in inlined else _inner(found[1], inlined), content)


def _inner(name: str, inlined: set[str]) -> str:
    """A script within another, of which nobody else asks anything."""
    return re.sub(r"^export ", "", _joined(name, inlined), flags=re.MULTILINE)

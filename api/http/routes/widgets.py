"""The scripts that pages of other sites load. Each is one file that needs no other: what it imports is put in."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from paraglot.api.http.guard.policy import needs

SCRIPTS = ("/client.js", "/client.d.ts", "/widget.js", "/embed.js", "/instantsearch.js")
FOLDER = Path(__file__).parents[2] / "widgets"

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([a-z]+\.js)";\n', re.MULTILINE)

router = APIRouter(include_in_schema=False, dependencies=[needs(None, foreign=True)])


def script(request: Request) -> Response:
    """One of `SCRIPTS`. A page whose origin the service allows may import it."""
    content, tag = _script(request.url.path[1:])
    headers = {
        "etag": tag,
        "cache-control": "public, max-age=600",
        "cross-origin-resource-policy": "cross-origin",
        "vary": "Origin",
    }
    if tag in [one.strip() for one in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="text/javascript")


for path in SCRIPTS:
    router.add_api_route(path, script)


@lru_cache
def _script(name: str) -> tuple[str, str]:
    """A script and its validator."""
    content = _joined(name, set())
    return content, f'"{sha256(content.encode()).hexdigest()[:20]}"'


def _joined(name: str, seen: set[str]) -> str:
    """A script with each of ours that it imports in the place of its first import."""
    seen.add(name)
    content = (FOLDER / name).read_text("utf-8")
    return _IMPORT.sub(lambda found: "" if found[1] in seen else _joined(found[1], seen), content)

"""The scripts that pages of other sites load. Each is one file that needs no other: what it imports is put in."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

SCRIPTS = ("/client.js", "/client.d.ts")
FOLDER = Path(__file__).parent / "widgets"

router = APIRouter(include_in_schema=False)


def script(request: Request) -> Response:
    """One of `SCRIPTS`. A page whose origin the service allows may import it."""
    content, tag = _script(request.url.path)
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
def _script(path: str) -> tuple[str, str]:
    """A script and its validator."""
    content = (FOLDER / path[1:]).read_text("utf-8")
    return content, f'"{sha256(content.encode()).hexdigest()[:20]}"'

"""Every code of a problem: what it means and what to do. Served as the page that a problem's ``type`` leads to."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException

from paraglot.api.http.guard.policy import needs

PREFIX = "/problems/"

MEANINGS: dict[str, str] = {
    "invalid_request": "A field or parameter is missing, unknown or has a value that it cannot have. `errors` names "
    "each by a JSON pointer and says what was expected.",
    "not_found": "There is nothing at this address, or no article, paragraph or task has that id. What lies outside of "
    "a key's filter answers the same.",
    "paragraph_changed": "The article had this paragraph once. `successor` is the id of the one in its place; null: it "
    "was removed. Ask for that, or for the article. This is known as long as the article is in the index; an index "
    "made anew out of exported articles knows nothing of it.",
    "method_not_allowed": "The address exists, but not for this method. `Allow` names those that do.",
    "request_entity_too_large": "The body became longer than this address takes. Send less at once.",
    "body_too_large": "The body is longer than this address takes. Send less at once.",
    "unsupported_media_type": "The body must be of another kind, or not be compressed; the detail says which. Set "
    "`Content-Type`.",
    "missing_key": "This service needs an access key: `Authorization: Bearer KEY` or `X-API-Key: KEY`.",
    "invalid_key": "The access key is unknown, revoked or expired. Ask whoever runs the service for another.",
    "key_in_url": "Addresses are logged and shared, so only keys of scope search may stand in them. Send a header.",
    "insufficient_scope": "The key may not do this. A key of a higher scope is needed.",
    "filter_not_applied": "The key has a filter, which this address cannot apply. Use a key without one.",
    "origin_not_allowed": "The page that sent this is of an origin that the service does not allow to write.",
    "misdirected_request": "Without access keys the service answers only under the names of its own machine.",
    "too_many_requests": "Too many requests for this key or address. Wait as many seconds as `Retry-After` says.",
    "malformed_address": "The address is not percent-encoded UTF-8. Encode what is no letter, digit or one of `-._~` "
    "as `%` and two digits; libraries do.",
    "malformed_request": "What came is no request of HTTP/1.1: a line of its head cannot be read, or its body is not "
    "divided as its head says. A client that speaks TLS to a service that does not is answered so, too.",
    "ambiguous_length": "Where the body ends is told in two ways. Send one of Content-Length and Transfer-Encoding.",
    "not_acceptable": "Answers are given as they are or by gzip; `Accept-Encoding` refuses both.",
    "not_implemented": "The service does not answer in the format that was asked for.",
    "not_kept": "The service was started without what this address tells of.",
    "not_installed": "The service was installed without what this address needs. The detail names the command.",
    "queue_full": "Too many writes wait to be committed. Try again after `Retry-After` seconds.",
    "overloaded": "As many searches run as the machine can serve; a long one is given up while others wait. "
    "Ask again after `Retry-After` seconds.",
    "timeout": "The answer took longer than the service allows. Ask for less, or again later.",
    "index_missing": "There is no index in the service's folder. Whoever runs it makes one with `paraglot index`.",
    "index_mismatch": "The index was made by another version or with another encoder. The detail names the command "
    "that mends it.",
    "index_damaged": "A file of the index is missing or damaged. The detail names it; restore a backup or rebuild.",
    "encoder_missing": "The encoder of the index cannot be loaded. Search by keyword needs none: `mode=keyword`.",
    "disk_failure": "The disk refused to read or write. What was acknowledged is safe; the detail names the place.",
    "cluster_failure": "The OpenSearch cluster of the index does not answer, or refuses. The service goes on by itself "
    "when the cluster is back: ask again.",
    "internal_error": "The service failed in a way that nobody foresaw. Its log has the details, by the request's id.",
}

router = APIRouter(include_in_schema=False, dependencies=[needs(None)])


def type_of(code: str) -> str:
    """The ``type`` of a problem: the address of its page, relative to the service; without a page ``about:blank``."""
    return PREFIX + code if code in MEANINGS else "about:blank"


@router.get(PREFIX + "{code}", response_class=PlainTextResponse)
def problem_type(code: str) -> str:
    """What a code means and what to do."""
    if code not in MEANINGS:
        raise HTTPException(404, "There is no such code.")
    return f"{code}\n\n{MEANINGS[code]}\n"

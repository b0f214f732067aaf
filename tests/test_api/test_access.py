"""Keys, scopes, rates, bounds and headers, by requests to the application in this process."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from paraglot.api.http.app import create_app
from paraglot.api.http.guard.headers import HEADERS
from paraglot.api.http.guard.policy import MAX_BODY_BYTES
from paraglot.api.http.guard.rates import network
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.http.server import check_host
from paraglot.api.keys import KeyFile, expiry
from paraglot.api.service_folder import ServiceFolder
from paraglot.api.settings import Settings
from paraglot.search.errors import IndexDamaged, InvalidSettings, NotFound

SEARCH = "/v1/search?q=bread"


def client_of(index: Path, **settings: object) -> TestClient:
    own = Settings(index=index, **settings)  # type: ignore[arg-type]
    app = create_app(ObservedEngine(own), own)
    return TestClient(app, base_url="http://127.0.0.1", client=("192.0.2.7", 1))


@pytest.fixture
def keys(small_index: Path) -> KeyFile:
    return KeyFile(ServiceFolder(small_index).keys)


@pytest.fixture
def client(small_index: Path) -> Iterator[TestClient]:
    with client_of(small_index, allow_origin=("https://www.example.org",)) as opened:
        yield opened


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def code(response: object) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"  # type: ignore[attr-defined]
    return response.status_code, response.json()["code"]  # type: ignore[attr-defined]


def test_keys_open_and_close_the_service_while_it_runs(client: TestClient, keys: KeyFile) -> None:
    assert client.get(SEARCH).status_code == 200
    key, token = keys.create("search", "web")
    assert code(client.get(SEARCH)) == (401, "missing_key")
    assert client.get(SEARCH).headers["www-authenticate"] == "Bearer"
    assert code(client.get(SEARCH, headers=bearer(token + "x"))) == (401, "invalid_key")
    assert code(client.get(SEARCH, headers=bearer("paraglot_00000000_x"))) == (401, "invalid_key")
    assert client.get(SEARCH, headers=bearer(token)).status_code == 200
    assert client.get(SEARCH, headers={"x-api-key": token}).status_code == 200
    former = token.replace("paraglot_", "rosetta_")
    assert client.get(SEARCH, headers=bearer(former)).status_code == 200, "given out under the former name"
    assert client.get("/livez").status_code == client.get("/docs").status_code == 200
    keys.revoke([key.id])
    assert code(client.get(SEARCH, headers=bearer(token))) == (401, "invalid_key")
    assert code(client.get(SEARCH)) == (401, "missing_key"), "without any key left the service stays shut"


def test_what_is_stored_opens_nothing(small_index: Path, keys: KeyFile, client: TestClient) -> None:
    key, token = keys.create("admin")
    path = ServiceFolder(small_index).keys
    stored = path.read_text()
    assert token.rpartition("_")[2] not in stored
    assert path.stat().st_mode & 0o777 == 0o600
    for stolen in (key.hash, f"paraglot_{key.id}_{key.hash}", f"paraglot_{key.id}_", "paraglot_anonymous_", ""):
        assert code(client.get(SEARCH, headers=bearer(stolen)))[0] == 401


def test_scopes(client: TestClient, keys: KeyFile) -> None:
    tokens = {scope: keys.create(scope)[1] for scope in ("search", "write", "admin")}  # type: ignore[arg-type]
    lines = {"content": b"", "headers": {"content-type": "application/x-ndjson"}}
    for scope, allowed in (("search", (True, False, False)), ("write", (True, True, False)), ("admin", (True,) * 3)):
        headers = bearer(tokens[scope])
        answers = (
            client.get(SEARCH, headers=headers),
            client.post("/v1/articles", content=lines["content"], headers={**headers, **lines["headers"]}),  # type: ignore[dict-item]
            client.get("/metrics", headers=headers),
        )
        refused = [one.status_code == 403 and one.json()["code"] == "insufficient_scope" for one in answers]
        assert refused == [not one for one in allowed]


def test_a_key_in_the_url_may_only_search(client: TestClient, keys: KeyFile) -> None:
    _, search = keys.create("search")
    _, admin = keys.create("admin")
    assert client.get("/v1/search", params={"q": "bread & ü", "key": search}).json()["query"] == "bread & ü"
    assert code(client.get(f"{SEARCH}&key={admin}")) == (403, "key_in_url")


def test_the_anonymous_key(client: TestClient, keys: KeyFile) -> None:
    keys.create("search", anonymous=True)
    assert client.get(SEARCH).status_code == 200
    assert code(client.get(SEARCH, headers=bearer("wrong"))) == (401, "invalid_key")
    assert code(client.get("/metrics")) == (403, "insufficient_scope")
    keys.create("search", anonymous=True)
    assert [one.id for one in keys.all()] == ["anonymous"]
    with pytest.raises(InvalidSettings, match="may only search"):
        keys.create("write", anonymous=True)


def test_routes_that_cannot_apply_a_keys_filter_are_closed_to_it(client: TestClient, keys: KeyFile) -> None:
    _, token = keys.create("search", filter="language = de")
    assert client.get(SEARCH, headers=bearer(token)).status_code == 200
    assert code(client.get("/v1/analyze?text=x", headers=bearer(token))) == (403, "filter_not_applied")
    assert code(client.get("/metrics", headers=bearer(token))) == (403, "insufficient_scope"), "what would help is said"
    with pytest.raises(InvalidSettings, match="expected a value"):
        keys.create("search", filter="language =")


def test_expired_keys_end(client: TestClient, keys: KeyFile, small_index: Path) -> None:
    _, token = keys.create("search", expires="1d")
    assert client.get(SEARCH, headers=bearer(token)).status_code == 200
    path = ServiceFolder(small_index).keys
    [stored] = json.loads(path.read_text())
    stored["expires"] = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    path.write_text(json.dumps([stored]))
    assert code(client.get(SEARCH, headers=bearer(token))) == (401, "invalid_key")
    with pytest.raises(InvalidSettings, match="no access keys"):
        check_host(Settings(index=small_index, host="0.0.0.0"))


def test_when_a_key_expires() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert expiry("30d", now) == datetime(2026, 1, 31, tzinfo=UTC)
    assert expiry("90m", now) == datetime(2026, 1, 1, 1, 30, tzinfo=UTC)
    assert expiry("2027-01-31T10:00+02:00", now) == datetime(2027, 1, 31, 8, tzinfo=UTC)
    for wrong in ("", "soon", "2025-12-31", "0d", "99999999999d"):
        with pytest.raises(InvalidSettings, match="--expires"):
            expiry(wrong, now)


def test_keys_that_cannot_be_made_or_read(keys: KeyFile, small_index: Path) -> None:
    with pytest.raises(InvalidSettings, match="a key of scope 'write' cannot have one"):
        keys.create("write", filter="source = a")
    keys.create("search")
    with pytest.raises(NotFound, match="'nobody'; nothing was revoked"):
        keys.revoke(["nobody"])
    ServiceFolder(small_index).keys.write_text("{")
    with pytest.raises(IndexDamaged, match=r"keys\.json: not a file of keys"):
        keys.find(None)


def test_only_a_service_with_keys_leaves_this_machine(small_index: Path, keys: KeyFile) -> None:
    public = Settings(index=small_index, host="0.0.0.0")
    with pytest.raises(InvalidSettings, match="paraglot keys create"):
        check_host(public)
    keys.create("search")
    check_host(public)
    ServiceFolder(small_index).keys.unlink()
    with client_of(small_index, host="0.0.0.0") as client:
        assert code(client.get(SEARCH)) == (401, "missing_key"), "a lost file of keys opens nothing"


def test_rates(small_index: Path, keys: KeyFile) -> None:
    _, token = keys.create("search")
    keys.create("search", anonymous=True)
    with client_of(small_index, key_rate="5/hour", address_rate="3/hour") as client:
        with_key = [client.get(SEARCH, headers=bearer(token)) for _ in range(6)]
        assert [one.status_code for one in with_key] == [200] * 5 + [429]
        assert 1 <= int(with_key[-1].headers["retry-after"]) <= 3600
        without = [client.get(SEARCH), client.get(SEARCH, headers=bearer("wrong")), client.get(SEARCH)]
        assert [one.status_code for one in without] == [200, 401, 200]
        assert code(client.get(SEARCH, headers=bearer("guess"))) == (429, "too_many_requests")
        assert client.get("/livez").status_code == 200


def test_each_of_several_searches_counts(small_index: Path, keys: KeyFile) -> None:
    _, token = keys.create("search")
    with client_of(small_index, key_rate="5/hour") as client:
        asked = [
            client.post("/v1/multi-search", json={"searches": [{"q": "bread"}] * count}, headers=bearer(token))
            for count in (3, 3, 1)
        ]
    assert [one.status_code for one in asked] == [200, 429, 200]
    assert code(asked[1]) == (429, "too_many_requests")


def test_an_asker_is_an_address_or_a_network() -> None:
    assert network("192.0.2.1") == network("::ffff:192.0.2.1") == "192.0.2.1"
    assert network("2001:db8::1") == network("2001:db8::2") != network("2001:db8:0:1::1")
    assert network("unknown") == "unknown"


def test_pages_of_other_origins(client: TestClient) -> None:
    allowed, foreign = {"origin": "https://www.example.org"}, {"origin": "https://evil.example"}
    assert client.get(SEARCH, headers=allowed).headers["access-control-allow-origin"] == allowed["origin"]
    assert "access-control-allow-origin" not in client.get(SEARCH, headers=foreign).headers
    asked = {"access-control-request-method": "PUT", "access-control-request-headers": "authorization"}
    assert client.options("/v1/articles/a", headers={**allowed, **asked}).status_code == 200
    assert client.options("/v1/articles/a", headers={**foreign, **asked}).status_code == 400
    assert client.post("/v1/search", json={"q": "bread"}, headers=allowed).status_code == 200
    assert code(client.post("/v1/search", json={"q": "bread"}, headers=foreign)) == (403, "origin_not_allowed")
    assert client.post("/v1/search", json={"q": "bread"}, headers={"origin": "http://127.0.0.1"}).status_code == 200


def test_bodies_are_bounded(client: TestClient) -> None:
    long = json.dumps({"q": "x" * MAX_BODY_BYTES}).encode()
    headers = {"content-type": "application/json"}
    assert code(client.post("/v1/search", content=long, headers=headers)) == (413, "body_too_large")
    unannounced = (long[at : at + 100_000] for at in range(0, len(long), 100_000))
    assert client.post("/v1/search", content=unannounced, headers=headers).status_code == 413


def test_headers_of_every_answer(client: TestClient) -> None:
    for path in (SEARCH, "/livez", "/nowhere", "/v1/search"):
        response = client.get(path)
        assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert re.fullmatch(r"[0-9a-f]{32}", client.get("/livez").headers["x-request-id"])
    assert client.get("/livez", headers={"x-request-id": "my-1"}).headers["x-request-id"] == "my-1"
    assert client.get("/livez", headers={"x-request-id": "a b"}).headers["x-request-id"] != "a b"
    assert client.get(SEARCH, headers={"accept-encoding": "gzip"}).headers["content-encoding"] == "gzip"


def test_the_documentation_runs_its_own_scripts_alone(client: TestClient) -> None:
    policy = client.get("/docs").headers["content-security-policy"]
    assert re.search(r"script-src 'self' 'sha256-[A-Za-z0-9+/]{43}=';", policy)
    assert policy.startswith("default-src 'none'; ")


def test_openapi_tells_keys_and_refusals(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    put = paths["/v1/articles/{article_id}"]["put"]
    assert put["security"] == [{}, {"bearer": []}, {"header": []}]
    assert {"200", "202", "401", "403", "413", "422", "429"} <= set(put["responses"])
    assert "Scope of the key: `write`." in put["description"]
    assert {"url": []} in paths["/v1/search"]["get"]["security"]
    assert "security" not in paths["/livez"]["get"]

"""Who a cluster is asked as: what the environment says, and what of it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from paraglot.search.errors import ClusterFailure, InvalidSettings
from paraglot.search.opensearch import cluster, connecting
from paraglot.search.opensearch.connecting import connected
from paraglot.search.types.address import ClusterAddress

PLAIN = ClusterAddress(("localhost:9200",), "news")
SECURE = ClusterAddress(("localhost:9200",), "news", secure=True)
USER = {"PARAGLOT_OPENSEARCH_USER": "ann", "PARAGLOT_OPENSEARCH_PASSWORD": "secret"}


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """What clients are made with."""
    found: list[dict[str, object]] = []
    monkeypatch.setattr(connecting, "Cluster", lambda hosts, options: found.append({"hosts": hosts, **options}))
    return found


def test_credentials_go_to_the_cluster_alone(options: list[dict[str, object]], tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("")
    connected(PLAIN, {})
    connected(PLAIN, USER)
    connected(SECURE, {"PARAGLOT_OPENSEARCH_API_KEY": "abc", "PARAGLOT_OPENSEARCH_CA_FILE": str(file)})
    connected(SECURE, {"PARAGLOT_OPENSEARCH_API_KEY": "Bearer abc"})
    always = {"timeout": 30, "pool_maxsize": 32}
    assert options == [
        {"hosts": ("http://localhost:9200",), **always},
        {"hosts": ("http://localhost:9200",), **always, "http_auth": ("ann", "secret")},
        {
            "hosts": ("https://localhost:9200",),
            **always,
            "headers": {"authorization": "ApiKey abc"},
            "ca_certs": str(file),
        },
        {"hosts": ("https://localhost:9200",), **always, "headers": {"authorization": "Bearer abc"}},
    ]


@pytest.mark.parametrize(
    ("address", "environment", "said"),
    [
        (PLAIN, {"PARAGLOT_OPENSEARCH_USER": "ann"}, "is asked by PARAGLOT_OPENSEARCH_USER and"),
        (PLAIN, {"PARAGLOT_OPENSEARCH_PASSWORD": "secret"}, "is asked by PARAGLOT_OPENSEARCH_USER and"),
        (PLAIN, {**USER, "PARAGLOT_OPENSEARCH_API_KEY": "abc"}, "or the last alone"),
        (PLAIN, {"PARAGLOT_OPENSEARCH_CA_FILE": "ca.pem"}, r"begins opensearch\+https://"),
        (SECURE, {"PARAGLOT_OPENSEARCH_CA_FILE": "none.pem"}, "none.pem: there is no such file"),
    ],
)
def test_what_cannot_be_is_refused(address: ClusterAddress, environment: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidSettings, match=said) as refused:
        connected(address, environment)
    assert "secret" not in str(refused.value)


def test_a_cluster_that_is_away_is_named() -> None:
    nowhere = cluster.Cluster(("http://127.0.0.1:9",))
    with pytest.raises(ClusterFailure, match=r"The cluster http://127\.0\.0\.1:9 does not answer"):
        nowhere.get("news", "manifest")

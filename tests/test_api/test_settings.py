"""Settings: which source wins, and how a fault is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from paraglot.api.settings import Settings, collections_of, load_settings
from paraglot.search.errors import InvalidSettings
from paraglot.search.types.address import CREDENTIALS, ClusterAddress


def test_flags_before_environment_before_file_before_defaults(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('index = "from-file"\nlimit = 5\nport = 1')
    environment = {"PARAGLOT_CONFIG": str(file), "PARAGLOT_LIMIT": "7", "PARAGLOT_PORT": "2", "HOME": "/"}
    settings = load_settings({"port": 3, "mode": None}, environment)
    assert settings == Settings(index=Path("from-file"), limit=7, port=3)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (
            {"PARAGLOT_LIMITS": "7"},
            "environment variable PARAGLOT_LIMITS: there is no setting 'limits'. Did you mean 'limit'?",
        ),
        ({"PARAGLOT_LIMIT": "many"}, "environment variable PARAGLOT_LIMIT: limit must be a whole number from 1 to 100"),
        ({"PARAGLOT_MODE": "magic"}, "mode must be one of hybrid, keyword, semantic, not 'magic'"),
        ({"PARAGLOT_CONFIG": "gone.toml"}, "gone.toml: cannot be read"),
    ],
)
def test_faults_name_the_place(environment: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        load_settings({}, environment)
    assert message in str(caught.value)


def test_the_cluster_of_the_tests_is_no_setting() -> None:
    assert load_settings({}, {"PARAGLOT_TEST_OPENSEARCH": "http://localhost:9200"}) == Settings()
    with pytest.raises(InvalidSettings, match="there is no setting 'test_opensearc'"):
        load_settings({}, {"PARAGLOT_TEST_OPENSEARC": "http://localhost:9200"})


NEWS = ClusterAddress(("a:9200", "b:9201"), "news")


def test_an_index_may_be_on_a_cluster() -> None:
    assert load_settings({"index": "opensearch://a,b:9201/news"}, {}).index == NEWS
    assert load_settings({}, {"PARAGLOT_INDEX": "opensearch://a,b:9201/news"}).index == NEWS
    assert load_settings({"index": Path("~/x")}, {}).index == Path("~/x").expanduser()
    with pytest.raises(InvalidSettings, match=r"--index: index must be a place that outlives a command"):
        load_settings({"index": "memory:"}, {})
    with pytest.raises(InvalidSettings, match=r"--index: index must be a folder .* not 'ftp://a/news'"):
        load_settings({"index": "ftp://a/news"}, {})


def test_hosts_of_a_collection_have_commas_between_as_collections_have() -> None:
    named = {"PARAGLOT_COLLECTION": "news=opensearch://a,b:9201/news,old=indexes/old"}
    settings = load_settings({}, named)
    assert settings.collection == (("news", NEWS), ("old", Path("indexes/old")))
    assert collections_of(settings) == {"news": NEWS, "old": Path("indexes/old")}
    with pytest.raises(InvalidSettings, match="must be NAME=INDEX"):
        load_settings({}, {"PARAGLOT_COLLECTION": "news=indexes/news,docs"})


def test_who_asks_the_cluster_is_told_to_whatever_asks_and_to_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CREDENTIALS.values():
        monkeypatch.setenv(name, "former")
    settings = load_settings(
        {"opensearch_user": "ann", "opensearch_password": "secret", "opensearch_ca_file": "ca.pem"}
    )
    found = {name: os.environ[variable] for name, variable in CREDENTIALS.items()}
    assert found == {
        "opensearch_user": "ann",
        "opensearch_password": "secret",
        "opensearch_api_key": "former",
        "opensearch_ca_file": "ca.pem",
    }
    assert "ann" in repr(settings)
    assert "secret" not in repr(settings)
    assert "former" not in repr(settings)


def test_unknown_keys_of_a_file_are_errors(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("zoom = 1")
    with pytest.raises(InvalidSettings, match=r"own.toml: there is no setting 'zoom'. Known are: index"):
        load_settings({}, {"PARAGLOT_CONFIG": str(file)})


def test_names_of_before_are_refused_with_the_new_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        InvalidSettings, match=r"ROSETTA_LIMIT: Rosetta is called Paraglot now\. Name it PARAGLOT_LIMIT"
    ):
        load_settings({}, {"ROSETTA_LIMIT": "7"})
    Path("rosetta.toml").write_text("limit = 7")
    with pytest.raises(InvalidSettings, match=r"rosetta\.toml: .* mv rosetta\.toml paraglot\.toml"):
        load_settings({}, {})
    Path("rosetta.toml").rename("paraglot.toml")
    assert load_settings({}, {}).limit == 7

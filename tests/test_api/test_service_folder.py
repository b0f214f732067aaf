"""Where a service keeps what belongs to no generation."""

from __future__ import annotations

from pathlib import Path

from paraglot.api.service_folder import ServiceFolder, service_folders
from paraglot.api.settings import load_settings
from tests.commands import paraglot


def test_it_is_in_the_index_or_in_a_folder_for_those_on_clusters() -> None:
    named = ["news=opensearch://a,b/news", "old=indexes/old"]
    found = service_folders(load_settings({"collection": named, "service_folder": "/srv/own"}, {}))
    assert {name: str(one.keys) for name, one in found.items()} == {
        "news": "/srv/own/news/keys.json",
        "old": "indexes/old/service/keys.json",
    }
    assert ServiceFolder.of(load_settings({"index": "opensearch://a/n"}, {})).folder == Path("service/n")


def test_keys_of_an_index_on_a_cluster_need_no_cluster(tmp_path: Path) -> None:
    given = ["--index", "opensearch://nowhere.invalid/news"]
    done = paraglot("keys", "create", "--scope", "search", *given, PARAGLOT_SERVICE_FOLDER=str(tmp_path))
    assert done.returncode == 0
    assert (tmp_path / "news" / "keys.json").exists()


def test_what_copies_files_says_what_does_it_on_a_cluster(tmp_path: Path) -> None:
    for command in ("backup", "restore"):
        done = paraglot(command, str(tmp_path / "file.tar"), "--index", "opensearch://nowhere.invalid/news")
        assert done.returncode == 2
        assert "is for an index in a folder. A cluster makes copies of its own (snapshots)" in done.stderr

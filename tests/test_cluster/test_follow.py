"""Feeds that are followed into an index on a cluster: what was seen lies with the service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from paraglot.api.settings import load_settings
from paraglot.indexer.follow.follow import Followed, follow
from paraglot.indexer.follow.polite import Polite
from paraglot.indexer.follow.web import Web
from paraglot.indexer.run import Making
from paraglot.search.engine.engine import open_index
from paraglot.search.errors import InvalidSettings
from tests.site import Site, served_site

pytestmark = pytest.mark.slow


@pytest.fixture
def site() -> Iterator[Site]:
    with served_site() as site:
        yield site


def test_a_feed_is_followed_into_a_cluster(address: str, site: Site, tmp_path: Path) -> None:
    index = load_settings({"index": address}, {}).index

    def run() -> Followed:
        polite = Polite(Web(private=True), lambda seconds: None)
        return follow(index, [site.url("/feed.xml")], Making("fake"), polite, memory=tmp_path / "service")

    def titles() -> set[str]:
        with open_index(index) as engine, engine.snapshot() as snapshot:
            return {key.title for key in snapshot.articles(snapshot.select())}

    site.feed("/feed.xml", "bread", "rain", etag='"1"')
    first = run()
    assert (first.asked, first.failures, first.report.articles_added) == (1, [], 2)
    assert titles() == {"bread", "rain"}
    again = run()
    assert (again.asked, again.unchanged, again.report.committed) == (0, 1, False)
    assert site.conditions[-1] == ('"1"', None)
    site.feed("/feed.xml", "snow", "bread", etag='"2"')
    third = run()
    assert (third.report.articles_added, third.report.articles_unchanged) == (1, 1)
    assert titles() == {"bread", "rain", "snow"}
    with pytest.raises(InvalidSettings, match="is kept in a folder"):
        follow(index, [site.url("/feed.xml")])

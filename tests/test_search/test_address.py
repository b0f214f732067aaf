"""Places of indexes as they are written: what is a folder, what a cluster, and what is said of what is neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from paraglot.search.engine.places import open_place
from paraglot.search.errors import InvalidSettings
from paraglot.search.types.address import ClusterAddress, address_of


@pytest.mark.parametrize(
    ("text", "address", "written"),
    [
        ("index", Path("index"), "index"),
        ("/srv/a:b/index", Path("/srv/a:b/index"), "/srv/a:b/index"),
        ("C:/index", Path("C:/index"), "C:/index"),
        ("opensearch://h/n", ClusterAddress(("h:9200",), "n"), "opensearch://h:9200/n"),
        ("OpenSearch://Host:1/n/", ClusterAddress(("host:1",), "n"), "opensearch://host:1/n"),
        (
            "opensearch://[::1]:9201/n.2_b-c",
            ClusterAddress(("[::1]:9201",), "n.2_b-c"),
            "opensearch://[::1]:9201/n.2_b-c",
        ),
        (
            "opensearch+https://a, b:1/n",
            ClusterAddress(("a:9200", "b:1"), "n", secure=True),
            "opensearch+https://a:9200,b:1/n",
        ),
    ],
)
def test_an_address_is_read_and_written(text: str, address: Path | ClusterAddress, written: str) -> None:
    assert address_of(text) == address
    assert str(address) == written
    assert address_of(written) == address


def test_a_client_asks_the_nodes() -> None:
    assert ClusterAddress(("a:1", "b:2"), "n").urls == ("http://a:1", "http://b:2")
    assert ClusterAddress(("a:1",), "n", secure=True).urls == ("https://a:1",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("elsewhere://host/n", r"must be a folder \(one with a colon in its name as \./elsewhere:…\)"),
        ("opensearch:host/n", "must be opensearch://HOST:9200/NAME"),
        ("opensearch:///n", "must be opensearch://HOST"),
        ("opensearch://a,,b/n", "must be opensearch://HOST"),
        ("opensearch://a:0/n", "must be opensearch://HOST"),
        ("opensearch://a:70000/n", "must be opensearch://HOST"),
        ("opensearch://a b/n", "must be opensearch://HOST"),
        ("opensearch://me:secret@host/n", "PARAGLOT_OPENSEARCH_USER"),
        ("opensearch://host", "must end in a name of small letters"),
        ("opensearch://host/News", "must end in a name of small letters"),
        ("opensearch://host/a/b", "must end in a name of small letters"),
        ("opensearch://host/_all", "must end in a name of small letters"),
        ("opensearch://host/a*", "must end in a name of small letters"),
    ],
)
def test_what_is_no_address_is_told_what_one_is(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        address_of(text)
    with pytest.raises(InvalidSettings, match=said):
        open_place(text)

"""The cluster that the tests of this folder use is one."""

from __future__ import annotations

import pytest

from tests.clusters import Cluster

pytestmark = pytest.mark.slow


def test_three_nodes_keep_what_they_are_given(cluster: Cluster, address: str) -> None:
    name = address.rpartition("/")[2]
    assert cluster.ask("GET", "/_cluster/health")["number_of_nodes"] >= 1
    near = {"type": "knn_vector", "dimension": 2, "method": {"name": "hnsw", "engine": "lucene"}}
    made = {"settings": {"index.knn": True}, "mappings": {"properties": {"near": near}}}
    cluster.ask("PUT", f"/{name}", made)
    for row in range(3):
        cluster.ask("PUT", f"/{name}/_doc/{row}?refresh=true", {"near": [1, row]})
    nearest = {"query": {"knn": {"near": {"vector": [1, 2], "k": 2}}}}
    assert [hit["_id"] for hit in cluster.ask("POST", f"/{name}/_search", nearest)["hits"]["hits"]] == ["2", "1"]

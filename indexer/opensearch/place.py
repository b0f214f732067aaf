"""An index on a cluster that can be changed article by article."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from paraglot.indexer.opensearch.change import ClusterChange
from paraglot.indexer.opensearch.lock import writer_lock
from paraglot.indexer.opensearch.making import Making
from paraglot.search.encoders.load import BUILTIN, load_encoder
from paraglot.search.encoders.protocols import Encoder
from paraglot.search.opensearch.cluster import Cluster
from paraglot.search.opensearch.index import ClusterIndex
from paraglot.search.types import EncoderSpec

SHARDS, REPLICAS = 3, 1


class WritableCluster(ClusterIndex):
    """An index on a cluster, read and written."""

    def __init__(
        self,
        cluster: Cluster,
        name: str,
        model: str | None = None,
        encoder: Encoder | None = None,
        shards: int = SHARDS,
        replicas: int = REPLICAS,
    ) -> None:
        """``model`` names the encoder of an index that is not there yet, as ``shards`` and ``replicas`` are its;
        ``encoder`` as `ClusterIndex`.
        """
        super().__init__(cluster, name, encoder)
        self._model = model or BUILTIN
        self._making = Making(self._encoder, shards, replicas)

    @contextmanager
    def change(self) -> Iterator[ClusterChange]:
        """One change; what is not committed when the block ends is dropped. Raises `IndexLocked` beside another."""
        with writer_lock(self.cluster, self.name) as lock:
            change = ClusterChange(self.cluster, self.name, self._making, lock)
            try:
                yield change
            finally:
                change.close()

    def _encoder(self, spec: EncoderSpec | None) -> Encoder:
        return load_encoder(self._model) if spec is None else self._encoders.get(spec)

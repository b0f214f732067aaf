"""An index on a cluster that can be changed article by article."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from paraglot.indexer.opensearch.change import ClusterChange
from paraglot.indexer.opensearch.lock import writer_lock
from paraglot.indexer.opensearch.making import Ahead, Making
from paraglot.search.encoders.load import BUILTIN, load_encoder
from paraglot.search.encoders.protocols import Encoder
from paraglot.search.opensearch.cluster import Cluster
from paraglot.search.opensearch.index import ClusterIndex
from paraglot.search.opensearch.schema import unserved
from paraglot.search.types import EncoderSpec
from paraglot.search.types.address import MADE, VECTORS

SHARDS, REPLICAS = 3, 1


def as_set(environment: Mapping[str, str] = os.environ) -> tuple[int | None, int, str]:
    """Shards (None: nobody said), replicas and vectors of a new index, as the settings are passed on."""
    shards, replicas, vectors = (environment.get(MADE[name]) for name in MADE)
    return int(shards) if shards else None, int(replicas or REPLICAS), vectors or VECTORS[0]


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
        vectors: str = VECTORS[0],
    ) -> None:
        """``model`` names the encoder of an index that is not there yet, which ``shards``, ``replicas`` and ``vectors``
        are of, too; ``encoder`` as `ClusterIndex`.
        """
        super().__init__(cluster, name, encoder)
        self._model = model or BUILTIN
        self._making = Making(self._encoder, shards, replicas, vectors, self._model)

    @contextmanager
    def change(self, ahead: Ahead | None = None, *, first: bool = False) -> Iterator[ClusterChange]:
        """One change; what is not committed when the block ends is dropped. Raises `IndexLocked` beside another.

        ``ahead``: what was made of texts before. ``first``: as long as the name stands for nothing, it is a change of
        what is not served yet (`paraglot.indexer.opensearch.first`).
        """
        with ExitStack() as stack:
            alias, making = self.name, self._making
            if first:
                lock = stack.enter_context(writer_lock(self.cluster, unserved(self.name)))
                if self.cluster.alias_target(self.name) is None:
                    alias, making = unserved(self.name), replace(making, replicas=0)
                else:
                    stack.close()
            if alias == self.name:
                lock = stack.enter_context(writer_lock(self.cluster, self.name))
            change = ClusterChange(self.cluster, self.name, making, lock, alias, ahead)
            stack.callback(change.close)
            yield change

    def _encoder(self, spec: EncoderSpec | None) -> Encoder:
        return load_encoder(self._model) if spec is None else self._encoders.get(spec)

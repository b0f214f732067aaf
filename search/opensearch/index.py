"""An index on a cluster, as a place: its generation of now, at a point in time."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from paraglot.search import index
from paraglot.search.encoders.loaded import Encoders, SharedEncoders
from paraglot.search.encoders.protocols import Encoder
from paraglot.search.errors import IndexMismatch
from paraglot.search.opensearch.cluster import Cluster
from paraglot.search.opensearch.manifest import ANEW
from paraglot.search.opensearch.point import Point, current_manifest
from paraglot.search.opensearch.snapshot import ClusterSnapshot
from paraglot.search.text.analysis import ANALYZER


class ClusterIndex:
    """The index that a name stands for on a cluster. Each generation keeps the encoder that it was made with."""

    def __init__(
        self,
        cluster: Cluster,
        name: str,
        encoder: Encoder | None = None,
        shared: SharedEncoders | None = None,
        rules: Path | None = None,
    ) -> None:
        """``encoder`` is used for what was made with it, others are loaded when needed, from ``shared`` if given;
        ``rules``: the file of its rules, which the cluster does not keep."""
        self.cluster, self.name, self.rules = cluster, name, rules
        self._encoders = Encoders(encoder, shared)

    def current(self) -> ClusterSnapshot:
        """The committed generation. Raises `IndexMissing`, `IndexMismatch`, `IndexDamaged` or `ClusterFailure`."""
        point = Point(self.cluster, self.name)
        if point.manifest.analyzer != ANALYZER:
            point.close()
            made = f"The index was made with the analyzer {point.manifest.analyzer}, this is {ANALYZER}."
            raise IndexMismatch(made, ANEW)
        return ClusterSnapshot(point, self._encoders)

    def is_current(self, snapshot: index.Snapshot) -> bool:
        """Whether a snapshot is what the index serves now. Raises `ClusterFailure`."""
        if not isinstance(snapshot, ClusterSnapshot):
            return False
        now, point = current_manifest(self.cluster, self.name), snapshot.point
        return now is not None and (now[0], now[1].generation) == (point.index, snapshot.manifest.generation)

    def keep(self, served: Collection[index.Snapshot]) -> None:
        """Forget the encoders of all but these."""
        self._encoders.keep({snapshot.manifest.encoder.fingerprint for snapshot in served})

"""An index that lies in a folder, as a place: its generation of now, opened."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from paraglot.search import index
from paraglot.search.encoders.loaded import Encoders, SharedEncoders
from paraglot.search.encoders.protocols import Encoder
from paraglot.search.errors import IndexMismatch
from paraglot.search.folder.dense import RESCORED
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.manifest import KEYWORDS_REMEDY
from paraglot.search.folder.snapshot import Snapshot, open_snapshot
from paraglot.search.text.analysis import ANALYZER


class FolderIndex:
    """The index in a folder. Each generation keeps the encoder that it was made with."""

    def __init__(
        self,
        folder: Path,
        encoder: Encoder | None = None,
        shared: SharedEncoders | None = None,
        rescored: int = RESCORED,
    ) -> None:
        """``encoder`` is used for what was made with it, others are loaded when needed, from ``shared`` if given;
        ``rescored`` as `FaissIndex` has it.
        """
        self._layout = IndexLayout(folder)
        self._encoders, self._rescored = Encoders(encoder, shared), rescored

    @property
    def rules(self) -> Path:
        """Where its rules lie, if it has any."""
        return self._layout.rules

    def current(self) -> Snapshot:
        """The committed generation. Raises `IndexMissing`, `IndexMismatch`, `IndexDamaged` or `DiskFailure`."""
        snapshot = open_snapshot(self._layout, self._encoders, self._rescored)
        if snapshot.manifest.analyzer != ANALYZER:
            made = f"The index was made with the analyzer {snapshot.manifest.analyzer}, this is {ANALYZER}."
            return snapshot.without_keywords(IndexMismatch(made, KEYWORDS_REMEDY))
        return snapshot

    def is_current(self, snapshot: index.Snapshot) -> bool:
        """Whether a snapshot is still what the index serves, its files unchanged. Raises as `current` does."""
        return isinstance(snapshot, Snapshot) and snapshot.is_committed(self._layout)

    def keep(self, served: Collection[index.Snapshot]) -> None:
        """Forget the encoders of all but these."""
        self._encoders.keep({snapshot.manifest.encoder.fingerprint for snapshot in served})

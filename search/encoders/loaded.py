"""The encoders of the generations that are open: each answers for those that were made with it, and for no other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from paraglot.search.encoders.load import load_encoder
from paraglot.search.encoders.protocols import Encoder
from paraglot.search.types import EncoderSpec

if TYPE_CHECKING:
    from paraglot.search.encoders.means import Means


class SharedEncoders:
    """The encoders that several indexes have loaded, one of each for all; gone with the last index that keeps it."""

    def __init__(self) -> None:
        self._loaded: WeakValueDictionary[tuple[str, str], Encoder] = WeakValueDictionary()
        self._loading = threading.Lock()

    def load(self, spec: EncoderSpec) -> Encoder:
        """The encoder called as in ``spec``, loaded where no index has it. Raises `EncoderMissing`."""
        with self._loading:
            encoder = self._loaded.get((spec.name, spec.fingerprint))
            if encoder is None:
                encoder = self._loaded[spec.name, spec.fingerprint] = load_encoder(spec.name)
            return encoder


class Encoders:
    """Encoders by the fingerprint that a manifest names, loaded when first needed. Safe to share between threads."""

    def __init__(self, given: Encoder | None = None, shared: SharedEncoders | None = None) -> None:
        """``given`` is there already: it answers for what was made with it, and is never forgotten.

        ``shared``: where others are loaded, so that other indexes have the same ones.
        """
        self._load = shared.load if shared else lambda spec: load_encoder(spec.name)
        self._given = {given.spec.fingerprint: given} if given else {}
        self._loaded = dict(self._given)
        self._loading = threading.Lock()

    def get(self, spec: EncoderSpec, means: Callable[[], Means] | None = None) -> Encoder:
        """The encoder called as in ``spec``: another than it tells of where that is the only one here by this name.

        ``means`` reads what its vectors are less (`CentredEncoder`), where they are. Raises `EncoderMissing`, and what
        ``means`` raises.
        """
        encoder = self._loaded.get(spec.fingerprint)  # who has one does not wait while another is loaded
        if encoder is None:
            with self._loading:
                encoder = self._loaded.get(spec.fingerprint) or self._made(spec, means)
                self._loaded[spec.fingerprint] = encoder
        return encoder

    def _made(self, spec: EncoderSpec, means: Callable[[], Means] | None) -> Encoder:
        if means is None:
            return self._load(spec)
        from paraglot.search.encoders.centred import CentredEncoder
        from paraglot.search.encoders.means import uncentred

        plain = uncentred(spec)
        return CentredEncoder(self._loaded.get(plain.fingerprint) or self._load(plain), means())

    def keep(self, fingerprints: Collection[str]) -> None:
        """Forget what was loaded for generations that are not open any more."""
        with self._loading:
            kept = {name: encoder for name, encoder in self._loaded.items() if name in fingerprints}
            self._loaded = {**kept, **self._given}

"""Requests that are answered one after another from one snapshot: what they ask is encoded in one call."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from paraglot.search.index import Snapshot
from paraglot.search.query.rules.file import RulesNow
from paraglot.search.query.understanding import Understood, understand
from paraglot.search.types import SearchRequest


class Several:
    """One request, or several, as far as they are seen to together. For one thread.

    Nothing is done before it is asked for: an answer may be known already, or need no vector.
    """

    def __init__(self, snapshot: Snapshot, requests: Sequence[SearchRequest], rules: RulesNow) -> None:
        self._snapshot, self._requests = snapshot, requests
        self.understood = cache(lambda request: understand(request, snapshot, rules))

    def vector(self, text: str) -> NDArray[np.float32]:
        """``float32[dim]``, unit: that of the text of one of the requests. Raises as `Snapshot.encoder`."""
        return self._vectors[text]

    @cached_property
    def _vectors(self) -> dict[str, NDArray[np.float32]]:
        asked = (request for request in self._requests if request.mode != "keyword" and not request.vector)
        every: list[Understood] = [self.understood(request) for request in asked]
        texts = list(dict.fromkeys(query.calm for query in every if query.says_something))
        return dict(zip(texts, self._snapshot.encoder().encode_query(texts), strict=True))

"""Which keys a request is looked up among: those of the collection that its address names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from starlette.types import Scope

from paraglot.api.http.guard.policy import RoutePolicy
from paraglot.api.keys import LOCAL, CollectionKeys, Key, KeyFile
from paraglot.api.service_folder import ServiceFolder

NAMED = "paraglot.collection"
"""Where the ASGI scope has the name of the collection that the address of a request gives."""


class Keys(Protocol):
    """Keys that a request may come with."""

    @property
    def required(self) -> bool:
        """Whether requests need one."""
        ...

    def find(self, token: str | None) -> Key | None:
        """The valid key that a token names."""
        ...


class Doors:
    """The keys of all collections of a service. Nothing here tells a collection that there is not from one that a key
    does not open."""

    def __init__(self, folders: Mapping[str, ServiceFolder], required: bool = False) -> None:
        """``folders``: of the collections, the default one first; ``required``: keys are needed in any case."""
        self._default, *_ = folders
        self.service = KeyFile(folders[self._default].keys, required)
        self._files = {name: self._file(name, folder) for name, folder in folders.items()}
        self._keys = {name: CollectionKeys(name, file, self.service) for name, file in self._files.items()}

    def _file(self, name: str, folder: ServiceFolder) -> KeyFile:
        return self.service if name == self._default else KeyFile(folder.keys)

    def file_of(self, key: Key, name: str) -> KeyFile:
        """The file that the ``key`` of a request to the collection ``name`` lies in, where keys that it makes go."""
        if key is LOCAL or key.collections:
            return self.service
        return self._files[name]

    @property
    def names(self) -> list[str]:
        """The collections that there are."""
        return list(self._keys)

    def keys(self, name: str) -> CollectionKeys:
        """The keys of the collection of this name, be there one or not."""
        return self._keys.get(name) or CollectionKeys(name, None, self.service)

    def of(self, scope: Scope, policy: RoutePolicy, own_name: str) -> Keys:
        """The keys for a request; ``own_name`` is the collection that answers where its address names none."""
        return self if policy.all_collections else self.keys(scope.get(NAMED, own_name))

    @property
    def required(self) -> bool:
        """Whether a request over several collections needs a key."""
        return self.service.required

    def find(self, token: str | None) -> Key | None:
        """A valid key that opens any collection."""
        return next(iter(self.opened(token).values()), None)

    def opened(self, token: str | None) -> dict[str, Key]:
        """The collections that a token opens, each with the key that does."""
        found = {name: keys.find(token) if keys.required else LOCAL for name, keys in self._keys.items()}
        return {name: key for name, key in found.items() if key}

"""The cluster that an address names, asked as the environment says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paraglot.search.errors import InvalidSettings
from paraglot.search.opensearch.cluster import Cluster
from paraglot.search.types.address import CREDENTIALS, ClusterAddress

TIMEOUT_S = 30
"""How long the cluster may take for one request."""

CONNECTIONS = 32
"""To each node: the threads of a service ask side by side."""


def connected(address: ClusterAddress, environment: Mapping[str, str] = os.environ) -> Cluster:
    """The cluster at an address. Raises `InvalidSettings` for credentials that cannot be."""
    options: dict[str, Any] = {"timeout": TIMEOUT_S, "pool_maxsize": CONNECTIONS}
    return Cluster(address.urls, {**options, **_credentials(environment), **_certificates(address, environment)})


def _credentials(environment: Mapping[str, str]) -> dict[str, Any]:
    user, password, key = (_setting(name, environment) for name in _SETTINGS)
    if bool(user) != bool(password) or (user and key):
        raise InvalidSettings(
            "The cluster is asked by {} and {}, or by {}.".format(*(CREDENTIALS[name] for name in _SETTINGS)),
            "Give both of the first, or the last alone.",
        )
    if key:
        return {"headers": {"authorization": key if " " in key else f"ApiKey {key}"}}
    return {"http_auth": (user, password)} if user else {}


def _certificates(address: ClusterAddress, environment: Mapping[str, str]) -> dict[str, Any]:
    file = _setting("opensearch_ca_file", environment)
    if not file:
        return {}
    if not address.secure:
        raise InvalidSettings(f"{address}: certificates are for an address that begins opensearch+https://")
    if not Path(file).is_file():
        raise InvalidSettings(f"{file}: there is no such file of certificates.", "opensearch_ca_file names it.")
    return {"ca_certs": file}


def _setting(name: str, environment: Mapping[str, str]) -> str:
    return environment.get(CREDENTIALS[name], "")


_SETTINGS = ("opensearch_user", "opensearch_password", "opensearch_api_key")

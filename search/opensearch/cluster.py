"""A cluster: requests, and what can go wrong with them. The one place that knows the client."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import chain
from typing import Any, TypeAlias, TypeVar

from paraglot.search.deadline import check
from paraglot.search.errors import ClusterFailure, InvalidSettings
from paraglot.search.types.address import CREDENTIALS

Json: TypeAlias = dict[str, Any]
_T = TypeVar("_T")

SEARCH_TYPE = "search_type"
"""A key of a search's body that says how it is run: in a search of several it stands before the body."""

NOT_THERE = 404
CONFLICT = 409
REFUSED = 400
BUSY = 429
PAUSES_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 0.0)
"""How long is waited between sending again what a cluster with too much to do refused."""
COPYING_S = 0.5
"""After what time it is looked again whether copies of shards are on their way."""

PASSING = {NOT_THERE, 429, 502, 503, 504}
"""What a request may be answered with that would be answered otherwise in a moment."""


class TransientFailure(ClusterFailure):
    """Asked again, the cluster may answer: a node or a point in time is gone, or there is too much to do."""


class Cluster:
    """The nodes of a cluster. Safe to share between threads; connects when it is first asked."""

    def __init__(self, hosts: Sequence[str], options: Mapping[str, Any] | None = None) -> None:
        """``hosts``: addresses of nodes, ``http://localhost:9200``; ``options`` are further ones of the client."""
        self.hosts = tuple(hosts)
        self._options = dict(options or {})

    def __str__(self) -> str:
        return ", ".join(self.hosts)

    def search(self, *bodies: Json) -> list[Json]:
        """The answers to several searches, in one request. Raises `ClusterFailure`."""
        if len(bodies) == 1:
            body = dict(bodies[0])
            kind = body.pop(SEARCH_TYPE, None)
            params = {SEARCH_TYPE: kind} if kind else {}
            return [self._checked(self._send(lambda client: client.search(body=body, params=params)))]
        lines: list[Json] = []
        for body in bodies:
            kind = body.get(SEARCH_TYPE)
            rest = {name: value for name, value in body.items() if name != SEARCH_TYPE}
            lines += [{SEARCH_TYPE: kind} if kind else {}, rest]
        answers = self._send(lambda client: client.msearch(body=lines))["responses"]
        return [self._checked(answer) for answer in answers]

    def get(self, index: str, id_: str) -> Json | None:
        """A document as it was written last, refreshed or not, with ``_index``; None: there is none."""
        return self._send(lambda client: _none_if(NOT_THERE, lambda: client.get(index=index, id=id_)))

    def put(self, index: str, id_: str, body: Json, **params: Any) -> Json | None:
        """Write one document; None: another was written meanwhile than ``params`` say."""
        write = {"index": index, "id": id_, "body": body, "params": params}
        return self._send(lambda client: _none_if(CONFLICT, lambda: client.index(**write)))

    def delete(self, index: str, id_: str, **params: Any) -> None:
        """Remove one document, if it is there and as ``params`` say."""
        target = {"index": index, "id": id_, "params": params}
        self._send(lambda client: _none_if(NOT_THERE, lambda: _none_if(CONFLICT, lambda: client.delete(**target))))

    def bulk(self, lines: Sequence[Json]) -> None:
        """Several writes in one request; those that the cluster has no room for now are sent again. Raises
        `ClusterFailure` where one of them is refused."""
        writes = _grouped_writes(lines)
        for pause_s in PAUSES_S:
            answer = self._written(list(chain(*writes)))
            if answer is not None:
                writes = self._to_send_again(writes, answer)
            if not writes:
                return
            time.sleep(pause_s)
        raise ClusterFailure(f"The cluster {self} takes no more writes.", "Try again when it has less to do.")

    def _written(self, lines: list[Json]) -> Json | None:
        return self._send(lambda client: _none_if(BUSY, lambda: client.bulk(body=lines)))

    def _to_send_again(self, writes: Sequence[Sequence[Json]], answer: Json) -> list[Sequence[Json]]:
        again = []
        for write, item in zip(writes, answer["items"] if answer["errors"] else (), strict=False):
            [(action, result)] = item.items()
            if result["status"] == BUSY:
                again.append(write)
            elif "error" in result and not (action == "delete" and result["status"] == NOT_THERE):
                raise ClusterFailure(f"The cluster {self} refused a document: {_reason(result['error'])}.")
        return again

    def refresh(self, index: str) -> None:
        """Have searches find what was written."""
        self._send(lambda client: client.indices.refresh(index=index))

    def create(self, index: str, body: Json) -> None:
        """Make an index."""
        self._send(lambda client: client.indices.create(index=index, body=body))

    def ensure(self, index: str, body: Json) -> None:
        """Make an index, unless it is there."""
        if not self._send(lambda client: client.indices.exists(index=index)):
            self._send(lambda client: _none_if(REFUSED, lambda: client.indices.create(index=index, body=body)))

    def drop(self, index: str) -> None:
        """Remove an index, if it is there."""
        self._send(lambda client: client.indices.delete(index=index, params={"ignore_unavailable": "true"}))

    def names(self, pattern: str) -> list[str]:
        """The indexes whose names are like a pattern, in their order."""
        settings = self._send(lambda client: client.indices.get_settings(index=pattern))
        return sorted(settings)

    def alias_target(self, alias: str) -> str | None:
        """The index that an alias stands for; None: there is no such alias."""
        aliases = self._send(lambda client: _none_if(NOT_THERE, lambda: client.indices.get_alias(name=alias)))
        return next(iter(aliases), None) if aliases else None

    def alias(self, *actions: Json) -> None:
        """Change what aliases stand for, all at once."""
        self._send(lambda client: client.indices.update_aliases(body={"actions": list(actions)}))

    def open_point(self, index: str, keep_alive: str) -> str:
        """A point in time of an index: what searches find in it does not change."""
        params = {"keep_alive": keep_alive, "allow_partial_pit_creation": "false"}
        opened = self._send(lambda client: client.create_pit(index=index, params=params))
        return str(opened["pit_id"])

    def close_point(self, point: str) -> None:
        """Give a point in time back, if it is still there."""
        body = {"pit_id": [point]}
        self._send(lambda client: _none_if(NOT_THERE, lambda: client.delete_pit(body=body)))

    def meta(self, index: str) -> Json:
        """What was noted of an index when it was made."""
        mappings = self._send(lambda client: client.indices.get_mapping(index=index))
        return dict(mappings[index]["mappings"].get("_meta", {}))

    def values(self, index: str, field: str, query: Json) -> set[str]:
        """The values of a keyword field in all documents of an index that a query finds."""
        values: set[str] = set()
        after: Json = {}
        while True:
            composite = {"size": 10_000, "sources": [{"value": {"terms": {"field": field}}}], **after}
            body = {"size": 0, "query": query, "aggs": {"values": {"composite": composite}}}
            page = self._search_one(index, body)["aggregations"]["values"]
            values.update(bucket["key"]["value"] for bucket in page["buckets"])
            if "after_key" not in page:
                return values
            after = {"after": page["after_key"]}

    def _search_one(self, index: str, body: Json) -> Json:
        return self._checked(self._send(lambda client: client.search(index=index, body=body)))

    def condition(self, index: str) -> tuple[str, int, int, dict[str, int]]:
        """The health of an index, its shards, the copies of each beside the first, and the bytes that they take."""
        health = self._send(lambda client: client.cluster.health(index=index))
        stats = self._send(lambda client: client.indices.stats(index=index, metric="store"))["_all"]
        settings = self._send(lambda client: client.indices.get_settings(index=index))[index]["settings"]["index"]
        sizes = {
            name: stats[key]["store"]["size_in_bytes"] for name, key in (("shards", "primaries"), ("all", "total"))
        }
        return health["status"], int(settings["number_of_shards"]), int(settings["number_of_replicas"]), sizes

    def copy(self, index: str, replicas: int) -> None:
        """Have so many copies of each shard beside the first; wait until there are as many as the nodes can have."""
        self._send(lambda client: client.indices.put_settings(index=index, body={"number_of_replicas": replicas}))
        while self._send(lambda client: client.cluster.health(index=index))["initializing_shards"]:
            time.sleep(COPYING_S)

    def close(self) -> None:
        """Close the connections; the next request opens them again."""
        if (client := vars(self).pop("_client", None)) is not None:
            client.close()

    @cached_property
    def _client(self) -> Any:
        try:
            from opensearchpy import OpenSearch
        except ImportError as error:
            raise InvalidSettings(
                "An index on a cluster needs the package opensearch-py.", "pip install 'paraglot[opensearch]'"
            ) from error
        logging.getLogger("opensearch").setLevel(logging.CRITICAL)  # what goes wrong is told by our errors
        return OpenSearch(list(self.hosts), **self._options)

    def _send(self, request: Callable[[Any], _T]) -> _T:
        """Every request goes through here."""
        check()
        client = self._client
        with self._translated_errors():
            return request(client)

    def _checked(self, answer: Json) -> Json:
        """An answer of all shards. Raises `ClusterFailure` where one of them gave none."""
        if "error" in answer:
            raise self._refused(answer["error"], answer["status"])
        if answer["_shards"]["failed"]:
            failures = answer["_shards"].get("failures") or [{}]
            raise TransientFailure(
                f"The cluster {self} answers in part: {_reason(failures[0].get('reason'))}.", "Wait until it is whole."
            )
        return answer

    def _refused(self, error: Any, status: Any) -> ClusterFailure:
        kind = TransientFailure if status in PASSING else ClusterFailure
        return kind(f"The cluster {self} refused: {_reason(error)}.")

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        """Every error of the client becomes one of ours."""
        from opensearchpy import exceptions

        try:
            yield
        except (exceptions.AuthenticationException, exceptions.AuthorizationException) as error:
            raise ClusterFailure(f"The cluster {self} refused us: {error.error}.", "See to the credentials.") from error
        except exceptions.SSLError as error:
            untrusted = f"The cluster {self} has a certificate that is not trusted here: {error.error}."
            trusted = f"{CREDENTIALS['opensearch_ca_file']} names the file of those that are."
            raise ClusterFailure(untrusted, trusted) from error
        except exceptions.ConnectionError as error:
            away = f"The cluster {self} does not answer ({type(error.info).__name__})."
            raise ClusterFailure(away, "See that it runs and can be reached from here.") from error
        except exceptions.TransportError as error:
            raise self._refused(_cause(error), error.status_code) from error
        except exceptions.OpenSearchException as error:
            raise ClusterFailure(f"The cluster {self}: {error}.") from error


def if_unchanged(document: Json) -> Json:
    """Parameters of a write that is refused where the document is another by now than was ``found``."""
    return {"if_seq_no": document["_seq_no"], "if_primary_term": document["_primary_term"]}


def _grouped_writes(lines: Sequence[Json]) -> list[Sequence[Json]]:
    """The lines of each write: what is done, and with what."""
    writes: list[Sequence[Json]] = []
    remaining = iter(lines)
    for line in remaining:
        writes.append((line,) if "delete" in line else (line, next(remaining)))
    return writes


def _none_if(status: int, request: Callable[[], _T]) -> _T | None:
    """The answer to a request; None where it is a refusal with just this status."""
    from opensearchpy.exceptions import TransportError

    try:
        return request()
    except TransportError as error:
        if error.status_code == status:
            return None
        raise


def _cause(error: Any) -> Any:
    return error.info.get("error", error.error) if isinstance(error.info, dict) else error.error


def _reason(error: Any) -> str:
    """What a cluster says of an error, the innermost cause first."""
    if not isinstance(error, dict):
        return str(error)
    causes = error.get("root_cause") or [error]
    return f"{causes[0].get('type')}: {causes[0].get('reason')}"

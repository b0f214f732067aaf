"""The OpenAPI document against a running service: requests made out of it, answers held to it (schemathesis).

    python benchmarks/contract.py [--cases 20000] [--seed 0]

Over an index of the seeds (fake encoder), each operation of the document is sent requests as the document allows, with
faults, and with ids that are in the index. No answer may be a failure of the service (500, or 503 but where it is too
busy to answer in time), and each must have a status, a content type and a body that the document tells of. Prints what
does not hold; exit code 1 if anything does not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import hypothesis
import schemathesis
from hypothesis.errors import Unsatisfiable
from jsonschema import Draft202012Validator
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    status_code_conformance,
)

sys.path.insert(0, str(Path(__file__).parent))
from service_load import ROOT, served

CHECKS: list[Any] = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
]
MOST_WAIT_S = 0.05
"""A longer `wait` for a commit is cut, or the campaign would do little else."""

MOST_QUERY_CHARACTERS = 5_000
"""An address of over 64 kB, percent signs counted, ends the connection before any route sees it."""

Operation: TypeAlias = APIOperation[Any, Any, Any, Any]
Kind: TypeAlias = Callable[[], hypothesis.strategies.SearchStrategy[Case[Any]]]


@schemathesis.serializer("application/x-ndjson")
def as_lines(context: schemathesis.SerializationContext, value: Any) -> bytes:  # noqa: ARG001
    """A body of JSON lines is a text to the document."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@dataclass(slots=True)
class Campaign:
    """What was sent and what did not hold, each kind of it once with the request that shows it."""

    statuses: Counter[int] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    failures: dict[tuple[str, str], str] = field(default_factory=dict)
    components: dict[str, Any] = field(default_factory=dict)
    validators: dict[tuple[str, int], Draft202012Validator] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        """Requests sent."""
        return self.operations.total()


def campaign(address: str, cases: int, seed: int) -> Campaign:
    """At least so many cases. An operation that has fewer than its share leaves the rest to the others."""
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json", timeout=60)
    ids = known_ids(address)
    result = Campaign(components=schema.raw_schema["components"])
    operations = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    operations.sort(key=lambda one: one.method.upper() in ("PUT", "DELETE"))  # what is there is read before it goes
    kinds = [kind for one in operations for kind in strategies(one, ids)]
    while kinds and result.cases < cases:
        share = -(-(cases - result.cases) // len(kinds))
        kinds = [kind for kind in kinds if send(kind, share, seed + result.cases, result) >= share]
    return result


def known_ids(address: str) -> dict[str, list[Any]]:
    """Ids that the index has, by the name of the parameter that takes them."""
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        hits = client.get("/v1/search", params={"q": "friendship", "limit": 3}).raise_for_status().json()["hits"]
        task = client.delete("/v1/articles/nothing").raise_for_status().json()["id"]
    return {
        "article_id": [hit["article"]["id"] for hit in hits],
        "paragraph_id": [hit["id"] for hit in hits],
        "task_id": [task],
    }


def strategies(operation: Operation, ids: dict[str, list[Any]]) -> Iterator[Kind]:
    """How requests of an operation are made."""
    yield lambda: operation.as_strategy(GenerationMode.POSITIVE)
    yield lambda: operation.as_strategy(GenerationMode.NEGATIVE)
    for name in {one.name for one in operation.path_parameters} & set(ids):
        yield partial(with_known, operation, name, ids[name])


def with_known(operation: Operation, name: str, ids: list[Any]) -> hypothesis.strategies.SearchStrategy[Case[Any]]:
    """Requests whose path names something that there is."""
    known = hypothesis.strategies.sampled_from(ids)
    return known.flatmap(lambda one: operation.as_strategy(GenerationMode.POSITIVE, path_parameters={name: one}))


def send(kind: Kind, count: int, seed: int, result: Campaign) -> int:
    """Send up to ``count`` requests of a kind; how many there were."""
    before = result.cases

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=kind())
    def sent(case: Case[Any]) -> None:
        check(case, result)

    with suppress(Unsatisfiable):  # nothing in it could be faulty
        sent()
    return result.cases - before


def check(case: Case[Any], result: Campaign) -> None:
    """Send one request and hold the answer to the document."""
    hypothesis.assume(len(str(case.query)) <= MOST_QUERY_CHARACTERS)
    wait = case.query.get("wait")
    if isinstance(wait, int | float) and wait > MOST_WAIT_S:
        case.query["wait"] = MOST_WAIT_S
    response = case.call()
    name = case.operation.label
    result.operations[name] += 1
    result.statuses[response.status_code] += 1
    faults = []
    if response.status_code in (500, 503) and '"code":"timeout"' not in response.text:
        faults.append(("a failure of the service", ""))
    try:
        case.validate_response(response, checks=CHECKS)
        faults += [("the body", fault) for fault in body_faults(case.operation, response, result)]
    except FailureGroup as group:
        faults += [(getattr(one, "title", type(one).__name__), str(one)) for one in group.exceptions]
    for title, fault in faults:
        if (name, title) not in result.failures:
            told = f"{fault}\n{case.as_curl_command()}\n{response.status_code} {response.text[:500]}"
            result.failures[name, title] = told
            print(f"{name}: {title}\n{told}\n", flush=True)


def body_faults(operation: Operation, response: schemathesis.Response, result: Campaign) -> list[str]:
    """What of a JSON body is not as the document says, by JSON Schema's own rules (2020-12, as OpenAPI 3.1 has it)."""
    media_type = response.headers["content-type"][0].partition(";")[0]
    if "json" not in media_type:
        return []
    key = (operation.label, response.status_code)
    if key not in result.validators:
        answers = operation.definition.raw["responses"]
        described = answers[str(response.status_code)]["content"][media_type]["schema"]
        result.validators[key] = Draft202012Validator({**described, "components": result.components})
    return [f"{fault.json_path}: {fault.message}" for fault in result.validators[key].iter_errors(response.json())]


def main() -> None:
    """Run a campaign and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    from paraglot.indexer.build import index_corpus

    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        index_corpus(index, [ROOT / "seeds"], "fake")
        with served(index, "--statistics") as (_, address, _):
            result = campaign(address, options.cases, options.seed)
    statuses = ", ".join(f"{count} × {status}" for status, count in sorted(result.statuses.items()))
    print(
        f"{result.cases:,} cases over {len(result.operations)} operations in {time.perf_counter() - started:.0f} s"
        f" ({statuses}): {len(result.failures)} failures"
    )
    sys.exit(bool(result.failures))


if __name__ == "__main__":
    main()

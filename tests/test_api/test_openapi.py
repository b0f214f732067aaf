"""The OpenAPI document has an example of everything that is sent and answered, and each is as its schema says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from paraglot.api.http.app import create_app
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.settings import Settings


@pytest.fixture
def document(small_index: Path) -> Iterator[dict[str, Any]]:
    settings = Settings(index=small_index)
    with ObservedEngine(settings) as engine:
        yield create_app(engine, settings).openapi()


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for path in document["paths"].values() for one in path.values()]


def examples(shown: dict[str, Any], document: dict[str, Any]) -> list[Any]:
    """Those of a media type or a parameter: its own, its schema's, or made of those of its required fields."""
    if "example" in shown:
        return [shown["example"]]
    if "examples" in shown:
        own = shown["examples"]
        return [one["value"] for one in own.values()] if isinstance(own, dict) else list(own)
    schema = shown["schema"]
    schema = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
    if "examples" in schema:
        return list(schema["examples"])
    required = schema.get("required", [])
    fields = schema.get("properties", {})
    return [{name: fields[name]["examples"][0] for name in required}] if required else []


def test_everything_has_an_example_that_is_as_its_schema_says(document: dict[str, Any]) -> None:
    looked_at = 0
    for operation in operations(document):
        shown = [one for one in operation.get("parameters", []) if one["required"]]
        shown += operation.get("requestBody", {}).get("content", {}).values()
        contents = [answer.get("content", {}) for answer in operation["responses"].values()]
        assert any(contents[0]), operation["operationId"]
        shown += [one for content in contents for one in content.values()]
        for one in shown:
            found = examples(one, document)
            assert found, (operation["operationId"], one)
            schema = {**one.get("schema", {}), "components": document["components"]}
            for example in found:
                Draft202012Validator(schema).validate(example)
                looked_at += 1
    assert looked_at > 200

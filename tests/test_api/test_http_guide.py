"""The examples of ``docs/http.md``, in curl, Python and JavaScript, do what it says against real services."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from tests.guides import END, Example, examples, outputs
from tests.servers import ROOT, service

pytestmark = pytest.mark.slow

GUIDE = ROOT / "docs" / "http.md"


@pytest.fixture(scope="module")
def services(seeds_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The two services of the guide, each over a copy of the seeds' index, the second with a key."""
    folder = tmp_path_factory.mktemp("guide")
    for port in ("8000", "8001"):
        shutil.copytree(seeds_index, folder / port / "index")
    keys = KeyFile(ServiceFolder(folder / "8001" / "index").keys, required=True)
    _, token = keys.create("search", filter="language = fr")
    with service(folder / "8000" / "index") as first, service(folder / "8001" / "index") as second:
        yield {
            "SERVICE_8000": str(first.client.base_url),
            "SERVICE_8001": str(second.client.base_url),
            "PARAGLOT_KEY": token,
        }


def there(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        assert not os.environ.get("REQUIRE_BROWSER"), f"{program} is needed here"
        pytest.skip(f"{program} is not installed")
    return found


def test_curl(services: dict[str, str], tmp_path: Path) -> None:
    there("curl")
    shown = examples(GUIDE, "sh")
    printed = outputs(
        shown, ["bash", "-e", "-o", "pipefail"], f"echo; echo '{END}'", tmp_path / "examples.sh", services
    )
    for one, output in zip(shown, printed, strict=True):
        check_answers(one, output)


def check_answers(one: Example, output: str) -> None:
    """Each is JSON; none is a problem unless the guide says so; what the guide shows is in the last."""
    decoder, answers = json.JSONDecoder(), []
    while output := output.strip():
        answer, end = decoder.raw_decode(output)
        answers.append(answer)
        output = output[end:]
    expected = json.loads(one.prints or "{}")
    assert answers
    assert all("code" not in answer or "code" in expected for answer in answers), (one.line, answers)
    assert shortened(answers[-1], expected) == expected, one.line


def shortened(answer: Any, like: Any) -> Any:
    """As much of an answer as ``like`` shows."""
    if isinstance(like, dict) and isinstance(answer, dict):
        return {name: shortened(answer.get(name), value) for name, value in like.items()}
    if isinstance(like, list) and isinstance(answer, list):
        return [shortened(*pair) for pair in zip(answer, like, strict=False)]
    return answer


@pytest.mark.parametrize(
    ("language", "program", "end"),
    [("python", sys.executable, f"print({END!r})"), ("javascript", "node", f"console.log({END!r});")],
)
def test_programs(services: dict[str, str], tmp_path: Path, language: str, program: str, end: str) -> None:
    shown = examples(GUIDE, language)
    file = tmp_path / {"python": "examples.py", "javascript": "examples.mjs"}[language]
    printed = outputs(shown, [there(program)], end, file, services)
    assert [one.prints for one in shown] == printed


def test_every_example_is_in_all_three_languages() -> None:
    text = GUIDE.read_text("utf-8")
    for section in text.split("\n## ")[1:]:
        for language in ("sh", "python", "javascript"):
            assert f"```{language}\n" in section, section[:40]
    for call in ("search", "multi-search", "similar", "suggest", "analyze", "languages", "articles", "tasks", "rules"):
        assert f"/v1/{call}" in text

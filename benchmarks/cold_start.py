"""How long `paraglot search` takes from process start to printed result, beside an interpreter that does nothing.

    python benchmarks/cold_start.py [--runs 10]

Indexes the seeds into a temporary folder, then runs both in turn and prints medians with minimum and maximum, in
seconds, with machine and date.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
QUERY = "Was sagte Xi über die Freundschaft mit Belarus?"
SEARCH = "from paraglot.api.cli.main import main; main()"


def seconds(command: list[str]) -> float:
    """Wall-clock seconds of one run. Raises `CalledProcessError` when it fails."""
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        seconds([sys.executable, "-c", SEARCH, "index", "seeds", "--index", folder])
        commands = {
            "paraglot search": [sys.executable, "-c", SEARCH, "search", QUERY, "--index", folder],
            "python -c pass": [sys.executable, "-c", "pass"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                times[name].append(seconds(command))
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}, {runs} runs in turn"
    )
    for name, own in times.items():
        print(f"{name}: median {statistics.median(own):.2f} s ({min(own):.2f} to {max(own):.2f})")


if __name__ == "__main__":
    main()

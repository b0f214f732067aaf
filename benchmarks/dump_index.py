"""A MediaWiki-shaped dump indexed, killed half-way and resumed: the peak of memory, and that nothing is embedded twice.

    python benchmarks/dump_index.py [--megabytes 100] [--model builtin] [--bar-mb 1500]

The dump is that of `benchmarks/streaming.py`, but every article has a text of its own. A first `paraglot index` is
killed (SIGKILL) once it has embedded half of the paragraphs; a second one runs to its end. Then the paragraphs that it
embedded and those that it found embedded must be all that there are, the latter at least as many as were seen before
the kill, and `paraglot verify` must find the index whole. Exit code 1 where that fails or a peak is over the bar. Linux
only.
"""

from __future__ import annotations

import argparse
import bz2
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streaming import HEAD, page

from paraglot.search.folder.layout import IndexLayout

ROOT = Path(__file__).parent.parent
PARAGLOT = [sys.executable, "-c", "from paraglot.api.cli.main import main; main()"]
LOOK_S = 0.2


@dataclass(frozen=True, slots=True)
class Run:
    """What one command took. ``report`` is empty where it was killed; ``seen``: vectors that were safe before that."""

    report: dict[str, Any]
    peak_mb: float
    cpu_s: float
    seconds: float
    seen: int = 0


def write_dump(path: Path, megabytes: float) -> int:
    """Write a dump of that size before compression, every article its own. Returns how many there are."""
    choose, written, number = random.Random(2), 0, 0
    with bz2.open(path, "wb", compresslevel=1) as file:
        written += file.write(HEAD.encode())
        while written < megabytes * 1_000_000:
            number += 1
            written += file.write(page(number, choose).encode())
        file.write(b"</mediawiki>\n")
    return number


def paraglot(arguments: list[str], kill_at: tuple[Path, int] | None = None) -> Run:
    """Run a command to its end, or until the file of vectors that are not committed has so many."""
    started, seen = time.perf_counter(), 0
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([*PARAGLOT, *arguments], cwd=ROOT, stdout=output, stderr=subprocess.DEVNULL)
        while kill_at and process.poll() is None:
            time.sleep(LOOK_S)
            seen = embedded(kill_at[0])
            if seen >= kill_at[1]:
                process.send_signal(signal.SIGKILL)
                break
        if process.returncode is not None:
            raise RuntimeError("the run ended before it could be killed: give more --megabytes")
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode and not kill_at:
            raise RuntimeError(f"{arguments[0]} ended with {process.returncode}")
        output.seek(0)
        report = {} if kill_at else json.loads(output.read())
    seconds = time.perf_counter() - started
    return Run(report, used.ru_maxrss / 1000, used.ru_utime + used.ru_stime, seconds, seen)


def embedded(cache: Path) -> int:
    """How many vectors lie in the file of vectors that are not committed."""
    if not cache.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{cache.as_uri()}?mode=ro", uri=True, timeout=1)) as connection:
            return int(connection.execute("SELECT COUNT(*) FROM embedded").fetchone()[0])
    except sqlite3.Error:
        return 0


def campaign(folder: Path, megabytes: float, model: str) -> tuple[Run, Run, list[str]]:
    """The killed run, the resumed one, and what is wrong."""
    dump, index = folder / "enwiki.xml.bz2", folder / "index"
    articles = write_dump(dump, megabytes)
    paragraphs = paraglot(["index", str(dump), "--dry-run", "--json"]).report["paragraphs"]
    command = ["index", str(dump), "--index", str(index), "--model", model, "--json"]
    killed = paraglot(command, (IndexLayout(index).pending_vectors, paragraphs // 2))
    resumed = paraglot(command)
    report, faults = resumed.report, []
    if report["articles"] != articles:
        faults.append(f"{report['articles']} articles instead of {articles}")
    if report["paragraphs_resumed"] < killed.seen:
        faults.append(f"of {killed.seen} vectors that were there {report['paragraphs_resumed']} were used")
    if report["paragraphs_embedded"] + report["paragraphs_resumed"] > report["paragraphs"]:
        faults.append("paragraphs were embedded twice")
    if found := paraglot(["verify", "--index", str(index), "--json"]).report["faults"]:
        faults += found
    return killed, resumed, faults


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--model", default="builtin")
    parser.add_argument("--bar-mb", type=float, default=1500)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        killed, resumed, faults = campaign(Path(folder), arguments.megabytes, arguments.model)
    report = resumed.report
    print(f"{report['articles']} articles, {report['paragraphs']} paragraphs")
    print(f"killed after {killed.seconds:.0f} s with {killed.seen} embedded, peak {killed.peak_mb:.0f} MB")
    print(
        f"resumed: {report['paragraphs_resumed']} found embedded, {report['paragraphs_embedded']} embedded,"
        f" {resumed.seconds:.0f} s, {resumed.cpu_s:.0f} s of processor time, peak {resumed.peak_mb:.0f} MB"
    )
    faults += [f"a peak of {run.peak_mb:.0f} MB" for run in (killed, resumed) if run.peak_mb > arguments.bar_mb]
    for fault in faults:
        print(fault)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()

"""Commit again and again, over HTTP and the command line, while readers search; kill the service now and then.

    python benchmarks/service_commits.py [--commits 200] [--readers 8] [--kills 5] [--model fake] [--seed 0]

Every article has several paragraphs that all hold the number of its last change, so an answer that mixes generations
shows two numbers for one article. Readers must get 200 and a whole answer each time, but for connections that a kill
breaks; after each kill, of the service alone or with its writer, and at the end, every write that was acknowledged must
be found. Prints a summary; exit code 1 on any failure.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parent))
from service_load import ROOT, family, served

INDEX_COMMAND = [sys.executable, "-c", "from paraglot.api.cli.main import main; main()", "index"]
ARTICLES = 20
PARAGRAPHS = 4


@dataclass(slots=True)
class Campaign:
    """What happened. ``last`` is the number that each article was last acknowledged with."""

    last: dict[str, int] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    generations: set[int] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)


def article(name: str, number: int) -> dict[str, object]:
    """An article whose every paragraph tells its number."""
    texts = [f"Bread note {name} part {part} version {number}." for part in range(PARAGRAPHS)]
    return {"id": name, "title": name, "language": "en", "paragraphs": texts}


def read(address: str, done: threading.Event, killed: threading.Event, result: Campaign) -> None:
    """One reader: search until all is done; what is mixed or failed is noted."""
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        while not done.is_set():
            try:
                response = client.get("/v1/search", params={"q": "bread note version", "limit": 100})
            except httpx.HTTPError as error:
                if not killed.is_set():
                    result.failures.append(f"a search failed: {error!r}")
                return
            if response.status_code != 200:
                result.failures.append(f"a search was answered {response.status_code}: {response.text[:200]}")
                continue
            result.answers["whole"] += 1
            result.generations.add(response.json()["generation"])
            versions = defaultdict(set)
            for hit in response.json()["hits"]:
                versions[hit["article"]["id"]].add(re.search(r"version (\d+)", hit["text"])[1])  # type: ignore[index]
            mixed = {name: found for name, found in versions.items() if len(found) > 1}
            if mixed:
                result.failures.append(f"a mixed answer: {mixed}")


def write(address: str, index: Path, number: int, chance: random.Random, result: Campaign) -> None:
    """One commit: by PUT, by JSON lines or by the command line."""
    names = [f"article-{chance.randrange(ARTICLES)}" for _ in range(chance.randint(1, 3))]
    articles = [article(name, number) for name in dict.fromkeys(names)]
    lines = "\n".join(map(json.dumps, articles))
    way = chance.choice(("put", "post", "command"))
    if way == "command":
        path = index.parent / "corpus.jsonl"
        path.write_text(lines, "utf-8")
        for _ in range(100):
            done = subprocess.run(
                [*INDEX_COMMAND, str(path), "--index", str(index)], cwd=ROOT, capture_output=True, text=True
            )
            if done.returncode == 0:
                break
            time.sleep(0.1)  # the service's writer has the lock
        else:
            result.failures.append(f"paraglot index failed: {done.stderr}")
            return
    elif way == "post":
        headers = {"content-type": "application/x-ndjson"}
        _expect(
            httpx.post(f"{address}/v1/articles?wait=60", content=lines, headers=headers, timeout=90, trust_env=False),
            result,
        )
    else:
        for one in articles:
            _expect(
                httpx.put(f"{address}/v1/articles/{one['id']}?wait=60", json=one, timeout=90, trust_env=False), result
            )
    result.last.update({str(one["id"]): number for one in articles})
    result.answers[way] += 1


def write_and_kill(
    process: subprocess.Popen[str],
    address: str,
    number: int,
    result: Campaign,
    killed: threading.Event,
    with_writer: bool,
) -> None:
    """Acknowledged, and killed at once."""
    for at in range(ARTICLES):
        name = f"article-{at}"
        answer = httpx.put(f"{address}/v1/articles/{name}", json=article(name, number), timeout=60, trust_env=False)
        if answer.status_code != 202:
            result.failures.append(f"a write was answered {answer.status_code}: {answer.text[:200]}")
        result.last[name] = number
    killed.set()
    for one in family(process.pid) if with_writer else [process.pid]:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    process.wait()
    result.answers["killed"] += 1


def check(address: str, result: Campaign) -> None:
    """Once the queue is empty, every article is as it was last acknowledged."""
    newest = httpx.get(f"{address}/v1/tasks?limit=1", trust_env=False).json()["tasks"]
    if newest:
        httpx.get(f"{address}/v1/tasks/{newest[0]['id']}?wait=60", timeout=90, trust_env=False)
    for name, number in result.last.items():
        found = httpx.get(f"{address}/v1/articles/{name}", trust_env=False)
        if f"version {number}." not in found.text:
            result.failures.append(f"{name}: version {number} was acknowledged and is lost: {found.text[:200]}")


def campaign(folder: Path, commits: int, readers: int, kills: int, model: str, seed: int) -> Campaign:
    """Run in ``folder``: ``kills`` + 1 lives of the service, the commits shared among them."""
    chance, result, index = random.Random(seed), Campaign(), folder / "index"
    start = folder / "start.jsonl"
    start.write_text("\n".join(json.dumps(article(f"article-{at}", 0)) for at in range(ARTICLES)), "utf-8")
    subprocess.run([*INDEX_COMMAND, str(start), "--index", str(index), "--model", model], cwd=ROOT, check=True)
    number = 0
    for life in range(kills + 1):
        with served(index) as (process, address, _):
            check(address, result)
            done, killed = threading.Event(), threading.Event()
            threads = [threading.Thread(target=read, args=(address, done, killed, result)) for _ in range(readers)]
            for thread in threads:
                thread.start()
            for _ in range(commits // (kills + 1) + (life == 0) * (commits % (kills + 1))):
                number += 1
                write(address, index, number, chance, result)
            number += 1
            if life < kills:
                write_and_kill(process, address, number, result, killed, with_writer=life % 2 == 0)
            else:
                check(address, result)
            done.set()
            for thread in threads:
                thread.join()
    return result


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--model", default="fake")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = campaign(
            Path(folder), arguments.commits, arguments.readers, arguments.kills, arguments.model, arguments.seed
        )
    print(f"{dict(result.answers)}, {len(result.generations)} generations seen, {len(result.failures)} failures")
    for failure in result.failures[:20]:
        print(failure)
    sys.exit(bool(result.failures))


def _expect(answer: httpx.Response, result: Campaign) -> None:
    if answer.status_code != 200 or answer.json()["status"] != "succeeded":
        result.failures.append(f"a write was answered {answer.status_code}: {answer.text[:200]}")


if __name__ == "__main__":
    main()

"""Damaged inputs of every format are read as `paraglot index --dry-run` reads them: does any stop a run, or take long?

    python benchmarks/mutations.py [--inputs 10000] [--seed 1] [--dense 1000000] [--keep FOLDER]

Small sound inputs (`benchmarks/mutation_samples.py`) are changed by bits, cuts, doubled, inserted and swapped parts,
one to four times each. A crash is any exception, raised or told as the fault of an input by its class; what takes
longer than 5 s a megabyte of processor time (5 s for any small one) is slow; tables and lines that hold next to
nothing a row are measured by the same rule, so many bytes of each. Prints each with the number that makes it again;
FOLDER gets the inputs. Exit code 1 where there is any.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # imported by the suite, too

from mutation_samples import dense, samples

from paraglot.indexer.corpus.drafts import Skipped
from paraglot.indexer.corpus.dry_run import dry_run
from paraglot.indexer.readers.inputs import Options

SLOW_S = 5.0
_UNNAMED = re.compile(r"cannot be read: [A-Z]\w*: ")
"""How a reader's own fault is told (`paraglot.indexer.corpus.corpus`); all else names what is wrong with the input."""

_INSERTED: tuple[bytes, ...] = (
    b"\0",
    b"\xff",
    b"\xef\xbf\xbe",
    b'"',
    b"<",
    b"<!--",
    b"<![CDATA[",
    b"]]>",
    b"&#0;",
    b"&",
    b"{{",
    b"[[",
    b"{|",
)
_INSERTED += (
    b"\r",
    b"\n\n",
    b"[" * 50,
    b"\x1b$B",
    b"\xe2\x80\xae",
    b"\\u",
    b"\\ud800",
    b"99999999999",
    b"-1",
    b"1e999",
)


@dataclass(slots=True)
class Outcome:
    """What came of a campaign. ``crashes`` and ``slow`` say each input and what happened."""

    inputs: int = 0
    articles: int = 0
    skipped: int = 0
    crashes: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    formats: Counter[str] = field(default_factory=Counter)


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A content with one to four damages."""
    for _ in range(chance.randint(1, 4)):
        content = chance.choice((_bits, _cut, _doubled, _inserted, _swapped))(content, chance)
    return content


def _part(content: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(content) + 1)
    return start, min(len(content), start + chance.choice((1, 4, 20, 100, 1000)))


def _bits(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 3, 20)) if content else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(content: bytes, chance: random.Random) -> bytes:
    start, end = _part(content, chance)
    return content[:start] + (content[end:] if chance.random() < 0.7 else b"")


def _doubled(content: bytes, chance: random.Random) -> bytes:
    start, end = _part(content, chance)
    return content[:end] + content[start:end] * chance.choice((1, 2, 50)) + content[end:]


def _inserted(content: bytes, chance: random.Random) -> bytes:
    at, _ = _part(content, chance)
    given = chance.choice(_INSERTED) if chance.random() < 0.7 else chance.randbytes(chance.choice((1, 2, 8, 40)))
    return content[:at] + given * chance.choice((1, 1, 1, 2, 200)) + content[at:]


def _swapped(content: bytes, chance: random.Random) -> bytes:
    (one, two), (three, four) = sorted((_part(content, chance), _part(content, chance)))
    three = max(two, three)
    four = max(three, four)
    return content[:one] + content[three:four] + content[two:three] + content[one:two] + content[four:]


def campaign(folder: Path, inputs: int, seed: int, keep: Path | None = None, dense_bytes: int = 0) -> Outcome:
    """Read so many damaged inputs, of each format in its turn, and dense ones of ``dense_bytes``."""
    outcome = Outcome()
    for name, content in dense(dense_bytes).items():
        _read(folder / name, content, "dense", outcome)
    sound = samples()
    names = list(sound)
    for number in range(inputs):
        name = names[number % len(names)]
        content = mutated(sound[name], random.Random(f"{seed}/{number}"))
        before = len(outcome.crashes) + len(outcome.slow)
        _read(folder / name, content, f"{seed}/{number}", outcome)
        if keep and len(outcome.crashes) + len(outcome.slow) > before:
            (keep / f"{seed}-{number}-{name}").write_bytes(content)
    return outcome


def _read(path: Path, content: bytes, number: str, outcome: Outcome) -> None:
    path.write_bytes(content)
    outcome.inputs += 1
    outcome.formats[path.name] += 1
    skipped: list[Skipped] = []
    began = time.process_time()
    try:
        outcome.articles += dry_run([path], Options(), None, skipped.append).articles
    except Exception as error:
        outcome.crashes.append(f"{number} {path.name}: {type(error).__name__}: {error}")
    taken = time.process_time() - began
    outcome.skipped += len(skipped)
    outcome.crashes += [f"{number} {one}" for one in map(str, skipped) if _UNNAMED.search(one)]
    if taken > SLOW_S * max(1, len(content) / 1_000_000):
        outcome.slow.append(f"{number} {path.name}: {taken:.1f} s for {len(content)} bytes")
    path.unlink()


def main() -> int:
    """Run a campaign of the size that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dense", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        outcome = campaign(Path(folder), given.inputs, given.seed, given.keep, given.dense)
    for line in [*outcome.crashes, *outcome.slow]:
        print(line)
    print(
        f"{outcome.inputs} damaged and dense inputs of {len(outcome.formats)} kinds: {outcome.articles} articles read, "
        f"{outcome.skipped} faults named, {len(outcome.crashes)} crashes, {len(outcome.slow)} slow"
    )
    return 1 if outcome.crashes or outcome.slow else 0


if __name__ == "__main__":
    sys.exit(main())

"""How fast and in how much memory a dump streams through the readers: a MediaWiki-shaped one of each size, made here.

    python benchmarks/streaming.py --megabytes 100 2000

Each dump is written compressed (``.xml.bz2``) to a temporary folder and read by ``paraglot index --dry-run`` in a
process of its own, whose peak memory is what the system says.
"""

from __future__ import annotations

import argparse
import bz2
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en"><siteinfo>
<sitename>Wikipedia</sitename><dbname>enwiki</dbname><base>https://en.wikipedia.org/wiki/Main_Page</base></siteinfo>
"""
WORDS = [
    "the",
    "of",
    "and",
    "a",
    "in",
    "to",
    "was",
    "river",
    "town",
    "council",
    "bridge",
    "mill",
    "bread",
    "tax",
    "baker",
    "market",
    "year",
    "people",
    "built",
    "stone",
    "old",
    "new",
    "house",
    "church",
    "road",
    "field",
    "war",
    "king",
    "paper",
    "school",
    "water",
    "light",
    "garden",
    "letter",
    "ship",
    "sea",
    "island",
    "mountain",
    "forest",
    "north",
    "south",
]


def page(number: int, choose: random.Random) -> str:
    """An article as wikis have them: an infobox, prose with links and references, sections, a list and a table."""

    def prose(sentences: int) -> str:
        return " ".join(
            " ".join(choose.choices(WORDS, k=choose.randint(8, 25))).capitalize()
            + f" [[{choose.choice(WORDS)}|{choose.choice(WORDS)}]]."
            + (
                f"&lt;ref&gt;{{{{cite web|url=http://x.example/{number}|title=T}}}}&lt;/ref&gt;"
                if choose.random() < 0.3
                else ""
            )
            for _ in range(sentences)
        )

    sections = "\n\n".join(
        f"== {choose.choice(WORDS).title()} ==\n{prose(5)}\n\n{prose(7)}" for _ in range(choose.randint(1, 8))
    )
    return f"""<page><title>Article {number}</title><ns>0</ns><id>{number}</id><revision><id>1</id>
<timestamp>2024-05-31T10:00:00Z</timestamp><model>wikitext</model><format>text/x-wiki</format>
<text bytes="1" xml:space="preserve">{{{{Infobox town|name=Article {number}|area={{{{convert|5|km2}}}}}}}}
'''Article {number}''' {prose(4)}

{sections}
* {prose(1)}
* {prose(1)}
{{| class="wikitable"
! Year !! People
|-
| 1900 || {number}
|}}
[[Category:Towns]]</text></revision></page>
<page><title>Talk:Article {number}</title><ns>1</ns><id>{number}9</id><revision><text>Hello.</text></revision></page>
"""


def write_dump(path: Path, megabytes: int) -> int:
    """Write a dump of that size before compression; the same dump for the same size. Returns its articles."""
    choose = random.Random(1)
    written, number = 0, 0
    pool = [page(one, choose) for one in range(1000)]  # text costs more to make than to read
    with bz2.open(path, "wb", compresslevel=1) as file:
        file.write(HEAD.encode())
        while written < megabytes * 1_000_000:
            number += 1
            block = pool[number % 1000].replace(f"<id>{number % 1000}</id>", f"<id>{number + 1000}</id>", 1).encode()
            written += file.write(block)
        file.write(b"</mediawiki>\n")
    return number


def main() -> None:
    """Print a row for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, nargs="+", default=[100, 2000])
    print(f"{'MB':>6} {'articles':>9} {'paragraphs':>11} {'seconds':>8} {'MB/s':>6} {'peak MB':>8}")
    for megabytes in parser.parse_args().megabytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "enwiki.xml.bz2")
            articles = write_dump(path, megabytes)
            code = (
                f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); from memory import peak_mb; "
                "from paraglot.api.cli.main import app; "
                f"sys.argv = ['paraglot', 'index', {str(path)!r}, '--dry-run', '--json']\n"
                "try: app()\n"
                "finally: print(peak_mb(), file=sys.stderr)"
            )
            started = time.perf_counter()
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            seconds = time.perf_counter() - started
        seen = json.loads(done.stdout)
        assert seen["articles"] == articles, (seen["articles"], articles)
        peak = float(done.stderr.split()[-1])
        row = f"{megabytes:>6} {articles:>9} {seen['paragraphs']:>11} {seconds:>8.0f} {megabytes / seconds:>6.1f}"
        print(f"{row} {peak:>8.0f}", flush=True)


if __name__ == "__main__":
    main()

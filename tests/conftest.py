"""What many tests share: a small corpus, and an index of it made with the fake encoder."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import portalocker
import pytest
from hypothesis import HealthCheck, settings

from paraglot.indexer.build import index_corpus
from paraglot.indexer.corpus.drafts import Place
from paraglot.indexer.corpus.fields import draft_of
from paraglot.indexer.readers.inputs import Options
from paraglot.indexer.run import Making
from paraglot.indexer.write import writing
from paraglot.search.engine.engine import Engine

# The same examples in every run, and no bound on how long one takes: a fault is found by whoever looks for it (`hunt`,
# in `make bars`), not by whoever changes something else on a busy machine.
ALIKE = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("house", derandomize=True, **ALIKE)
settings.register_profile("quick", derandomize=True, max_examples=15, **ALIKE)
settings.register_profile("hunt", max_examples=2_000, **ALIKE)
settings.load_profile("house")

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"

TOGETHER = ("tests/test_cluster/", "tests/test_pages/")
"""Folders whose tests one process has all: a cluster takes half a minute to start, a browser and its service seconds."""

LONG = (
    *TOGETHER,
    "tests/test_wheel.py",
    "tests/test_seeds.py",
    "tests/test_indexer/test_crash.py",
    "tests/test_api/test_http_guide.py",
    "tests/test_api/test_contract.py",
)
"""What begins first, so that it is not what the others wait for at the end."""

MEMORY, ROOMY_BYTES = Path("/dev/shm"), 4_000_000_000


def pytest_configure(config: pytest.Config) -> None:
    """Have temporary files in memory where there is room: a commit waits for the disk more than 25 times."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and _serves(os.statvfs(MEMORY)):
        os.environ["TMPDIR"], tempfile.tempdir = str(MEMORY), None
    if config.getoption("dist", "no") == "loadfile":
        config.option.loadscopereorder = False
        # Its processes have all cores; further threads of libraries' only spin while they wait for each other.
        os.environ.setdefault("OMP_NUM_THREADS", "1")


def _serves(memory: os.statvfs_result) -> bool:
    """Whether it has room, and programs may lie in it, as in the environments that tests make."""
    return memory.f_bavail * memory.f_frsize > ROOMY_BYTES and not memory.f_flag & getattr(os, "ST_NOEXEC", 0)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Files are given to processes whole, and some folders."""
    from xdist.scheduler import LoadFileScheduling

    class Whole(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return scope_of(nodeid)

    return Whole(config, log) if config.getvalue("dist") == "loadfile" else None


def scope_of(nodeid: str) -> str:
    """The file or the folder that a test is in, as processes are given them."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is `LONG` first, then what has the most tests. What ends nodes of a cluster comes after its other tests."""
    counts = Counter(scope_of(item.nodeid) for item in items)

    def order(item: pytest.Item) -> tuple[int, int, str, bool]:
        scope = scope_of(item.nodeid)
        return LONG.index(scope) if scope in LONG else len(LONG), -counts[scope], scope, "outages" in item.nodeid

    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=order)


ARTICLES = [
    {"id": "tax", "title": "The tax on bread", "language": "en", "date": "2024-05-31", "source": "Gazette",
     "text": "The council raised the bread tax.\n\nBakers in the old town protested loudly."},
    {"id": "steuer", "title": "Die Steuer auf Brot", "language": "de", "tags": ["Stadt"],
     "text": "Der Rat hat die Steuer erhöht.\n\nDie Bäcker der Altstadt protestierten laut.\n\nBread heißt Brot."},
    {"id": "税", "title": "面包税", "language": "zh-TW", "text": "市议会提高了面包税。\n\n老城的面包师抗议。"},
]  # fmt: skip


@pytest.fixture
def write_corpus(tmp_path: Path) -> Callable[[list[dict[str, object]]], Path]:
    """Write articles as JSON lines; gives the file's path."""

    def write(articles: list[dict[str, object]]) -> Path:
        path = tmp_path / "corpus.jsonl"
        path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in articles), "utf-8")
        return path

    return write


def index_of(folder: Path, articles: Iterable[Mapping[str, object]]) -> Path:
    """An index of articles in ``folder``, made with the fake encoder; they stand beside it as JSON lines."""
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, articles)), "utf-8")
    index_corpus(folder / "index", [folder / "corpus.jsonl"], "fake")
    return folder / "index"


@pytest.fixture(scope="session")
def pristine_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an index of `ARTICLES`, made with the fake encoder, which no test may change."""
    folder = tmp_path_factory.mktemp("small")
    return _made(folder / "index", "whoosh")


@pytest.fixture(scope="session")
def pristine_tantivy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `pristine_index`, its words kept by tantivy."""
    return _made(tmp_path_factory.mktemp("small") / "index", "tantivy")


def _made(folder: Path, keyword: str) -> Path:
    # From nowhere: tests read the corpus from many places.
    with writing(folder, Making("fake", keyword=keyword)) as write:
        for article in ARTICLES:
            write.put(draft_of(Place(folder), article, Options()))
        write.commit()
    return folder


@pytest.fixture
def small_index(tmp_path: Path, pristine_index: Path, write_corpus: Callable[[list[dict[str, object]]], Path]) -> Path:
    """A copy of `pristine_index`, the test's own; the corpus stands beside it."""
    write_corpus(ARTICLES)
    return Path(shutil.copytree(pristine_index, tmp_path / "index"))


@pytest.fixture
def engine(small_index: Path) -> Iterator[Engine]:
    """An engine over `small_index`."""
    with Engine(small_index) as opened:
        yield opened


@pytest.fixture(scope="session")
def seeds_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an index of the seeds, made with the fast built-in encoder."""
    own = tmp_path_factory.mktemp("seeds")
    several = tmp_path_factory.getbasetemp().parent / "seeds" if "PYTEST_XDIST_WORKER" in os.environ else own
    # The first of the suite's processes makes it for all, however long the others wait.
    with portalocker.Lock(several.with_suffix(".lock"), flags=portalocker.LockFlags.EXCLUSIVE):
        if not (several / "made").exists():
            report = index_corpus(several / "index", [SEEDS], "builtin-fast")
            assert report.skipped == []
            (several / "made").touch()
    if several != own:
        shutil.copytree(several / "index", own / "index")
    return own / "index"

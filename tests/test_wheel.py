"""What is installed: one package and one command, which hide nothing of the application beside them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("pyproject.toml", "README.md", "LICENSE", "NOTICE", "search", "indexer", "api")

APPLICATION = """
import api, indexer, search
assert (search.NAME, api.NAME, indexer.NAME) == ("its search", "its api", "its indexer")
from pathlib import Path
from paraglot import SearchRequest, index_corpus, open_index
index_corpus(Path("index"), [Path("corpus")])
with open_index("index") as engine:
    for hit in engine.search(SearchRequest("Wer hat die Steuer erhöht?")).hits:
        print(hit.article.title)
assert search.NAME == "its search"
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment that has our wheel, and what it needs from this one."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in OURS:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy(path, source)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    wheels = folder / "wheels"
    options = ["--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels)]
    subprocess.run([*pip, "wheel", *options, str(source)], check=True)
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    # A .pth file inside of these is not read, so that the checkout itself stays out.
    (packages / "needs.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")))
    (wheel,) = wheels.iterdir()
    python = environment / "bin" / "python"
    subprocess.run([*pip, "--python", str(python), "install", "--no-deps", str(wheel)], check=True)
    return environment / "bin"


@pytest.fixture
def application(tmp_path: Path) -> Path:
    """A project with modules of its own by the names of our folders."""
    (tmp_path / "search.py").write_text('NAME = "its search"\n')
    for name in ("api", "indexer"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f'NAME = "its {name}"\n')
    (tmp_path / "application.py").write_text(APPLICATION)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "tax.txt").write_text("The bread tax\n\nThe council raised the tax on bread.\n")
    return tmp_path


@pytest.mark.slow
def test_an_application_keeps_its_own_search_api_and_indexer(installed: Path, application: Path) -> None:
    def run(*command: str) -> str:
        done = subprocess.run([installed / command[0], *command[1:]], cwd=application, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert run("python", "application.py") == "The bread tax\n"
    assert "The council raised the tax on bread." in run("paraglot", "search", "council bread", "--index", "index")
    where = run("python", "-c", "import paraglot.search.engine.engine as engine; print(engine.__file__)")
    assert str(ROOT) not in where, "the wheel is used, not the checkout"

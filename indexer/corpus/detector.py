"""py3langid's tables, mapped: 63 MB, of which a text touches little, and a second of processor time to unpack.

They are unpacked once for a user, into the folder where programs keep what they can make again; every process maps them
from there. Where that folder cannot be written, they are held in memory.
"""

from __future__ import annotations

import os
import sys
import zlib
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from paraglot.search import disk
from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.arrays import Arrays, map_arrays, write_arrays

Tables: TypeAlias = tuple[dict[str, Any], Arrays]
"""The labels, and by name what py3langid keeps."""

_MODEL = MODEL_DIR / MODEL_FILE

_LAYOUT = 1
"""Of the file that is written here: raised when it changes."""


def open_detector() -> LanguageIdentifier:
    """A detector that knows 113 languages by two letters, and gives probabilities.

    Two letters leave out what no reader declares (Arabic and Chinese dialects, pidgins); Bosnian would only take
    paragraphs from Croatian and Serbian, of which it can hardly be told apart.
    """
    path = cache_folder() / f"languages-{zlib.crc32(_MODEL.read_bytes()):08x}-{_LAYOUT}.arrays"
    tables = _mapped(path)
    if tables is None:
        unpacked = _unpacked()
        with suppress(OSError):
            _keep(path, unpacked)
        tables = _mapped(path) or unpacked
    return _detector(tables)


def cache_folder() -> Path:
    """Where this user's programs keep what they can make again."""
    home = Path("~").expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home)) / "paraglot"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "paraglot"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "paraglot"


def _is_ours(path: Path) -> bool:
    """Whether a file is there that nobody else can have written."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return os.name != "posix" or (found.st_uid == os.getuid() and not found.st_mode & 0o022)


def _mapped(path: Path) -> Tables | None:
    """The tables that were kept; None where there are none, or others than were written."""
    if not _is_ours(path):
        return None
    try:
        facts, arrays = map_arrays(path)
        sizes = {name: len(own) for name, own in arrays.items()}
        return (facts, arrays) if sizes == facts["sizes"] else None
    except (IndexDamaged, KeyError, TypeError):
        return None


def _unpacked() -> Tables:
    whole = LanguageIdentifier.from_model_file(MODEL_FILE)
    whole.set_languages([label for label in whole.labels if len(label) == 2 and label != "bs"])
    arrays = {
        "weights": whole.nb_ptc.ravel(),
        "priors": whole.nb_pc,
        "moves": np.array(whole.tk_nextmove),
        "rows": np.array(whole.tk_row),
        "features": np.array(whole.tk_output, np.int32),
    }
    return {"labels": whole.nb_classes, "sizes": {name: len(own) for name, own in arrays.items()}}, arrays


def _keep(path: Path, tables: Tables) -> None:
    """Write the tables beside the path and give them its name in one step. Raises `OSError`."""
    disk.make_folder(path.parent)
    draft = path.with_name(f"{path.name}-{os.getpid()}")
    try:
        disk.write_through(draft, partial(write_arrays, facts=tables[0], arrays=tables[1]))
        disk.replace_file(draft, path)
    finally:
        disk.remove_file(draft)


def _detector(tables: Tables) -> LanguageIdentifier:
    """A memory view is read one number at a time as quickly as a list, and copies nothing."""
    facts, arrays = tables
    return LanguageIdentifier(
        arrays["weights"].reshape(-1, len(facts["labels"])),
        arrays["priors"],
        facts["labels"],
        arrays["moves"].data,
        arrays["features"].tolist(),
        norm_probs=True,
        tk_row=arrays["rows"].tolist(),
    )

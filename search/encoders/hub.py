"""Where the files of a sentence-transformers model lie, what they are, and whether they may be read."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from paraglot.search.encoders.known import known_model
from paraglot.search.errors import EncoderMissing

WANTED = ["*.json", "*.safetensors", "*.txt", "*.model"]
UNWANTED = ["onnx/*", "openvino/*", "*checkpoint*", "*.onnx", "*.bin"]
"""Of a model's files, those that are downloaded: no code, no pickles, no exports for other engines."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of model: the flag that names one, what it is called, and who has those of a name without an owner."""

    flag: str
    noun: str
    owner: str


ENCODER = Kind("--model", "sentence-transformers model", "sentence-transformers")
RERANKER = Kind("--reranker", "cross-encoder", "cross-encoder")


def check_name(name_or_path: str, kind: Kind = ENCODER) -> None:
    """Raises `EncoderMissing` for what is neither a folder nor a name: without torch, whose import takes seconds."""
    is_name = _HUB_NAME.fullmatch(name_or_path) and not name_or_path.startswith(".")
    if not is_name and not Path(name_or_path).expanduser().is_dir():
        raise EncoderMissing(f"There is no folder {name_or_path}.", f"Give the folder of a {kind.noun}.")


def not_loaded(folder: Path, problem: Exception) -> EncoderMissing:
    """What is raised where a model is there and its library cannot make it."""
    reason = str(problem).strip().partition("\n")[0]
    return EncoderMissing(
        f"The model in {folder} cannot be loaded: {reason}",
        "It may be damaged, or need code of its own (trust_remote_code), which is never run. Choose another model.",
    )


def find_folder(name_or_path: str, kind: Kind = ENCODER) -> Path:
    """The folder of a model: itself, or its snapshot in the Hugging Face cache, downloaded if need be and allowed.

    An existing folder or a cached model is never looked up in the network. Raises `EncoderMissing`.
    """
    check_name(name_or_path, kind)
    folder = Path(name_or_path).expanduser()
    if folder.is_dir():
        return folder.resolve()
    name = name_or_path if "/" in name_or_path else f"{kind.owner}/{name_or_path}"
    known = known_model(name)
    revision = known.revision if known else None
    cached = _cached(name, revision)
    if cached is not None:
        return cached
    if offline():
        raise EncoderMissing(
            f"The model {name} is not on this machine, and HF_HUB_OFFLINE forbids to download it.",
            f"Give {kind.flag} the path of a local folder, or unset HF_HUB_OFFLINE and run once online, "
            "or copy the Hugging Face cache of a machine that has the model.",
        )
    return _downloaded(name, revision, kind)


def offline() -> bool:
    """Whether HF_HUB_OFFLINE is set."""
    return os.environ.get("HF_HUB_OFFLINE", "").strip().lower() in {"1", "true", "yes", "on"}


def has_weights(folder: Path) -> bool:
    """Whether ``folder`` holds a model with its weights (ours, or safetensors)."""
    described = (folder / "modules.json").exists() or (folder / "config.json").exists()
    return described and (any(folder.rglob("*.safetensors")) or _is_ours(folder))


def _is_ours(folder: Path) -> bool:
    """Whether the weights are in the form of one of the built-in encoders, which is no pickle."""
    return any((folder / name).exists() for name in ("network.bin", "network.onnx"))


def refuse_pickles(folder: Path) -> None:
    """Raises `EncoderMissing` where a module's weights are only there as a pickle, which can run code when read."""
    for place in _module_folders(folder):
        pickles = [file for pattern in ("*.bin", "*.pt", "*.pth", "*.pkl") for file in sorted(place.glob(pattern))]
        if pickles and not any(place.glob("*.safetensors")) and not _is_ours(place):
            raise EncoderMissing(
                f"The weights of {folder} are pickled ({pickles[0].name}), which can run foreign code when read.",
                "Choose a model with safetensors weights, or save it once with safe_serialization=True.",
            )
    if not has_weights(folder):
        raise EncoderMissing(
            f"{folder} holds no sentence-transformers model with safetensors weights.",
            "Give a folder with modules.json or config.json and a .safetensors file.",
        )


def fingerprint(folder: Path) -> str:
    """SHA-256 over names and contents of all files that a vector may depend on; the same for a copy elsewhere."""
    total = hashlib.sha256()
    for file in sorted(_relevant(folder), key=lambda file: file.relative_to(folder).as_posix()):
        total.update(f"{file.relative_to(folder).as_posix()}\0{_content(file)}\n".encode())
    return total.hexdigest()


def cached_models() -> list[tuple[str, int]]:
    """(name, bytes) of each sentence-transformers model in the Hugging Face cache, by name."""
    from huggingface_hub.constants import HF_HUB_CACHE

    found = []
    for folder in sorted(Path(HF_HUB_CACHE).glob("models--*")):
        snapshots = [place.parent for place in folder.glob("snapshots/*/modules.json") if has_weights(place.parent)]
        if snapshots:
            size = sum(file.stat().st_size for file in _relevant(snapshots[-1]))
            found.append((folder.name.removeprefix("models--").replace("--", "/"), size))
    return found


def _cached(name: str, revision: str | None) -> Path | None:
    """The model's snapshot in the cache, if it is there with its weights."""
    from huggingface_hub import snapshot_download

    try:
        folder = Path(snapshot_download(name, revision=revision, local_files_only=True)).resolve()
    except (OSError, ValueError):  # not there, or not a name
        return None
    return folder if has_weights(folder) else None


def _downloaded(name: str, revision: str | None, kind: Kind) -> Path:
    """The model's snapshot after a download. Raises `EncoderMissing` whatever went wrong."""
    from huggingface_hub import snapshot_download

    try:
        found = snapshot_download(name, revision=revision, allow_patterns=WANTED, ignore_patterns=UNWANTED)
        return Path(found).resolve()
    except Exception as problem:
        reason = str(problem).strip().partition("\n")[0]
        raise EncoderMissing(
            f"The model {name} is not on this machine and could not be downloaded: {reason}",
            f"Check the name and the connection, or give {kind.flag} the path of a local folder.",
        ) from problem


def _module_folders(folder: Path) -> list[Path]:
    """The folder itself and those that its ``modules.json`` names. Raises `EncoderMissing` when it is damaged."""
    listing = folder / "modules.json"
    if not listing.exists():
        return [folder]
    try:
        return [folder, *(folder / module["path"] for module in json.loads(listing.read_text("utf-8")))]
    except (ValueError, KeyError, TypeError) as problem:
        raise EncoderMissing(f"{listing} cannot be read ({problem}).", "Download the model again.") from problem


def _relevant(folder: Path) -> Iterator[Path]:
    for file in folder.rglob("*"):
        place = file.relative_to(folder)
        hidden = any(part.startswith(".") for part in place.parts)
        kept = any(file.match(pattern) for pattern in [*WANTED, "*.bin", "pieces.*", "network.onnx"])
        if kept and not hidden and place.parts[0] not in {"onnx", "openvino"} and file.is_file():
            yield file


def _content(file: Path) -> str:
    """The SHA-256 of a file; the hub's cache has it as the name of what a large file's link points to."""
    target = file.resolve().name
    if file.is_symlink() and _SHA256.fullmatch(target):
        return target
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

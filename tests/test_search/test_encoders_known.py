"""The table of well-known models, and the page of the docs that shows it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from paraglot.search.encoders import hub
from paraglot.search.encoders.known import KNOWN_MODELS, KnownModel, known_model
from tests.conftest import ROOT


def row(model: KnownModel) -> str:
    prefixes = (f"`{prefix}`" if prefix else "" for prefix in (model.query_prefix, model.paragraph_prefix))
    cells = (f"`{model.name}`", str(model.dimension), str(model.max_tokens or "no limit"), *prefixes, model.license)
    return "".join(f"| {cell} " if cell else "| " for cell in cells) + "|"


def test_the_docs_show_the_table() -> None:
    page = (ROOT / "docs" / "models.md").read_text("utf-8")
    shown = [line for line in page.splitlines() if line.startswith("| `") and "--model" not in line]
    assert shown == [row(model) for model in KNOWN_MODELS]
    assert [model.revision for model in KNOWN_MODELS if model.revision and model.revision not in page] == []
    assert "None of these was run by us" in page


def test_names() -> None:
    assert [known_model(model.name) for model in KNOWN_MODELS] == list(KNOWN_MODELS)
    short = known_model("paraphrase-multilingual-minilm-l12-v2")
    assert short is not None
    assert short.name == "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"
    assert known_model("multilingual-e5-small") is None
    assert known_model("nobody/has-this") is None


def test_the_pinned_revision_is_downloaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub", reason="huggingface_hub is missing")
    asked: list[tuple[str, str | None, bool]] = []

    def download(name: str, *, revision: str | None, local_files_only: bool = False, **_: object) -> str:
        asked.append((name, revision, local_files_only))
        if local_files_only:
            raise OSError("not in the cache")
        return str(tmp_path)

    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr(sys.modules["huggingface_hub"], "snapshot_download", download)
    revision = "2ab44ec5c6ffa948890dcd605b723be45690d220"
    assert hub.find_folder("BAAI/bge-m3") == tmp_path.resolve()
    assert asked == [("BAAI/bge-m3", revision, True), ("BAAI/bge-m3", revision, False)]
    hub.find_folder("intfloat/multilingual-e5-small")
    assert asked[2:] == [
        ("intfloat/multilingual-e5-small", None, True),
        ("intfloat/multilingual-e5-small", None, False),
    ]


@pytest.mark.parametrize("backend", ["onnx", "openvino"])
def test_a_backend_that_is_not_installed_names_the_command(monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    from paraglot.search.encoders import transformer
    from paraglot.search.errors import EncoderMissing

    monkeypatch.setattr(transformer, "find_spec", lambda name: None)
    with pytest.raises(EncoderMissing, match=rf"pip install 'sentence-transformers\[{backend}\]'"):
        transformer._check_backend(backend)
    transformer._check_backend("torch")


def test_a_models_own_int8_file_is_taken_for_its_backend(tmp_path: Path) -> None:
    from paraglot.search.encoders.transformer import _quantized

    assert _quantized(tmp_path, "onnx") is None
    for name in (
        "onnx/model.onnx",
        "onnx/model_qint8_arm64.onnx",
        "onnx/model_quint8_avx2.onnx",
        "openvino/o_qint8.xml",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert _quantized(tmp_path, "onnx") == "onnx/model_quint8_avx2.onnx"
    assert _quantized(tmp_path, "openvino") == "openvino/o_qint8.xml"


def test_the_index_keeps_the_backend_in_the_models_name() -> None:
    from paraglot.search.encoders.load import with_backend

    assert with_backend("some/model", "onnx") == "onnx:some/model"
    assert with_backend("some/model", "torch") == "some/model"
    assert with_backend(None, "onnx") is None

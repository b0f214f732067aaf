"""The language detector: py3langid's answers, by tables that are unpacked once and mapped from then on."""

from __future__ import annotations

from pathlib import Path

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from paraglot.indexer.corpus import detector

TEXTS = (
    "Der Hafen wird gebaut.",
    "Zollen en havens",
    "القمح في مصر",
    "港口 2024",
    "12345",
    "",
    "a",
    "\0b",
    "ALL IN CAPITALS",
)
"""Some shorter than the pieces that are counted, one that cannot be told from what stands between texts."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(detector, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


def told(theirs: LanguageIdentifier, text: str) -> tuple[str, object]:
    """What py3langid says; its sums are added up in another order."""
    language, probability = theirs.classify(text)
    return language, pytest.approx(float(probability), rel=1e-4)


@pytest.mark.slow
def test_what_is_mapped_answers_as_py3langid_does(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    theirs.set_languages([label for label in theirs.labels if len(label) == 2 and label != "bs"])
    cache.mkdir(0o700)
    former = cache / "languages-0123abcd-1.arrays"
    former.write_bytes(b"of a former layout")
    former.chmod(0o600)
    first = detector.open_detector()
    [kept] = cache.iterdir()
    assert (kept.stat().st_mode & 0o777, cache.stat().st_mode & 0o777) == (0o600, 0o700)
    with monkeypatch.context() as patch:
        patch.setattr(LanguageIdentifier, "from_model_file", None)
        again = detector.open_detector()
    for text in TEXTS:
        assert first.classify(text) == again.classify(text) == told(theirs, text)
    assert again.labels == theirs.labels
    several = [*TEXTS, *reversed(TEXTS), " ".join(TEXTS), "\ud800 half a character"]
    assert again.classify_all(several) == [told(theirs, text) for text in several]
    assert again.classify_all([]) == []
    # What was cut off, or may be of somebody else, is not used.
    whole = kept.read_bytes()
    kept.write_bytes(whole[:1000])
    assert detector.open_detector().classify(TEXTS[0]) == told(theirs, TEXTS[0])
    assert kept.read_bytes() == whole
    kept.chmod(0o666)
    detector.open_detector()
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_where_nothing_can_be_kept_the_tables_are_held_in_memory(cache: Path) -> None:
    cache.write_text("no folder")
    assert detector.open_detector().classify(TEXTS[0])[0] == "de"
    assert cache.read_text() == "no folder"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ﺍﻟﻤﻜﺘﺒﺔ ﺍﻟﺠﺪﻳﺪﺓ ﻓﻲ ﺍﻟﻤﺪﻳﻨﺔ", "ar"),  # as old PDFs write it
        ("Ｔｈｅ ｃｏｕｎｃｉｌ ｏｐｅｎｓ ｔｈｅ ｎｅｗ ｓｃｈｏｏｌ ｏｎ Ｍｏｎｄａｙ", "en"),
        ("𝐓𝐡𝐞 𝐜𝐨𝐮𝐧𝐜𝐢𝐥 𝐨𝐩𝐞𝐧𝐬 𝐭𝐡𝐞 𝐧𝐞𝐰 𝐬𝐜𝐡𝐨𝐨𝐥", "en"),
    ],
)
def test_letters_in_a_form_of_their_own_are_the_plain_ones(text: str, language: str) -> None:
    assert detector.open_detector().classify(text)[0] == language


@pytest.mark.parametrize(
    ("system", "name", "value", "folder"),
    [
        ("linux", "XDG_CACHE_HOME", "/somewhere", "/somewhere/paraglot"),
        ("linux", "HOME", "/home/me", "/home/me/.cache/paraglot"),
        ("darwin", "HOME", "/Users/me", "/Users/me/Library/Caches/paraglot"),
        ("win32", "LOCALAPPDATA", "/local", "/local/paraglot"),
    ],
)
def test_it_is_kept_where_the_system_keeps_such_things(
    system: str, name: str, value: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for other in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, value)
    monkeypatch.setattr(detector.sys, "platform", system)
    assert detector.cache_folder() == Path(folder)

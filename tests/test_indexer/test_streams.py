"""What is read piece by piece is in one encoding, told by its beginning; a wrong byte or two are named, junk is no text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft
from paraglot.indexer.readers.inputs import Options

RUSSIAN = "Городской совет решил построить новый мост через реку."
FRENCH = "La rivière a débordé hier soir après de fortes pluies, où l'été."
JAPANESE = "市議会は新しい橋を建設することを決めた。川の近くの古い工場。"


def lines(text: str) -> str:
    return "\n".join(json.dumps({"id": str(one), "text": f"{text} {one}"}, ensure_ascii=False) for one in range(4))


def array(text: str) -> str:
    return f"[{lines(text)}]".replace("\n", ",\n")


def action(text: str) -> str:
    return '{"index": {"_id": "0"}}\n' + json.dumps({"text": text}, ensure_ascii=False)


def read(path: Path) -> tuple[list[str], list[str], list[str]]:
    options = Options()
    found = list(read_corpus([path], options))
    said = [str(one).rpartition("/")[2] for one in found if not isinstance(one, Draft)]
    return [one.text for one in found if isinstance(one, Draft)], said, options.remarks.warned()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (FRENCH, "cp1252"), (JAPANESE, "cp932"), (JAPANESE, "euc_jp")]
    + [(one, encoding) for one in (RUSSIAN, FRENCH) for encoding in ("utf-16", "utf-16-le", "utf-32", "utf-32-be")],
)
def test_json_in_any_encoding(tmp_path: Path, text: str, encoding: str) -> None:
    for name, made in (("a.jsonl", lines), ("b.json", array), ("c.json", action)):
        if made is action and encoding.startswith("utf"):
            continue
        (tmp_path / name).write_bytes(made(text).encode(encoding))
        texts, said, warned = read(tmp_path / name)
        assert (set(texts), said) == ({text} if made is action else {f"{text} {n}" for n in range(4)}, [])
        assert [one.partition(",")[0] for one in warned] == [] if encoding.startswith("utf") else ["Inputs in no UTF-8"]


@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-32"])
def test_feeds_and_texts_in_wide_encodings(tmp_path: Path, encoding: str) -> None:
    item = f"<item><title>М</title><description>{RUSSIAN}</description></item>"
    (tmp_path / "a.rss").write_bytes(f"<?xml version='1.0'?><rss><channel>{item}</channel></rss>".encode(encoding))
    (tmp_path / "b.txt").write_bytes(f"Мост\n\n{RUSSIAN}".encode(encoding))
    assert read(tmp_path) == ([RUSSIAN, RUSSIAN], [], [])


def test_wide_texts_without_any_mark_or_zero(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes((JAPANESE * 2).encode("utf-16-le"))
    assert read(tmp_path) == ([JAPANESE * 2], [], [])


@pytest.mark.parametrize("wrong", [b"\xff", b"\x81", b"\xfd\xff"])
def test_a_wrong_byte_in_ascii_is_no_letter(tmp_path: Path, wrong: bytes) -> None:
    text = b"The council decided to build a br%bidge over the river near the old mill." % wrong
    (tmp_path / "a.csv").write_bytes(b"id,text\n1,%b\n2,The mill stands.\n" % text)
    (tmp_path / "b.txt").write_bytes(b"Title\n\n" + text)
    texts, said, warned = read(tmp_path)
    assert said == []
    assert ["br\ufffd" in one for one in texts] == [True, False, True]
    assert [one.rpartition("/")[2].split(": ")[0] for one in warned] == ["a.csv:2", "b.txt:3"]


def test_a_letter_or_a_sign_in_ascii_is_one(tmp_path: Path) -> None:
    given = ["a café on the corner", "the mill — an old one", "it’s the old mill", "in 20° of frost", "for 5£ only"]
    (tmp_path / "a").mkdir()
    for number, text in enumerate(given):
        (tmp_path / f"{number}.csv").write_bytes(f"id,text\n{number},{text}\n".encode("cp1252"))
    told = "Inputs in no UTF-8, read as cp1252, which their letters tell: 5; --encoding says it otherwise."
    assert read(tmp_path) == (given, [], [told])


def test_short_junk_is_no_text(tmp_path: Path) -> None:
    junk = [
        b"\x81\x8d\x8f\x90\x9d\xa0\xff\xfe\xc1\xc0\xd8\x9f\xe1\xb3\x87",
        bytes(range(128, 256)),
        b"\x89\xabKTX\xbb\xc3",
    ]
    for number, one in enumerate(junk):
        (tmp_path / f"{number}.csv").write_bytes(b"id,text\n1," + one + b"\n")
    texts, said, _ = read(tmp_path)
    assert texts == []
    assert len(said) == len(junk)
    assert all("not a text" in one or "cannot be told" in one for one in said)

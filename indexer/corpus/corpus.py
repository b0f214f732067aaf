"""A corpus is files, folders and standard input: what is read, by which reader, under which article id."""

from __future__ import annotations

import io
import os
import posixpath
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

from paraglot.indexer.corpus.drafts import Draft, Place, Skipped
from paraglot.indexer.corpus.names import readable_name
from paraglot.indexer.corpus.paragraphs import READ_ALSO, read_also_lines
from paraglot.indexer.readers import unpacking
from paraglot.indexer.readers.formats import ARCHIVES, format_of, reader_of
from paraglot.indexer.readers.inputs import DRAFTS, Input, Options, Unreadable
from paraglot.indexer.readers.kept_back import is_draft_by_name

STDIN = Path("-")
"""What names standard input."""

_PAGES = ("html", "markdown", "text")

_ARCHIVES = {"zip": unpacking.zip_members, "tar": unpacking.tar_members}


def read_corpus(paths: Iterable[Path], options: Options = Options()) -> Iterator[Draft | Skipped]:  # noqa: B008
    """Every article under ``paths``, and the place and reason of everything that is none.

    The id of a file that is one article is its path below the folder that was named (of a file that was named: its
    name). A second use of an id is skipped. Raises nothing for bad inputs. What is left out of the articles is told to
    the remarks of ``options``.
    """
    for item in _first_uses(_read_all(paths, options)):
        if isinstance(item, Draft):
            _tell_left_out(item, options)
        yield item


def read_content(name: str, content: bytes, options: Options) -> Iterator[Draft | Skipped]:
    """The articles in some bytes, as `read_corpus`; ``name`` is the id of what is one article, such as an address."""
    budget = unpacking.Budget(lambda: len(content))
    for item in _first_uses(_read(input_of(name, content, options), budget, 0)):
        if isinstance(item, Draft):
            _tell_left_out(item, options)
        yield item


def input_of(name: str, content: bytes, options: Options) -> Input:
    """Some bytes as an input."""
    return Input(Place(Path(name)), name, io.BufferedReader(io.BytesIO(content)), options)


def _tell_left_out(draft: Draft, options: Options) -> None:
    """Count what will be left out when an article is divided into paragraphs."""
    if draft.plain and draft.blocks is None:
        for text in read_also_lines(draft.text):
            if text not in (draft.furniture or ()):
                options.remarks.leave_out(READ_ALSO, draft.place, text)


def _first_uses(found_all: Iterable[Draft | Skipped]) -> Iterator[Draft | Skipped]:
    files: list[tuple[Path, str]] = []
    first_use: dict[bytes, tuple[int, int]] = {}  # what is held of each article: a hash, a file's number, a line
    for item in found_all:
        if isinstance(item, Skipped):
            yield item
            continue
        place = item.place
        # Paths take long to compare; of one file all places have the same.
        if not files or files[-1][0] is not place.path or files[-1][1] != place.member:
            files.append((place.path, place.member))
        key = blake2b(item.id.encode(), digest_size=12).digest()
        if key not in first_use:
            first_use[key] = (len(files) - 1, place.line)
            yield item
        else:
            number, line = first_use[key]
            earlier = Place(files[number][0], line, files[number][1])
            where = "at the same place" if earlier == place else f"at {earlier}"
            yield Skipped(place, f"a second use of the id {item.id!r}, first used {where}")


def _read_all(paths: Iterable[Path], options: Options) -> Iterator[Draft | Skipped]:
    for path in paths:
        if path == STDIN:
            yield from _read_stream(path, "-", unpacking.Stream(sys.stdin.buffer), options)
        elif path.is_dir():
            unreadable: list[OSError] = []
            root = path.resolve()
            for file in files_below(path, unreadable.append):
                if file.is_symlink() and (fault := _link_fault(file, root)):
                    yield Skipped(Place(file), fault)
                else:
                    yield from _read_file(file, file.relative_to(path).as_posix(), options)
            for error in unreadable:
                yield Skipped(Place(Path(error.filename)), f"the folder cannot be read: {error.strerror}")
        elif path.exists():
            yield from _read_file(path, path.name, options)
        else:
            yield Skipped(Place(path), "there is no such file or folder")


def _link_fault(link: Path, root: Path) -> str | None:
    """Why a link is not followed, None where it is."""
    try:
        target = link.resolve()
    except (OSError, RuntimeError):
        return "a link that leads back to itself"
    if link.exists() and not target.is_relative_to(root):
        return "a link that leads out of the folder, which is not followed"
    return None if link.exists() else "a link that leads to nothing or back to itself"


def files_below(folder: Path, failed: Callable[[OSError], None]) -> Iterator[Path]:
    """The files below a folder in a fixed order; hidden ones are left out, links to folders not followed.

    ``failed`` is called for each folder that cannot be read.
    """
    for root, folders, names in os.walk(folder, onerror=failed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root, name) for name in sorted(names) if not name.startswith("."))


def _read_file(path: Path, article_id: str, options: Options) -> Iterator[Draft | Skipped]:
    try:
        if not path.is_file():
            yield Skipped(Place(path), "not a regular file")
            return
        with path.open("rb") as file:
            yield from _read_stream(path, article_id, unpacking.Stream(file), options)
    except OSError as error:
        yield Skipped(Place(path), f"cannot be read: {error.strerror or error}")


def _read_stream(path: Path, article_id: str, stream: unpacking.Stream, options: Options) -> Iterator[Draft | Skipped]:
    """What comes from outside; what may be unpacked from it is bounded by the bytes that came so far."""
    source = unpacking.buffered_stream(stream)
    article_id = readable_name(article_id).strip() or f"#{blake2b(os.fsencode(article_id), digest_size=6).hexdigest()}"
    budget = unpacking.Budget(lambda: max(stream.count, path.stat().st_size if path != STDIN else 0))
    yield from _read(Input(Place(path), article_id, source, options), budget, 0)


def _read(source: Input, budget: unpacking.Budget, depth: int) -> Iterator[Draft | Skipped]:
    """The articles of an input, unpacked as often as need be. What it is itself to blame for is said, not raised."""
    try:
        if depth > unpacking.MAX_DEPTH:
            raise Unreadable(f"archives and compression in more than {unpacking.MAX_DEPTH} layers")
        head = source.file.peek(unpacking.BLOCK)[: unpacking.BLOCK]
        compression = next((kind for mark, kind in unpacking.COMPRESSIONS.items() if head.startswith(mark)), None)
        if compression:
            inner = unpacking.decompressed(source.file, compression, budget, source.warn)
            yield from _read(_unwrapped(source, inner), budget, depth + 1)
            return
        form = format_of(source, head)
        if form in ARCHIVES:
            yield from _read_members(source, form, budget, depth)
        elif form in _PAGES and not source.options.drafts and is_draft_by_name(source.name):
            source.leave_out(DRAFTS, source.id)
        else:
            yield from reader_of(form)(source)
    except Unreadable as error:
        yield source.skipped(error)
    except UnicodeDecodeError as error:
        yield Skipped(source.place, f"not in the encoding that it declares ({error.encoding})")
    except RecursionError:
        yield Skipped(source.place, "nested too deeply")
    except OSError:
        raise
    except Exception as error:
        # Whatever a reader or its library stumbles over costs this input, never the run.
        yield Skipped(source.place, f"cannot be read: {type(error).__name__}: {str(error)[:200]}")


def _unwrapped(source: Input, inner: object) -> Input:
    """An input by what is in it, without the suffix of what it was compressed with."""
    place, article_id = source.place, source.id
    for suffix in (".tgz", ".tbz2", ".txz", *unpacking.SUFFIXES):
        if article_id.lower().endswith(suffix):
            article_id = article_id[: -len(suffix)]
            break
    return replace(source, place=place, id=article_id, file=inner)  # type: ignore[arg-type]


def _read_members(source: Input, form: str, budget: unpacking.Budget, depth: int) -> Iterator[Draft | Skipped]:
    for written, content in _ARCHIVES[form](source.file, budget):
        name = posixpath.normpath(written)  # ./a.txt is a.txt, which may come again
        member = f"{source.place.member}!{name}" if source.place.member else name
        place = Place(source.place.path, member=member)
        if any(part.startswith((".", "__MACOSX")) and part not in (".", "..") for part in name.split("/")):
            continue  # hidden, as in a folder
        if isinstance(content, Unreadable):
            yield Skipped(place, str(content))
        else:
            member_id = f"{source.id}!{readable_name(name)}"
            yield from _read(Input(place, member_id, content, source.options), budget, depth + 1)

"""Compressed files and archives as streams, bounded: in what comes out of how much, in depth and in members.

Nothing is ever unpacked to a path; a member's name is only a name.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from paraglot.indexer.corpus.names import names_in_one_encoding
from paraglot.indexer.readers.inputs import Unreadable

MAX_DEPTH = 4
"""Layers of archives and compression around a text."""

MAX_RATIO = 200
FREE_BYTES = 64_000_000
"""Bytes that any file may unpack to; beyond them, `MAX_RATIO` times the bytes it has."""

MAX_MEMBERS = 1_000_000
_IN_UTF_8 = 0x800
MAX_SPOOLED_BYTES = 4_000_000_000
"""A zip inside something else, or from standard input, is laid in a temporary file."""

BLOCK = 65_536
_MEMORY_LIMIT = 256_000_000
DAMAGE = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile)

COMPRESSIONS = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
SUFFIXES = (".gz", ".bz2", ".xz", ".zst")


class Budget:
    """How much may come out of one file, all its layers and members together."""

    def __init__(self, size: Callable[[], int]) -> None:
        self._size = size
        self._unpacked = 0

    def spend(self, count: int) -> None:
        """Count bytes that came out. Raises `Unreadable` when they are too many for what went in."""
        self._unpacked += count
        if self._unpacked > FREE_BYTES and self._unpacked > FREE_BYTES + MAX_RATIO * self._size():
            raise Unreadable(f"unpacks to more than {MAX_RATIO} times its size: taken for a bomb")

    def refuse(self, count: int) -> None:
        """Raise `Unreadable` where a member claims to be larger than all that may come out."""
        if count > FREE_BYTES + MAX_RATIO * self._size():
            raise Unreadable(f"a member that claims {count} bytes, more than {MAX_RATIO} times the size of the file")


class Stream(io.RawIOBase):
    """A stream over anything that reads: reads in full, counts, and turns damage into `Unreadable`.

    What stands before the damage is given out first, to those who read with `InPieces` or ``read1``.
    """

    def __init__(self, file: Any, budget: Budget | None = None) -> None:
        self._file = file
        self._budget = budget
        self._damage: Unreadable | None = None
        self.count = 0

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` as far as there is anything."""
        if self._damage:
            raise self._damage
        filled = 0
        while filled < len(buffer):
            try:
                block = self._read(len(buffer) - filled)
            except Unreadable as damage:
                self._damage = damage
                if not filled:
                    raise
                break
            if not block:
                break
            buffer[filled : filled + len(block)] = block
            filled += len(block)
        self.count += filled
        if self._budget:
            self._budget.spend(filled)
        return filled

    def _read(self, count: int) -> bytes:
        try:
            return bytes(self._file.read(count))
        except DAMAGE as error:
            raise Unreadable(f"damaged or cut short: {error}") from None
        except (RuntimeError, NotImplementedError) as error:
            raise Unreadable(f"cannot be unpacked: {error}") from None


class InPieces:
    """A buffered stream for a library that reads and reads again: each reading gives what is there, before damage."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file

    def read(self, count: int = BLOCK) -> bytes:
        """At most ``count`` bytes; b"" at the end alone."""
        return self._file.read1(count)

    def tell(self) -> int:
        """Where the next byte stands."""
        return self._file.tell()


def buffered(file: Any, budget: Budget | None = None) -> io.BufferedReader:
    """A buffered `Stream` whose ``peek`` shows the first `BLOCK` bytes."""
    return buffered_stream(Stream(file, budget))


def buffered_stream(stream: Stream) -> io.BufferedReader:
    """A buffer before a stream."""
    return io.BufferedReader(stream, BLOCK)


def decompressed(file: IO[bytes], kind: str, budget: Budget, warn: Callable[[str], None]) -> io.BufferedReader:
    """The content of a file compressed in one of `COMPRESSIONS`, several one after the other read as one.

    ``warn`` is called where bytes stand behind it that are none of its kind, and are not read.
    """
    return buffered(_Inflated(file, kind, warn), budget)


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Inflated:
    """Reads through a decompressor of the standard library, never holding more than was asked for."""

    def __init__(self, file: IO[bytes], kind: str, warn: Callable[[str], None]) -> None:
        self._file, self._make, self._warn = file, _DECOMPRESSORS[kind], warn
        self._mark = next(mark for mark, compression in COMPRESSIONS.items() if compression == kind)
        self._inner = self._make()
        self._done = False

    def read(self, count: int) -> bytes:
        while not self._done:
            if self._inner.eof:
                left = self._following()
                if not left:
                    break
                self._inner = self._make()
            else:
                left = self._file.read(BLOCK) if self._inner.needs_input else b""
                if self._inner.needs_input and not left:
                    raise EOFError("the compressed data end too soon")
            try:
                if block := self._inner.decompress(left, count):
                    return block
            except OSError as error:  # bz2 has no error of its own
                raise EOFError(str(error)) from None
        return b""

    def _following(self) -> bytes:
        """The beginning of what was compressed behind the first; b"" where nothing, or nothing of the kind, follows."""
        left = (self._inner.unused_data or self._file.read(BLOCK)).lstrip(b"\0")
        while left and len(left) < len(self._mark) and (more := self._file.read(BLOCK)):
            left += more
        if left.startswith(self._mark):
            return left
        self._done = True
        if left:
            self._warn("bytes behind the end of the compressed data, which are not read")
        return b""


class _Gzip:
    """One member of a gzip file, with its checksum."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)
        self._input = b""
        self._full = False
        self._damage: zlib.error | None = None

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._input and not self._full

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        if self._damage:
            raise self._damage
        before, data = self._inner.copy(), self._input + data
        try:
            block = self._inner.decompress(data, max(max_length, 0))
        except zlib.error as damage:
            self._damage, self._full = damage, True
            if not (block := _before_damage(before, data)):
                raise
            return block
        self._input, self._full = self._inner.unconsumed_tail, len(block) == max_length
        return block


_STEP = 64


def _before_damage(inner: Any, data: bytes) -> bytes:
    """What comes out of data before the damage in them."""
    parts = []
    try:
        for at in range(0, len(data), _STEP):
            parts.append(inner.decompress(data[at : at + _STEP]))
    except zlib.error:
        pass
    return b"".join(parts)


class _Zstandard:
    """One frame, fed in small steps, as what comes out of a step cannot be bounded."""

    _FRAME_STEP = 1024

    def __init__(self) -> None:
        import zstandard

        self._error = zstandard.ZstdError
        self._frame = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
        self._input = self._output = b""

    @property
    def eof(self) -> bool:
        return self._frame.eof and not self._output

    @property
    def needs_input(self) -> bool:
        return not self._input and not self._output

    @property
    def unused_data(self) -> bytes:
        return self._frame.unused_data + self._input

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        self._input += data
        try:
            while self._input and not self._output and not self._frame.eof:
                step, self._input = self._input[: self._FRAME_STEP], self._input[self._FRAME_STEP :]
                self._output = self._frame.decompress(step)
        except self._error as error:
            raise EOFError(str(error)) from None
        block, self._output = self._output[:max_length], self._output[max_length:]
        return block


_DECOMPRESSORS: dict[str, Callable[[], _Decompressor]] = {
    "gzip": _Gzip,
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(memlimit=_MEMORY_LIMIT),
    "zstd": _Zstandard,
}


_WINDOWS = 0
"""What a zip says of a member that was made on Windows or DOS."""


def zip_members(file: IO[bytes], budget: Budget) -> Iterator[tuple[str, io.BufferedReader | Unreadable]]:
    """The name and content of each file in a zip, or why it cannot be read. Raises `Unreadable`."""
    with seekable(file) as seekable_file, _opened_zip(seekable_file) as archive:
        members = [info for info in archive.infolist()[: MAX_MEMBERS + 1] if not info.is_dir()]
        locked = sum(info.flag_bits & 1 for info in members)
        for number, (info, name) in enumerate(zip(members, _names(members), strict=True)):
            if number >= MAX_MEMBERS:
                raise Unreadable(f"more than {MAX_MEMBERS} members")
            if info.flag_bits & 1:
                continue
            try:
                with archive.open(info) as member:
                    yield name, buffered(member, budget)
            except (*DAMAGE, RuntimeError, NotImplementedError) as error:
                yield name, Unreadable(f"cannot be unpacked: {error}")
        if locked:
            count = "a file in it is" if locked == 1 else f"{locked} files in it are"
            raise Unreadable(f"{count} locked with a password: unpack it first")


def _names(members: list[zipfile.ZipInfo]) -> list[str]:
    """The names of members; where a zip does not say that they are in UTF-8, in the likeliest encoding of all."""
    unsaid = [info for info in members if not info.flag_bits & _IN_UTF_8 and not info.orig_filename.isascii()]
    written = [info.orig_filename.partition("\0")[0].encode("cp437") for info in unsaid]
    decoded = names_in_one_encoding(written) if written else None
    each = decoded or [(names_in_one_encoding([name]) or [name.decode("cp437")])[0] for name in written]
    read = {id(info): name.replace("\\", "/") for info, name in zip(unsaid, each, strict=True)}
    return [read.get(id(info), _with_slashes(info)) for info in members]


def _with_slashes(info: zipfile.ZipInfo) -> str:
    """The name of a member; what Windows made may have its own mark between folders."""
    return info.filename.replace("\\", "/") if info.create_system == _WINDOWS else info.filename


def _opened_zip(file: IO[bytes]) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(file)
    except (*DAMAGE, ValueError, NotImplementedError) as error:
        raise Unreadable(f"damaged or cut short: {error}") from None
    if not archive.infolist():
        raise Unreadable("the archive is empty")
    file.seek(0)
    if min(info.header_offset for info in archive.infolist()) and file.read(4) == b"PK\x03\x04":
        # Cut short, it ends with the list of an archive inside it, whose members are not its own.
        raise Unreadable("damaged or cut short: the list of its files is missing")
    return archive


def tar_members(file: io.BufferedReader, budget: Budget) -> Iterator[tuple[str, io.BufferedReader | Unreadable]]:
    """The name and content of each file in a tar, or why it cannot be read. Raises `Unreadable`."""
    try:
        pieces: Any = InPieces(file)
        with tarfile.open(fileobj=pieces, mode="r|", errorlevel=2) as archive:
            for number, info in enumerate(archive):
                if number >= MAX_MEMBERS:
                    raise Unreadable(f"more than {MAX_MEMBERS} members")
                budget.refuse(info.size)
                archive.members.clear()  # type: ignore[attr-defined]  # tarfile keeps them all otherwise
                if info.isfile() and (member := archive.extractfile(info)):
                    yield info.name, buffered(member, budget)
                elif not info.isdir():
                    yield info.name, Unreadable("a link or device, which is not followed")
            if getattr(archive.fileobj, "pos", 0) % tarfile.BLOCKSIZE:
                raise Unreadable("damaged or cut short: the archive ends amid the head of a file")
        while pieces.read():  # what ends an archive is compressed as well, and may be cut short
            pass
    except (*DAMAGE, ValueError, OverflowError) as error:
        raise Unreadable(f"damaged or cut short: {error}") from None


@contextmanager
def on_disk(file: IO[bytes]) -> Iterator[Path]:
    """The path of a file's bytes, for a library that reads from nothing else: its own, or that of a temporary copy."""
    with seekable(file) as seekable_file:
        if not isinstance(seekable_file, tempfile.SpooledTemporaryFile):
            yield Path(seekable_file.name)
            return
        with tempfile.NamedTemporaryFile() as copy:
            shutil.copyfileobj(seekable_file, copy)
            copy.flush()
            yield Path(copy.name)


def seekable(file: IO[bytes]) -> IO[bytes]:
    """A temporary copy that can be read from anywhere, which its closing removes.

    A file on the disk itself is opened a second time instead.
    """
    stream = getattr(file, "raw", None)
    inner = getattr(stream, "_file", None)
    if isinstance(inner, io.BufferedReader) and isinstance(inner.raw, io.FileIO) and inner.seekable():
        return Path(os.fsdecode(inner.name)).open("rb")
    copy = tempfile.SpooledTemporaryFile(max_size=8_000_000)  # noqa: SIM115 (closed by the caller)
    done = 0
    while block := file.read(1 << 20):
        done += len(block)
        if done > MAX_SPOOLED_BYTES:
            copy.close()
            raise Unreadable(f"more than {MAX_SPOOLED_BYTES // 1_000_000_000} GB inside another file: unpack it first")
        copy.write(block)
    copy.seek(0)
    return copy

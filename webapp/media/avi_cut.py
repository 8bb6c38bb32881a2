"""An AVI that bytes were removed from, read as if zeros lay there.

It has no times: packets are counted, those of the picture and of the sound each by themselves, and its index
says where they lay. With as many zeros as are missing they lie there again, and what is lost has its time.
"""

import io
import os
import struct
from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import NamedTuple

# Microsoft's "AVI RIFF File Reference": chunks of four letters, a size, and so many bytes, made even.
CHUNK = struct.Struct("<4sI")
LIST_HEADER_BYTES = 12  # with the kind of the list
RIFF, KIND, LIST, MOVIE, INDEX = b"RIFF", b"AVI ", b"LIST", b"movi", b"idx1"
# It comes last. Eight hours of picture and sound have four million entries of 16 bytes.
LONGEST_INDEX_BYTES = 64 << 20
ENTRY = struct.Struct("<4s4xII")  # of the index: letters, flags, place, size


class Cut(NamedTuple):
    """So many bytes are missing from byte `at` on."""

    at: int
    length: int


class Filled(io.RawIOBase):
    """The file at `path` with zeros for what was cut out of it."""

    def __init__(self, path: Path, cut: Cut) -> None:
        self.name = path.as_posix()
        self._file = path.open("rb")
        self._cut, self._position = cut, 0
        self._size = path.stat().st_size + cut.length

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, begin + offset)
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        end = self._size if size is None or size < 0 else min(self._size, self._position + size)
        after = self._cut.at + self._cut.length
        before = self._stored(self._position, min(end, self._cut.at), 0)
        zeros = bytes(max(0, min(end, after) - max(self._position, self._cut.at)))
        behind = self._stored(max(self._position, after), end, self._cut.length)
        data = before + zeros + behind
        self._position += len(data)
        return data

    def close(self) -> None:
        self._file.close()
        super().close()

    def _stored(self, begin: int, end: int, moved: int) -> bytes:
        if begin >= end:
            return b""
        self._file.seek(begin - moved)
        return self._file.read(end - begin)


def filled(path: Path) -> Filled | None:
    """The AVI at `path` as it was; None if nothing was removed from it, or it is none."""
    with path.open("rb") as file:
        if (header := file.read(LIST_HEADER_BYTES))[:4] != RIFF or header[8:] != KIND:
            return None
        with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            cut = _cut(data)
    return Filled(path, cut) if cut else None


def _cut(data: mmap) -> Cut | None:
    """One stretch, in the list of packets, whose index came to lie so much earlier than it should."""
    movie = next((at for kind, at in _chunks(data) if kind == LIST and _kind(data, at) == MOVIE), None)
    if movie is None:
        return None
    _, size = CHUNK.unpack_from(data, movie)
    should = movie + CHUNK.size + size + size % 2
    index = data.rfind(INDEX, max(movie, len(data) - LONGEST_INDEX_BYTES), should)
    if data[should : should + len(INDEX)] == INDEX or index < 0:
        return None
    entries = _entries(data, index, movie + CHUNK.size)
    length = should - index
    last = len(entries)
    while last and _is_at(data, entries[last - 1], length):
        last -= 1
    if last == len(entries) or _is_at(data, entries[last], 0):
        return None
    return Cut(entries[last][1] - length, length)


def _chunks(data: mmap) -> Iterator[tuple[bytes, int]]:
    """The kind of each chunk in the file, and where it begins."""
    at = LIST_HEADER_BYTES
    while at + CHUNK.size <= len(data):
        kind, size = CHUNK.unpack_from(data, at)
        yield kind, at
        at += CHUNK.size + size + size % 2


def _kind(data: mmap, at: int) -> bytes:
    return data[at + CHUNK.size : at + LIST_HEADER_BYTES]


def _entries(data: mmap, index: int, movie: int) -> list[tuple[bytes, int, int]]:
    """Letters, place and size of each packet listed; places count from `movie`, or from the file's begin."""
    _, size = CHUNK.unpack_from(data, index)
    begin = index + CHUNK.size
    listed = data[begin : begin + size // ENTRY.size * ENTRY.size]
    entries = list(ENTRY.iter_unpack(listed[: len(listed) // ENTRY.size * ENTRY.size]))
    if entries and not _is_at(data, entries[0], 0):
        entries = [(letters, place + movie, length) for letters, place, length in entries]
    return entries


def _is_at(data: mmap, entry: tuple[bytes, int, int], earlier: int) -> bool:
    """Whether the packet of this entry begins so many bytes before its place."""
    letters, place, size = entry
    at = place - earlier
    return 0 <= at <= len(data) - CHUNK.size and CHUNK.unpack_from(data, at) == (letters, size)

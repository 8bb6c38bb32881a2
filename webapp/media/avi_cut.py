"""An AVI that bytes were removed from, read as if zeros lay there.

It has no times: packets are counted, those of the picture and of the sound each by themselves, and its index
says where they lay. With as many zeros as are missing they lie there again, and what is lost has its time.
"""

import struct
from collections.abc import Iterator
from mmap import mmap
from pathlib import Path
from typing import NamedTuple

from .mapped import mapped
from .rearranged import Rearranged

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


class Filled(Rearranged):
    """The file at `path` with zeros for what was cut out of it."""

    def __init__(self, path: Path, cut: Cut) -> None:
        super().__init__(path, path.stat().st_size + cut.length)
        self._cut = cut

    def _between(self, begin: int, end: int) -> bytes:
        at, length = self._cut
        zeros = bytes(max(0, min(end, at + length) - max(begin, at)))
        behind = self._stored(max(begin - length, at), end - length)
        return self._stored(begin, min(end, at)) + zeros + behind


def filled(path: Path) -> Filled | None:
    """The AVI at `path` as it was; None if nothing was removed from it, or it is none."""
    with path.open("rb") as file:
        if (header := file.read(LIST_HEADER_BYTES))[:4] != RIFF or header[8:] != KIND:
            return None
        with mapped(path) as data:
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

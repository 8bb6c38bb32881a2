"""An AVI that bytes were removed from, read as if zeros lay there.

It has no times: packets are counted, those of the picture and of the sound each by themselves, and its index
says where they lay. With as many zeros as are missing they lie there again, and what is lost has its time.
"""

import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise
from mmap import mmap
from pathlib import Path
from typing import NamedTuple

from .avi_rows import CHUNK, Entry, Row, rows
from .mapped import mapped
from .rearranged import Rearranged

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
    """The file at `path` with zeros for what was cut out of it, in the order of the file."""

    def __init__(self, path: Path, cuts: Sequence[Cut]) -> None:
        size = path.stat().st_size
        super().__init__(path, size + sum(cut.length for cut in cuts))
        self._cuts = [*cuts, Cut(size, 0)]

    def _between(self, begin: int, end: int) -> bytes:
        data = bytearray()
        behind, zeros = 0, 0  # the cut before, and of all so far
        for at, length in self._cuts:
            data += self._stored(max(begin - zeros, behind), min(end - zeros, at))
            first = at + zeros
            data += bytes(max(0, min(end, first + length) - max(begin, first)))
            behind, zeros = at, zeros + length
        return bytes(data)


def filled(path: Path) -> Filled | None:
    """The AVI at `path` as it was; None if nothing was removed from it, or it is none."""
    with path.open("rb") as file:
        if (header := file.read(LIST_HEADER_BYTES))[:4] != RIFF or header[8:] != KIND:
            return None
        with mapped(path) as data:
            cuts = _cuts(data)
    return Filled(path, cuts) if cuts else None


def _cuts(data: mmap) -> list[Cut]:
    """In the list of packets, whose index came to lie as much earlier than it should as is missing in all."""
    movie = next((at for kind, at in _chunks(data) if kind == LIST and _kind(data, at) == MOVIE), None)
    if movie is None:
        return []
    _, size = CHUNK.unpack_from(data, movie)
    should = movie + CHUNK.size + size + size % 2
    index = data.rfind(INDEX, max(movie, len(data) - LONGEST_INDEX_BYTES), should + len(INDEX))
    if data[should : should + len(INDEX)] == INDEX or index < 0:
        return []
    entries = _entries(data, index, movie + CHUNK.size)
    earlier = should - index
    number = len(entries)
    while number and entries[number - 1].is_in(data, earlier):
        number -= 1
    if number == len(entries) or entries[number].is_in(data, 0):
        return []
    first = Row(0, movie + LIST_HEADER_BYTES, 0)
    last = Row(number, entries[number].place - earlier, earlier)
    found = [first, *rows(data, entries, first.at, last), last]
    return [Cut(row.at, more) for before, row in pairwise(found) if (more := row.earlier - before.earlier)]


def _chunks(data: mmap) -> Iterator[tuple[bytes, int]]:
    """The kind of each chunk in the file, and where it begins."""
    at = LIST_HEADER_BYTES
    while at + CHUNK.size <= len(data):
        kind, size = CHUNK.unpack_from(data, at)
        yield kind, at
        at += CHUNK.size + size + size % 2


def _kind(data: mmap, at: int) -> bytes:
    return data[at + CHUNK.size : at + LIST_HEADER_BYTES]


def _entries(data: mmap, index: int, movie: int) -> list[Entry]:
    """Those listed; places count from `movie`, or from the file's begin."""
    _, size = CHUNK.unpack_from(data, index)
    begin = index + CHUNK.size
    listed = data[begin : begin + size // ENTRY.size * ENTRY.size]
    entries = [Entry(*entry) for entry in ENTRY.iter_unpack(listed[: len(listed) // ENTRY.size * ENTRY.size])]
    if entries and not entries[0].is_in(data, 0):
        entries = [entry._replace(place=entry.place + movie) for entry in entries]
    return entries

"""Damaged files read as if there were nothing; a fragmented MP4 as if there were free space.

Boxes lie one behind the other (ISO/IEC 14496-12 §4.2), each with its size: where one is damaged, none that
follows would be found. See `fragment_bases` for what else is wrong behind bytes that were removed.
"""

import io
import struct
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from mmap import mmap
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from .boxes import HEADER_BYTES, LARGE_HEADER_BYTES, header
from .fragment_bases import moved
from .mapped import mapped

LARGEST_SMALL = 0xFFFFFFFF
FRAGMENT, FRAGMENT_HEADER = b"moof", b"mfhd"  # the latter comes first in the former (§8.8.5)
SAMPLES = b"mdat"


class Written(NamedTuple):
    """Bytes that are read at a place of the file instead of its own."""

    at: int
    data: bytes


class Bridge(NamedTuple):
    """From a byte to another nothing can be read; `written` is what lies there instead."""

    begin: int
    end: int
    written: tuple[Written, ...]


class Bridged(io.FileIO):
    """The file at `path` with `bridges`, in their order."""

    def __init__(self, path: Path, bridges: Sequence[Bridge], corrected: Sequence[Written] = ()) -> None:
        """`corrected`, in their order, too, are what else is read otherwise."""
        super().__init__(path)
        self.bridges, self._corrected = bridges, corrected
        self._begins = [bridge.begin for bridge in bridges]

    def damaged_between(self, one: int, other: int) -> bool:
        """Whether one of them begins between these bytes."""
        place = bisect_left(self._begins, one)
        return place < len(self._begins) and self._begins[place] < other

    def read(self, size: int | None = -1, /) -> bytes:
        begin = self.tell()
        data = super().read(-1 if size is None else size) or b""
        end = begin + len(data)
        first = max(0, bisect_left(self._begins, begin) - 1)  # it may go on behind `begin`
        over = self.bridges[first : bisect_left(self._begins, end)]
        corrected = self._corrected_within(begin, end)
        if not (over or corrected):
            return data
        changed = bytearray(data)
        for at, new in (*corrected, *(written for bridge in over for written in bridge.written)):
            inside = slice(max(at, begin) - at, min(at + len(new), end) - at)
            if inside.start < inside.stop:
                changed[at + inside.start - begin : at + inside.stop - begin] = new[inside]
        return bytes(changed)

    def _corrected_within(self, begin: int, end: int) -> Sequence[Written]:
        first = bisect_left(self._corrected, begin, key=attrgetter("at"))
        last = bisect_left(self._corrected, end, key=attrgetter("at"))
        return self._corrected[max(0, first - 1) : last]  # it may go on behind `begin`


def bridged(path: Path) -> Bridged | None:
    """The MP4 at `path` with what is damaged or missing passed over; None if nothing is known to be."""
    with mapped(path) as data:
        bridges = [Bridge(begin, end, (Written(begin, _free(begin, end)),)) for begin, end in _damaged(data)]
        elsewhere = list(moved(data, _fragments(data, bridges)))
    missing = 0
    for fragment in elsewhere:
        if fragment.by != missing:
            # Whole ones may be gone, which nothing shows.
            bridges.append(Bridge(fragment.at, fragment.at, ()))
            missing = fragment.by
    corrected = [Written(*base) for fragment in elsewhere for base in fragment.bases]
    return Bridged(path, sorted(bridges), corrected) if bridges else None


def _damaged(data: mmap) -> Iterator[tuple[int, int]]:
    """From which byte to which no box can be read, although fragments follow or samples came before."""
    at, fragmented, sampled = 0, False, False
    while at + HEADER_BYTES <= len(data):
        kind, end = box_at(data, at)
        if kind == FRAGMENT:
            fragmented = True
        if kind == SAMPLES:
            sampled = True
        if end is not None and end <= len(data):
            at = end
            continue
        after = _next_fragment(data, at + LARGE_HEADER_BYTES) if fragmented else None
        if after is None and kind == FRAGMENT and end is not None and sampled:
            after = len(data)  # libavformat gives nothing of a file that ends where a fragment lists samples
        if after is None:
            return
        yield at, after
        at = after


def _fragments(data: mmap, bridges: Sequence[Bridge]) -> Iterator[int]:
    """Where they lie."""
    at, over = 0, {bridge.begin: bridge.end for bridge in bridges}
    while at + HEADER_BYTES <= len(data):
        kind, end = (b"", over[at]) if at in over else box_at(data, at)
        if end is None:
            return
        if kind == FRAGMENT and end <= len(data):
            yield at
        at = end


def box_at(data: mmap, at: int) -> tuple[bytes, int | None]:
    """The type of the box there, and where it ends; None if it is none."""
    kind, size = header(data, at)
    known = kind.isalnum() and size >= HEADER_BYTES
    if kind == FRAGMENT and not _is_fragment(data, at):
        known = False
    return kind, at + size if known else None


def _is_fragment(data: mmap, at: int) -> bool:
    """Whether the boxes in it fill it, as far as the file goes: its header, then one for each track."""
    (size,) = struct.unpack_from(">I", data, at)
    inner, end = at + HEADER_BYTES, min(at + size, len(data))
    if not FRAGMENT_HEADER.startswith(data[inner + 4 : inner + 8]):
        return False
    while inner + HEADER_BYTES <= end:
        length, kind = struct.unpack_from(">I4s", data, inner)
        if length < HEADER_BYTES or not kind.isalnum() or kind in (FRAGMENT, SAMPLES):
            return False
        inner += length
    return bool(inner == at + size or inner < at + size > len(data))


def _next_fragment(data: mmap, begin: int) -> int | None:
    """Where the first fragment from `begin` on lies."""
    while (found := data.find(FRAGMENT, begin)) >= 0:
        at = found - 4
        if at >= begin and _is_fragment(data, at):
            return at
        begin = found + 1
    return None


def _free(begin: int, end: int) -> bytes:
    """The header of a free box (§8.1.2) from byte to byte."""
    if end - begin > LARGEST_SMALL:
        return struct.pack(">I4sQ", 1, b"free", end - begin)
    return struct.pack(">I4s", end - begin, b"free")

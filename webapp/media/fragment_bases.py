"""Where fragments of an MP4 say that their samples lie, behind bytes that were removed.

Older muxers count that from the beginning of the file (base_data_offset, ISO/IEC 14496-12 §8.8.7), and say
for each fragment where that lies; others count from there.
"""

import struct
from collections.abc import Iterable, Iterator
from mmap import mmap
from typing import NamedTuple

from .boxes import HEADER_BYTES, children

TRACK, TRACK_HEADER = b"traf", b"tfhd"
HAS_BASE, BASE = 1, struct.Struct(">Q")
FLAGS_AT, BASE_AT = HEADER_BYTES, HEADER_BYTES + 8  # the number of the track is between them


class Moved(NamedTuple):
    """A fragment that lay elsewhere.

    Attributes:
        at: where it lies.
        by: how many bytes are missing before it.
        bases: what is to be read in it, and where.
    """

    at: int
    by: int
    bases: list[tuple[int, bytes]]


def moved(data: mmap, fragments: Iterable[int]) -> Iterator[Moved]:
    """Of the fragments that lie at these places those that say they lie elsewhere; none if the first does."""
    first = True
    for fragment in fragments:
        bases = list(_bases(data, fragment))
        by = bases[0][1] - fragment if bases else 0
        if first and (by or not bases):
            return
        first = False
        if by > 0:
            yield Moved(fragment, by, [(at, BASE.pack(max(0, base - by))) for at, base in bases])


def _bases(data: mmap, fragment: int) -> Iterator[tuple[int, int]]:
    """Where those of each track are written, and what they are."""
    (size,) = struct.unpack_from(">I", data, fragment)
    inside = fragment + HEADER_BYTES
    for kind, offset, length in children(data[inside : fragment + size]):
        if kind != TRACK:
            continue
        track = inside + offset + HEADER_BYTES
        for inner, place, extent in children(data[track : inside + offset + length]):
            flags = data[track + place + FLAGS_AT + 3 : track + place + FLAGS_AT + 4]
            if inner == TRACK_HEADER and extent >= BASE_AT + BASE.size and flags[0] & HAS_BASE:
                at = track + place + BASE_AT
                yield at, BASE.unpack_from(data, at)[0]

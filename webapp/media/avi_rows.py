"""Where packets of an AVI lie that bytes were removed from, of which its index says where they lay."""

import re
import struct
from collections.abc import Iterator, Sequence
from itertools import islice
from mmap import mmap
from typing import NamedTuple

# Microsoft's "AVI RIFF File Reference": chunks of four letters, a size, and so many bytes, made even.
CHUNK = struct.Struct("<4sI")
# As many in a row tell which they are: those of the picture differ in size, those of sound hardly.
LEAST_ROW, LONGEST_ROW = 3, 32
# What is looked at for each row: packets in the file, and those of the index that each may be.
MOST_PACKETS, MOST_ENTRIES = 10, 50_000
MOST_ROWS = 50
MOST_LETTERS = 100  # streams are fewer


class Entry(NamedTuple):
    """A packet, as the index has it."""

    letters: bytes
    place: int
    size: int

    def is_in(self, data: mmap, earlier: int) -> bool:
        """Whether it begins so many bytes before its place."""
        at = self.place - earlier
        return 0 <= at <= len(data) - CHUNK.size and CHUNK.unpack_from(data, at) == (self.letters, self.size)


class Row(NamedTuple):
    """Packets that lie as many bytes `earlier` than they should, from that at byte `at` on.

    Attributes:
        number: of the first, in the index.
    """

    number: int
    at: int
    earlier: int


def rows(data: mmap, entries: Sequence[Entry], begin: int, last: Row) -> Iterator[Row]:
    """Those before the `last`, in their order, as far as they can be told; packets begin at byte `begin`."""
    letters = sorted({entry.letters for entry in entries})[:MOST_LETTERS]
    packet = re.compile(b"|".join(map(re.escape, letters)))
    row = Row(0, begin, 0)
    for _ in range(MOST_ROWS):
        number = row.number
        while number < last.number and entries[number].is_in(data, row.earlier):
            number += 1
        if number == last.number or row.earlier == last.earlier:
            return
        if number > row.number:
            begin = entries[number - 1].place - row.earlier + CHUNK.size
        found = (match.start() for match in packet.finditer(data, begin, last.at))
        for at in islice(found, MOST_PACKETS):
            following = _row(data, entries[number : number + MOST_ENTRIES], at, (row.earlier, last.earlier))
            if following:
                break
        else:
            return
        row = following._replace(number=number + following.number)
        yield row


def _row(data: mmap, entries: Sequence[Entry], at: int, earlier: tuple[int, int]) -> Row | None:
    """That which begins with the packet there: the longest, then that of which the least is missing before.

    Args:
        earlier: by how much at least, and at most.
    """
    header = CHUNK.unpack_from(data, at)
    least, most = earlier
    found, length = None, LEAST_ROW - 1
    for number, entry in enumerate(entries):
        if (entry.letters, entry.size) != header or not least <= entry.place - at <= most:
            continue
        row = Row(number, at, entry.place - at)
        if (longer := _length(data, entries, row)) > length:
            found, length = row, longer
        if length == LONGEST_ROW:
            break
    return found


def _length(data: mmap, entries: Sequence[Entry], row: Row) -> int:
    length = 0
    for entry in entries[row.number : row.number + LONGEST_ROW]:
        if not entry.is_in(data, row.earlier):
            break
        length += 1
    return length

"""An MPEG stream of several recordings, read as one: times that are moved replace those written.

See `splices` for which these are.
"""

import io
from array import array
from bisect import bisect_left
from functools import partial
from mmap import ACCESS_READ, mmap
from pathlib import Path

from . import pes_times, program_stream
from .pes_times import LOOKED_AT, STRIDES, TIME_BYTES, WRAP, stride_of, time_at, written
from .splices import moved

HEAD_BYTES = (LOOKED_AT + 1) * max(STRIDES)


class Joined(io.FileIO):
    """The file at `path`, with other times."""

    def __init__(self, path: Path, places: "array[int]", shifts: "array[int]") -> None:
        """
        Args:
            places: where those times lie that are moved, rising.
            shifts: by how many ticks each is.
        """
        super().__init__(path)
        self._places, self._shifts = places, shifts

    def read(self, size: int | None = -1, /) -> bytes:
        begin = self.tell()
        data = super().read(-1 if size is None else size) or b""
        end = begin + len(data)
        first = bisect_left(self._places, begin - TIME_BYTES + 1)
        if first == len(self._places) or self._places[first] >= end:
            return data
        changed = bytearray(data)
        for number in range(first, bisect_left(self._places, end)):
            place = self._places[number]
            self.seek(place)
            was = super().read(TIME_BYTES)
            time = written((time_at(was, 0) + self._shifts[number]) % WRAP, was[0])
            # It may begin before what was asked for, or go on behind it.
            inside = slice(max(place, begin) - place, min(place + TIME_BYTES, end) - place)
            changed[max(place, begin) - begin : min(place + TIME_BYTES, end) - begin] = time[inside]
        self.seek(end)
        return bytes(changed)


def joined(path: Path) -> Joined | None:
    """The upload at `path` as one recording; None if it is one, or no MPEG stream."""
    size = path.stat().st_size
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        stride = stride_of(data[:HEAD_BYTES])
        if stride is not None:
            found, shifts = moved(partial(pes_times.stamps, data, stride), size)
        elif data[: len(program_stream.PACK)] == program_stream.PACK:
            found, shifts = moved(partial(program_stream.stamps, data), size)
        else:
            return None
    if not found:
        return None
    places, ticks = array("q"), array("q")
    for stamp, shift in zip(found, shifts, strict=True):
        for number in range(1 if stamp.dts is None else 2):
            places.append(stamp.position + number * TIME_BYTES)
            ticks.append(shift)
    return Joined(path, places, ticks)

"""An MPEG stream or an FLV of several recordings, read as one: times that are moved replace those written.

See `splices` and `flv_times` for which these are, `lineups` for numbers of streams that are replaced, too,
and `flv_damage` for what of an FLV is passed over.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from mmap import mmap
from pathlib import Path
from typing import NamedTuple

from av.container import InputContainer

from . import flv_damage, flv_times, lineups, pes_times, program_stream
from .bridged import Bridge, Bridged
from .mapped import mapped
from .pes_times import TIME_BYTES, WRAP, Stamp, time_at, written
from .pid_routes import PID_BYTES, Routes
from .splices import moved
from .transport_stream import HEAD_BYTES, stride_of


class Times(NamedTuple):
    """How a container writes times: in so many bytes, and those bytes moved by a number of its ticks."""

    size: int
    moved: Callable[[bytes, int], bytes]


MPEG = Times(TIME_BYTES, lambda was, ticks: written((time_at(was, 0) + ticks) % WRAP, was[0]))
FLV = Times(flv_times.TIME_BYTES, lambda was, ticks: flv_times.written(flv_times.time_at(was) + ticks))


class Joined(Bridged):
    """The file at `path`, with other times.

    Attributes:
        routes: of streams whose numbers change; None where there are none.
    """

    def __init__(
        self,
        path: Path,
        times: Times,
        places: "array[int]",
        shifts: "array[int]",
        bridges: Sequence[Bridge] = (),
        routes: Routes | None = None,
    ) -> None:
        """
        Args:
            times: how they are written.
            places: where those times lie that are moved, rising.
            shifts: by how many ticks each is.
        """
        super().__init__(path, bridges)
        self._times, self._places, self._shifts = times, places, shifts
        self.routes = routes

    def read(self, size: int | None = -1, /) -> bytes:
        begin = self.tell()
        data = super().read(-1 if size is None else size) or b""
        end = begin + len(data)
        if self.routes and data:
            data = self._routed(begin, end, self.routes)
        size = self._times.size
        first = bisect_left(self._places, begin - size + 1)
        if first == len(self._places) or self._places[first] >= end:
            return data
        changed = bytearray(data)
        for number in range(first, bisect_left(self._places, end)):
            place = self._places[number]
            self.seek(place)
            time = self._times.moved(super().read(size), self._shifts[number])
            # It may begin before what was asked for, or go on behind it.
            inside = slice(max(place, begin) - place, min(place + size, end) - place)
            changed[max(place, begin) - begin : min(place + size, end) - begin] = time[inside]
        self.seek(end)
        return bytes(changed)

    def _routed(self, begin: int, end: int, routes: Routes) -> bytes:
        first = max(0, begin - PID_BYTES)  # a packet may begin before what was asked for, or go on behind it
        self.seek(first)
        around = bytearray(super().read(end + PID_BYTES - first) or b"")
        routes.change(around, first)
        self.seek(end)
        return bytes(around[begin - first : end - first])


def joined(path: Path) -> Joined | None:
    """The upload at `path` as one recording; None if it is one, or no such stream."""
    size = path.stat().st_size
    routes: Routes | None = None
    with mapped(path) as data:
        stride = stride_of(data[:HEAD_BYTES])
        if stride is not None:
            routes = lineups.routes(data, stride)
            found, shifts = moved(partial(_routed_stamps, data, stride, routes), size)
        elif data[: len(program_stream.PACK)] == program_stream.PACK:
            found, shifts = moved(partial(program_stream.stamps, data), size)
        elif data[: len(flv_times.SIGNATURE)] == flv_times.SIGNATURE:
            bridges = flv_damage.bridges(data)
            moved_places, by = flv_times.moved(data)
            return Joined(path, FLV, moved_places, by, bridges) if moved_places or bridges else None
        else:
            return None
    if not (found or routes):
        return None
    places, ticks = array("q"), array("q")
    for stamp, shift in zip(found, shifts, strict=True):
        for number in range(1 if stamp.dts is None else 2):
            places.append(stamp.position + number * TIME_BYTES)
            ticks.append(shift)
    return Joined(path, MPEG, places, ticks, routes=routes)


def routes_of(container: InputContainer) -> Routes | None:
    """Those by which the file of a container is read."""
    file = getattr(container.file, "file", None)
    return file.routes if isinstance(file, Joined) else None


def _routed_stamps(data: mmap, stride: int, routes: Routes, begin: int, end: int) -> Iterator[Stamp]:
    return routes.routed(pes_times.stamps(data, stride, begin, end))

"""Numbers (PIDs) under which streams of an MPEG transport stream are read instead of those they have."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace

from .pes_times import Stamp
from .transport_stream import NULL_PID, Run

PID_BYTES = 2  # behind a packet's first
# Null packets begin nothing (§2.4.3.3); libavformat guesses at what does, where it has found no tables yet.
WITHOUT_START = 0xA0


class Routes:
    """Which numbers replace those of packets, from place to place.

    Attributes:
        left_out_s: how long what is left out lasts, which goes on in another coding.
        unheard: from which byte to which a track of sound goes on in another coding.
    """

    def __init__(self, stride: int) -> None:
        self.left_out_s = 0.0
        self.unheard: list[tuple[int, int]] = []
        self._stride = stride
        self._run_begins: list[int] = []
        self._run_ends: list[int] = []
        self._begins: list[int] = []
        self._maps: list[dict[int, int]] = []

    def __bool__(self) -> bool:
        return any(self._maps) or bool(self.unheard)

    def unheard_between(self, one: int, other: int) -> bool:
        """Whether part of it lies between these bytes."""
        return any(begin < other and one < end for begin, end in self.unheard)

    def note(self, run: Run) -> None:
        """The next packets of the file, of which only these are ever changed."""
        end = run.position + run.packets * self._stride
        if self._run_ends and self._run_ends[-1] == run.position:
            self._run_ends[-1] = end
        else:
            self._run_begins.append(run.position)
            self._run_ends.append(end)

    def add(self, begin: int, numbers: dict[int, int]) -> None:
        """From byte `begin` on packets of some numbers are to have others."""
        self._begins.append(begin)
        self._maps.append(numbers)

    def of(self, pid: int, position: int) -> int:
        """The number that a packet at `position` is to have."""
        place = bisect_right(self._begins, position) - 1
        return self._maps[place].get(pid, pid) if place >= 0 else pid

    def routed(self, found: Iterator[Stamp]) -> Iterator[Stamp]:
        """These times, with the numbers of their streams as they are to be."""
        for stamp in found:
            pid = self.of(stamp.pid, stamp.position)
            if pid != NULL_PID:
                yield stamp if pid == stamp.pid else replace(stamp, pid=pid)

    def change(self, data: bytearray, position: int) -> None:
        """Changes packets whose first three bytes lie in `data`, which lies at `position` in the file."""
        end = position + len(data) - PID_BYTES
        for place in range(max(0, bisect_right(self._begins, position) - 1), len(self._begins)):
            if self._begins[place] >= end:
                return
            numbers = self._maps[place]
            upto = min(end, self._begins[place + 1]) if place + 1 < len(self._begins) else end
            for at in self._packets(max(position, self._begins[place]), upto) if numbers else ():
                first = at - position + 1
                pid = (data[first] & 31) << 8 | data[first + 1]
                if (new := numbers.get(pid)) is not None:
                    flags = data[first] & (0xE0 if new != NULL_PID else WITHOUT_START)
                    data[first : first + PID_BYTES] = bytes((flags | new >> 8, new & 0xFF))

    def _packets(self, begin: int, end: int) -> Iterator[int]:
        """Where those lie that start from `begin` to `end`."""
        for number in range(bisect_right(self._run_ends, begin), bisect_left(self._run_begins, end)):
            first = self._run_begins[number]
            first += -(-max(0, begin - first) // self._stride) * self._stride
            yield from range(first, min(end, self._run_ends[number]), self._stride)

"""Streams of an MPEG transport stream that go on under other numbers, read under those they began with.

So they do at a change of programs, or where recordings of different origin were put one behind the other:
libavformat takes them for other streams, of which it knows nothing where they begin late.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from mmap import mmap

from .pes_times import Stamp, stamps
from .program_map import PAT_PID, Elementary, Lineup, Lineups
from .transport_stream import NULL_PID, Run, runs

# Larger files are looked at in places, and read as a whole only if streams with other numbers are there.
READ_WHOLE_BYTES = 32 << 20
PLACES, PLACE_BYTES = 128, 128 << 10
LOOKED_AT_BYTES = 4 << 20  # at the beginning, where tables are that list what there is
MOST_LINEUPS = 500  # with more, nothing in the file can be relied upon
PID_BYTES = 2  # behind a packet's first


class Routes:
    """Which numbers replace those of packets, from place to place."""

    def __init__(self, stride: int) -> None:
        self._stride = stride
        self._run_begins: list[int] = []
        self._run_ends: list[int] = []
        self._begins: list[int] = []
        self._maps: list[dict[int, int]] = []

    def __bool__(self) -> bool:
        return any(self._maps)

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
                    data[first : first + PID_BYTES] = bytes((data[first] & 0xE0 | new >> 8, new & 0xFF))

    def _packets(self, begin: int, end: int) -> Iterator[int]:
        """Where those lie that start from `begin` to `end`."""
        for number in range(bisect_right(self._run_ends, begin), bisect_left(self._run_begins, end)):
            first = self._run_begins[number]
            first += -(-max(0, begin - first) // self._stride) * self._stride
            yield from range(first, min(end, self._run_ends[number]), self._stride)


def routes(data: mmap, stride: int) -> Routes:
    """Those of a file; none where no stream changes its number."""
    found, lineups = Routes(stride), Lineups(data, stride)
    if len(data) > READ_WHOLE_BYTES and not _changes_somewhere(data, stride):
        return found
    for run in runs(data, stride, 0, len(data)):
        found.note(run)
        lineups.see(run)
    listed = [lineup for lineup in lineups.found if lineup.maps]
    if not listed or len(listed) > MOST_LINEUPS:
        return Routes(stride)
    maps = [_numbers(listed[0], lineup) for lineup in listed]
    _add_earlier(maps, listed)
    for lineup, numbers in zip(listed, maps, strict=True):
        found.add(lineup.begin, numbers)
    return found


def _changes_somewhere(data: mmap, stride: int) -> bool:
    lineups = Lineups(data, stride)
    for run in runs(data, stride, 0, LOOKED_AT_BYTES):
        lineups.see(run)
    if not lineups.found:
        return False
    listed = lineups.found[0].streams
    pictures = {stamp.pid: stamp.picture for stamp in stamps(data, stride, 0, LOOKED_AT_BYTES)}
    for place in range(PLACES):
        position = place * (len(data) - PLACE_BYTES) // PLACES
        for stamp in stamps(data, stride, position, position + PLACE_BYTES):
            if stamp.pid not in listed or pictures.get(stamp.pid, stamp.picture) != stamp.picture:
                return True
    return False


def _numbers(first: Lineup, lineup: Lineup) -> dict[int, int]:
    """Which numbers of a lineup are to be replaced, and by which of the first one's."""
    known, there = first.streams, lineup.streams

    def differs(stream: Elementary) -> bool:
        both = known.get(stream.pid), there.get(stream.pid)
        return both[0] is None or both[1] is None or both[0].coding != both[1].coding

    missing, new = [list(filter(differs, streams.values())) for streams in (known, there)]
    numbers: dict[int, int] = {}
    for alike in (_coding_and_language, _coding):
        for stream in new:
            found = [one for one in missing if alike(one) == alike(stream)]
            if found and stream.pid not in numbers:
                missing.remove(found[0])
                numbers[stream.pid] = found[0].pid
    if not numbers:
        return {}
    # What has taken the number of another, and the tables, which would have both listed.
    taken = [stream.pid for stream in new if stream.pid in known]
    return dict.fromkeys([PAT_PID, *first.maps, *lineup.maps, *taken], NULL_PID) | numbers


def _coding_and_language(stream: Elementary) -> tuple[bytes, bytes]:
    return stream.coding, stream.language


def _coding(stream: Elementary) -> bytes:
    return stream.coding


def _add_earlier(maps: list[dict[int, int]], lineups: list[Lineup]) -> None:
    """Packets may come before the tables that list their streams."""
    for place in range(len(lineups) - 2, -1, -1):
        here = lineups[place]
        known = here.streams.keys() | lineups[0].streams.keys() | here.maps.keys() | {PAT_PID}
        for pid, new in maps[place + 1].items():
            if pid not in known and new != NULL_PID:
                maps[place].setdefault(pid, new)

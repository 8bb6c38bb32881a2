"""How streams of an MPEG transport stream go on where its tables change: which number becomes which.

So they do at a change of programs, or where recordings of different origin were put one behind the other:
libavformat takes them for other streams, of which it knows nothing where they begin late.
"""

from collections.abc import Sequence
from itertools import pairwise
from mmap import mmap
from typing import NamedTuple

from .pes_times import TICKS_A_SECOND, WRAP, stamps
from .pid_routes import Routes
from .program_map import PAT_PID, Elementary, Lineup, Tables
from .transport_stream import NULL_PID, runs

# Larger files are looked at in places, and read as a whole only if streams with other numbers are there.
READ_WHOLE_BYTES = 32 << 20
PLACES, PLACE_BYTES = 128, 128 << 10
LOOKED_AT_BYTES = 4 << 20  # at the beginning, where tables are that list what there is
MOST_LINEUPS = 500  # with more, nothing in the file can be relied upon


class Change(NamedTuple):
    """
    Attributes:
        numbers: which are to be replaced, and by which of the first lineup's.
        left_out: pictures that go on in another coding, for which nothing of this lineup is read.
        unheard: whether sound does.
    """

    numbers: dict[int, int]
    left_out: frozenset[int] = frozenset()
    unheard: bool = False


def routes(data: mmap, stride: int) -> Routes:
    """Those of a file; none where no stream changes its number."""
    found, tables = Routes(stride), Tables(data, stride)
    if len(data) > READ_WHOLE_BYTES and not _changes_somewhere(data, stride):
        return found
    for run in runs(data, stride, 0, len(data)):
        found.note(run)
        tables.see(run)
    lineups = [lineup for lineup in tables.lineups if lineup.maps]
    if not lineups or len(lineups) > MOST_LINEUPS:
        return Routes(stride)
    changes = [_change(lineups[0], lineup) for lineup in lineups]
    _add_earlier(changes, lineups)
    for lineup, change in zip(lineups, changes, strict=True):
        found.add(lineup.begin, change.numbers)
    for change, (begin, end) in zip(
        changes, pairwise([*(one.begin for one in lineups), len(data)]), strict=True
    ):
        if change.unheard:
            found.unheard.append((begin, end))
        if change.left_out:
            found.left_out_s += _length_s(data, stride, begin, end, change.left_out)
    return found


def _changes_somewhere(data: mmap, stride: int) -> bool:
    tables = Tables(data, stride)
    for run in runs(data, stride, 0, LOOKED_AT_BYTES):
        tables.see(run)
    if not tables.lineups:
        return False
    listed = tables.lineups[0].streams
    pictures = {stamp.pid: stamp.picture for stamp in stamps(data, stride, 0, LOOKED_AT_BYTES)}
    for place in range(PLACES):
        position = place * (len(data) - PLACE_BYTES) // PLACES
        for stamp in stamps(data, stride, position, position + PLACE_BYTES):
            if stamp.pid not in listed or pictures.get(stamp.pid, stamp.picture) != stamp.picture:
                return True
    return False


def _change(first: Lineup, lineup: Lineup) -> Change:
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
    tables = [PAT_PID, *first.maps, *lineup.maps]  # libavformat would have both listed
    lost = [stream for stream in new if stream.pid not in numbers]
    if pictures := _of_kind("video", lost) if _of_kind("video", missing) else None:
        return Change(dict.fromkeys([*tables, *there], NULL_PID), left_out=pictures)
    unheard = bool(_of_kind("audio", missing) and _of_kind("audio", lost))
    taken = [stream.pid for stream in lost if stream.pid in known]
    if not numbers and not (unheard and taken):
        return Change({}, unheard=unheard)
    return Change(dict.fromkeys([*tables, *taken], NULL_PID) | numbers, unheard=unheard)


def _of_kind(kind: str, streams: Sequence[Elementary]) -> frozenset[int]:
    return frozenset(stream.pid for stream in streams if stream.kind == kind)


def _coding_and_language(stream: Elementary) -> tuple[bytes, bytes]:
    return stream.coding, stream.language


def _coding(stream: Elementary) -> bytes:
    return stream.coding


def _add_earlier(changes: list[Change], lineups: list[Lineup]) -> None:
    """Packets may come before the tables that list their streams."""
    for place in range(len(lineups) - 2, -1, -1):
        here = lineups[place]
        known = here.streams.keys() | lineups[0].streams.keys() | here.maps.keys() | {PAT_PID}
        for pid, new in changes[place + 1].numbers.items():
            if pid not in known and new != NULL_PID:
                changes[place].numbers.setdefault(pid, new)


def _length_s(data: mmap, stride: int, begin: int, end: int, pids: frozenset[int]) -> float:
    times = [stamp.pts for stamp in stamps(data, stride, begin, end) if stamp.pid in pids]
    return (max(times) - min(times)) % WRAP / TICKS_A_SECOND if times else 0

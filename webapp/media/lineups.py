"""How streams of an MPEG transport stream go on where its tables change: which number becomes which.

So they do at a change of programs, or where recordings of different origin were put one behind the other:
libavformat takes them for other streams, of which it knows nothing where they begin late. Where pictures are
coded in several ways, what lasts longest in one of them is the measure of the others.
"""

from collections.abc import Sequence
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
MOST_CODINGS = 16
LONGEST_STEP = 10 * TICKS_A_SECOND  # from picture to picture; what is longer is another recording


class Change(NamedTuple):
    """
    Attributes:
        numbers: which are to be replaced, and by which of the measure's.
        left_out: whether nothing of this lineup is read, since a picture goes on in another coding.
        unheard: whether sound does.
    """

    numbers: dict[int, int]
    left_out: bool = False
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
    ends = [*(one.begin for one in lineups[1:]), len(data)]
    lengths_s = _lengths_s(data, stride, lineups, ends)
    measure = _measure(lineups, lengths_s)
    changes = [_change(measure, lineup) for lineup in lineups]
    _add_earlier(changes, lineups, measure)
    begins = [0, *(one.begin for one in lineups[1:])]  # what comes before all tables belongs to the first
    for begin, end, change, length_s in zip(begins, ends, changes, lengths_s, strict=True):
        found.add(begin, change.numbers)
        if change.unheard:
            found.unheard.append((begin, end))
        if change.left_out:
            found.left_out_s += length_s
    return found


def _changes_somewhere(data: mmap, stride: int) -> bool:
    first = _listed(data, stride, 0, LOOKED_AT_BYTES)
    if not first:
        return False
    listed = first[0].streams
    pictures = {stamp.pid: stamp.picture for stamp in stamps(data, stride, 0, LOOKED_AT_BYTES)}
    places = [place * (len(data) - PLACE_BYTES) // PLACES for place in range(PLACES)]
    lineups = [lineup for at in places for lineup in _listed(data, stride, at, at + PLACE_BYTES)]
    if any(
        stream.pid in listed and stream.coding != listed[stream.pid].coding
        for lineup in (*first, *lineups)
        for stream in lineup.streams.values()
    ):
        return True
    return any(
        stamp.pid not in listed or pictures.get(stamp.pid, stamp.picture) != stamp.picture
        for at in places
        for stamp in stamps(data, stride, at, at + PLACE_BYTES)
    )


def _listed(data: mmap, stride: int, begin: int, end: int) -> list[Lineup]:
    """What there is, as far as tables between these bytes say."""
    tables = Tables(data, stride)
    for run in runs(data, stride, begin, end):
        tables.see(run)
    return tables.lineups


def _pictures(lineup: Lineup) -> frozenset[bytes]:
    """How they are coded."""
    return frozenset(stream.coding for stream in lineup.streams.values() if stream.kind == "video")


def _lengths_s(data: mmap, stride: int, lineups: Sequence[Lineup], ends: Sequence[int]) -> list[float]:
    """For how long each lineup has pictures; 0 for all where these are coded alike."""
    if len({_pictures(lineup) for lineup in lineups}) == 1:
        return [0.0] * len(lineups)
    return [
        _length_s(data, stride, lineup.begin, end, _of_kind("video", list(lineup.streams.values())))
        for lineup, end in zip(lineups, ends, strict=True)
    ]


def _measure(lineups: Sequence[Lineup], lengths_s: Sequence[float]) -> Lineup:
    """The first of those with which most seconds of the others can go on."""

    def going_on_s(measure: Lineup) -> float:
        changes = [_change(measure, lineup) for lineup in lineups]
        kept = (seconds for change, seconds in zip(changes, lengths_s, strict=True) if not change.left_out)
        return sum(kept)

    firsts = {coding: lineup for lineup in reversed(lineups) if (coding := _pictures(lineup))}
    ordered = sorted(firsts.values(), key=lambda lineup: lineup.begin)
    return max(ordered, key=going_on_s) if 1 < len(ordered) <= MOST_CODINGS else lineups[0]


def _change(measure: Lineup, lineup: Lineup) -> Change:
    known, there = measure.streams, lineup.streams

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
    tables = [PAT_PID, *measure.maps, *lineup.maps]  # libavformat would have both listed
    lost = [stream for stream in new if stream.pid not in numbers]
    if _of_kind("video", missing) and _of_kind("video", lost):
        return Change(dict.fromkeys([*tables, *there], NULL_PID), left_out=True)
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


def _add_earlier(changes: list[Change], lineups: list[Lineup], measure: Lineup) -> None:
    """Packets may come before the tables that list their streams."""
    for place in range(len(lineups) - 2, -1, -1):
        here = lineups[place]
        known = here.streams.keys() | measure.streams.keys() | here.maps.keys() | {PAT_PID}
        for pid, new in changes[place + 1].numbers.items():
            if pid not in known and new != NULL_PID:
                changes[place].numbers.setdefault(pid, new)


def _length_s(data: mmap, stride: int, begin: int, end: int, pids: frozenset[int]) -> float:
    """For how long the stream of these lasts that lasts longest."""
    lasts, last = dict.fromkeys(pids, 0), dict[int, int]()
    for stamp in stamps(data, stride, begin, end):
        if stamp.pid in pids:
            time = stamp.pts if stamp.dts is None else stamp.dts
            step = (time - last.get(stamp.pid, time)) % WRAP
            lasts[stamp.pid] += step if step <= LONGEST_STEP else 0
            last[stamp.pid] = time
    return max(lasts.values(), default=0) / TICKS_A_SECOND

"""Matroska or WebM recordings put one behind the other, read as one.

`cat` does that, and pages do whose recording was stopped and begun again; libavformat reads the first. So the
clusters of the others follow those of the first at later times (RFC 9559 §10.1), without saying anew what is
in them. A recording that is coded otherwise than what lasts longest is left out. Where keyframes are, and how
long tracks are, is no longer said: that was of each of them.
"""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from .ebml import CLUSTER, TIMESTAMP, Element, Readable, element_at
from .matroska_recordings import DURATION, INFO, Recording, are_several, recordings
from .rearranged import InParts, Part

SEEK_HEAD, CUES, TAGS, VOID = 0x114D9B74, 0x1C53BB6B, 0x1254C367, 0xEC
OF_ONE_ALONE = (SEEK_HEAD, CUES, TAGS)
FLOATS = {4: ">f", 8: ">d"}
MOST_CODINGS = 16  # with more, the first is as good as any
# The first bit of a size says how many bytes it has.
EIGHT_BYTES, ONE_BYTE, ID_BYTES = 1 << 56, 0x80, 4
# Of a cluster: ID and size, and those of its time, which takes so many bytes with them.
CLUSTER_HEADER, TIME_BYTES = struct.Struct(">IQBBQ"), 10
VOID_HEADER = struct.Struct(">BQ")


class MatroskaChain(InParts):
    """The file at `path` in parts.

    Attributes:
        left_out_s: how long what is not among them lasts.
    """

    def __init__(self, path: Path, parts: Sequence[Part], left_out_s: float) -> None:
        super().__init__(path, parts)
        self.left_out_s = left_out_s

    def again(self) -> "MatroskaChain":
        """The same from the start, beside this one."""
        return MatroskaChain(Path(self.name), self._parts, self.left_out_s)


def matroska_chained(path: Path) -> MatroskaChain | None:
    """The Matroska at `path` as one recording; None if it is one, or no such file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if not are_several(file, size) or len(found := recordings(file, size)) < 2:
            return None
        first = _measure(found)
        kept = [first, *(one for one in found[found.index(first) + 1 :] if one.goes_on(first))]
        parts, end = [Part(cluster.at, cluster.end) for cluster in first.clusters], first.end
        for one in kept[1:]:
            parts += _moved(one, end - one.begin)
            end = max(end, one.end - one.begin + end)
        last = kept[-1]
        missing = 0 if last.length is None else max(0, round(last.length) - last.end)
        front = list(_front(file, first, end + missing))
    begins = {one.at for one in kept}
    left_out_s = sum(one.length_s for one in found if one.at not in begins)
    return MatroskaChain(path, [*front, *parts], left_out_s)


def _measure(found: Sequence[Recording]) -> Recording:
    """The first recording with which most seconds go on: with a picture, if any has one."""
    pictured = any(one.pictured for one in found)
    candidates: list[Recording] = []
    for one in found:
        same = any(one.goes_on(other) and other.goes_on(one) for other in candidates)
        if one.pictured == pictured and not same and len(candidates) < MOST_CODINGS:
            candidates.append(one)

    def going_on_s(first: Recording) -> float:
        return sum(one.length_s for one in found[found.index(first) :] if one.goes_on(first))

    return max(candidates, key=going_on_s)


def _front(file: Readable, recording: Recording, end: int) -> Iterator[Part]:
    """What comes before its clusters, of the size that it has, for one that lasts until tick `end`."""
    head = element_at(file, recording.at)
    assert head
    width = recording.segment.begin - head.end - ID_BYTES
    yield Part(recording.at, head.end + ID_BYTES)
    yield Part(0, 0, ((1 << 7 * width + 1) - 1).to_bytes(width))  # a segment of any size
    for at, one in recording.front:
        length = _within(file, one, DURATION) if one.kind == INFO else None
        if one.kind in OF_ONE_ALONE:
            header = _void(one.end - at)
            yield Part(at + len(header), one.end, header)
        elif length and length.size in FLOATS:
            yield Part(at, length.begin)
            yield Part(length.end, one.end, struct.pack(FLOATS[length.size], end))
        else:
            yield Part(at, one.end)


def _void(size: int) -> bytes:
    """The header of so many bytes to pass over (RFC 8794 §11.3.2)."""
    if size < VOID_HEADER.size:
        return bytes([VOID, ONE_BYTE | size - 2])
    return VOID_HEADER.pack(VOID, EIGHT_BYTES | size - VOID_HEADER.size)


def _within(file: Readable, parent: Element, kind: int) -> Element | None:
    at = parent.begin
    while at < parent.end and (one := element_at(file, at)):
        if one.kind == kind and one.end <= parent.end:
            return one
        at = one.end
    return None


def _moved(recording: Recording, later: int) -> Iterator[Part]:
    """Its clusters, so many ticks later."""
    for cluster in recording.clusters:
        size = EIGHT_BYTES | TIME_BYTES + cluster.end - cluster.behind
        time = max(0, cluster.time + later)
        header = CLUSTER_HEADER.pack(CLUSTER, size, TIMESTAMP, ONE_BYTE | 8, time)
        yield Part(cluster.behind, cluster.end, header)

"""Recordings that a Matroska has one behind the other, each with a header of its own (RFC 8794 §8)."""

import math
import struct
from dataclasses import dataclass, field

from .ebml import (
    CLUSTER,
    HEADER,
    LONGEST_TRACKS,
    SEGMENT,
    TRACK,
    TRACKS,
    Element,
    Readable,
    element_at,
    elements,
)
from .matroska_blocks import Cluster, blocks, cluster_of, end_of

INFO, SCALE, DURATION = 0x1549A966, 0x2AD7B1, 0x4489
NANOSECONDS, USUAL_SCALE = 1_000_000_000, 1_000_000
LONGEST_FRAME_S = 10
NUMBER, TYPE, FRAME_NS = 0xD7, 0x83, 0x23E383
# What has to be the same to be decoded in one: type, codec, how that is set up, and how it is packed.
CODING = (TYPE, 0x86, 0x63A2, 0x6D80)
PICTURE, SOUND = 1, 2
LARGEST_HEADER, CHUNK_BYTES, ID_BYTES = 1 << 10, 1 << 18, 4
LAST_CLUSTERS = 2  # of which there are blocks of all tracks


@dataclass(slots=True, eq=False)
class Recording:
    """One of them.

    Attributes:
        at: where it begins in the file.
        segment: what all the rest of it is in.
        front: what comes before the first cluster, each with where it begins.
        clusters: in their order.
        codings: of each track of picture and sound, by its number.
        frames: ticks that a frame of each lasts, 0 if it does not say so.
        scale: nanoseconds in a tick.
        length: ticks that it claims to last; None if it does not say so.
        begin, end: the ticks at which the first frame is shown, and the last is no longer.
    """

    at: int
    segment: Element
    front: list[tuple[int, Element]] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)
    codings: dict[int, tuple[bytes | None, ...]] = field(default_factory=dict)
    frames: dict[int, float] = field(default_factory=dict)
    scale: int = USUAL_SCALE
    length: float | None = None
    begin: int = 0
    end: int = 0

    @property
    def length_s(self) -> float:
        return max(0, self.end - self.begin) * self.scale / NANOSECONDS

    @property
    def pictured(self) -> bool:
        return any(coding[0] == bytes([PICTURE]) for coding in self.codings.values())

    def goes_on(self, first: "Recording") -> bool:
        """Whether what it has can be decoded as if the first one had it."""
        alike = all(first.codings.get(number) == coding for number, coding in self.codings.items())
        return alike and bool(self.codings) and (self.scale, self.pictured) == (first.scale, first.pictured)


def are_several(file: Readable, size: int) -> bool:
    """Whether another begins where the first one ends.

    Only of one that does not say how long it is, nor do its clusters, all `size` bytes are looked through.
    """
    segment = _segment(file, 0)
    if segment is None:
        return False
    if not segment.unended:
        return _segment(file, segment.end) is not None
    at = segment.begin
    while at < size and (one := element_at(file, at)):
        if one.kind == HEADER:
            return _segment(file, at) is not None
        if one.unended:
            return _next(file, one.begin, size, HEADER) < size
        at = one.end
    return False


def recordings(file: Readable, size: int) -> list[Recording]:
    """Those in a file of `size` bytes that have any packets."""
    found: list[Recording] = []
    at = 0
    while segment := _segment(file, at):
        one = Recording(at, segment)
        at = _read(file, one, size if segment.unended else min(size, segment.end))
        if one.clusters:
            found.append(one)
    return found


def _segment(file: Readable, at: int) -> Element | None:
    """That of the recording which begins there; None if none does."""
    head = element_at(file, at)
    if head is None or head.kind != HEADER or head.size > LARGEST_HEADER:
        return None
    segment = element_at(file, head.end)
    return segment if segment and segment.kind == SEGMENT else None


def _read(file: Readable, recording: Recording, end: int) -> int:
    """Returns where it ends."""
    at = recording.segment.begin
    while at < end and (one := element_at(file, at)):
        if one.kind == HEADER:
            break
        until = min(end, one.end)
        if one.unended:
            until = _next(file, one.begin, end, CLUSTER, HEADER)
        if one.kind == CLUSTER:
            recording.clusters += filter(None, [cluster_of(file, at, one, until)])
        elif not recording.clusters:
            recording.front.append((at, one))
            _describe(file, recording, one)
        at = until
    first = (block.time for block in blocks(file, recording.clusters[:1]) if block.track in recording.codings)
    recording.begin = min(first, default=0)
    recording.end = end_of(list(blocks(file, recording.clusters[-LAST_CLUSTERS:])), recording.frames)
    return at


def _describe(file: Readable, recording: Recording, one: Element) -> None:
    if one.kind not in (INFO, TRACKS) or one.size > LONGEST_TRACKS:
        return
    file.seek(one.begin)
    said = list(elements(file.read(one.size)))
    if one.kind == INFO:
        info = dict(said)
        scale = int.from_bytes(info.get(SCALE, b""))
        recording.scale = scale if 0 < scale <= NANOSECONDS else USUAL_SCALE
        recording.length = _number(info.get(DURATION, b""))
        return
    for track in (dict(elements(track)) for kind, track in said if kind == TRACK):
        if int.from_bytes(track.get(TYPE, b"")) in (PICTURE, SOUND):
            number, frame_ns = (int.from_bytes(track.get(kind, b"")) for kind in (NUMBER, FRAME_NS))
            recording.codings[number] = tuple(track.get(kind) for kind in CODING)
            known = frame_ns <= LONGEST_FRAME_S * NANOSECONDS
            recording.frames[number] = frame_ns / recording.scale if known else 0


def _number(data: bytes) -> float | None:
    kind = {4: ">f", 8: ">d"}.get(len(data))
    number: float = struct.unpack(kind, data)[0] if kind else math.nan
    return number if math.isfinite(number) and 0 <= number < 1 << 48 else None


def _next(file: Readable, at: int, end: int, *kinds: int) -> int:
    """Where the next cluster or header begins, from a byte on; `end` if none does before that."""
    while at < end:
        file.seek(at)
        data = file.read(min(CHUNK_BYTES, end - at) + ID_BYTES - 1)
        found = [place for place in (_within(file, at, data, kind) for kind in kinds) if place is not None]
        if found:
            return min(found)
        at += CHUNK_BYTES
    return end


def _within(file: Readable, at: int, data: bytes, kind: int) -> int | None:
    """Where the first of a kind begins in these bytes of the file, which lie `at` a byte."""
    place = -1
    while (place := data.find(kind.to_bytes(ID_BYTES), place + 1)) >= 0:
        if _is_one(file, at + place, kind):
            return at + place
    return None


def _is_one(file: Readable, at: int, kind: int) -> bool:
    if kind == HEADER:
        return _segment(file, at) is not None
    one = element_at(file, at)
    return one is not None and cluster_of(file, at, one, one.begin + LARGEST_HEADER) is not None

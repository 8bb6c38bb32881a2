"""Clusters of a Matroska and the blocks in them (RFC 9559 §5.1.3, §10), by their times."""

import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from .ebml import TIMESTAMP, Element, Readable, element_at

SIMPLE_BLOCK, GROUP, BLOCK = 0xA3, 0xA0, 0xA1
# How many elements may come before the time of a cluster, as a checksum does; and what that may be.
MOST_BEFORE_TIMESTAMP, LATEST = 3, 1 << 48
# Of a block: number of the track, a byte unless there are many, the time, flags, frames less one in a lace.
BLOCK_HEADER, ONE_BYTE, LACED = struct.Struct(">BhBB"), 0x80, 0x06


class Cluster(NamedTuple):
    """From where to where it lies in the file, where what comes behind its time lies, and that, in ticks."""

    at: int
    end: int
    behind: int
    time: int


class Block(NamedTuple):
    track: int
    time: int
    frames: int


def cluster_of(file: Readable, at: int, one: Element, end: int) -> Cluster | None:
    """The element that begins `at` a byte and ends at another; None if it has no time."""
    begin = one.begin
    for _ in range(MOST_BEFORE_TIMESTAMP):
        inner = element_at(file, begin)
        if inner is None or inner.end > end:
            return None
        if inner.kind == TIMESTAMP:
            file.seek(inner.begin)
            time = int.from_bytes(file.read(min(inner.size, 8)))
            return Cluster(at, end, inner.end, time) if time < LATEST else None
        begin = inner.end
    return None


def blocks(file: Readable, clusters: Sequence[Cluster]) -> Iterator[Block]:
    for cluster in clusters:
        at = cluster.behind
        while at < cluster.end and (one := element_at(file, at)):
            at = one.begin if one.kind == GROUP else one.end
            if one.kind not in (SIMPLE_BLOCK, BLOCK):
                continue
            file.seek(one.begin)
            head = file.read(BLOCK_HEADER.size)
            if len(head) == BLOCK_HEADER.size:
                track, time, flags, more = BLOCK_HEADER.unpack(head)
                if track & ONE_BYTE:
                    yield Block(track & ~ONE_BYTE, cluster.time + time, more + 1 if flags & LACED else 1)


def end_of(last: Sequence[Block], frames: Mapping[int, float]) -> int:
    """The tick at which the last frame ends, by the last blocks; 0 if none are of tracks in question.

    Args:
        frames: ticks that a frame of each track lasts, by its number; 0 where it does not say so.
    """
    end = 0
    for number, ticks in frames.items():
        own = sorted(block for block in last if block.track == number)
        if not own:
            continue
        steps = [other.time - one.time for one, other in pairwise(own) if other.time > one.time]
        lasting = ticks * own[-1].frames or min(steps, default=0)
        end = max(end, own[-1].time + math.ceil(lasting))
    return end

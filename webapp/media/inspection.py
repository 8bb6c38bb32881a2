"""Reads back what was written: fragments and keyframes of a segment, from its boxes and not from memory."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .boxes import children
from .keyframe import starts_anew
from .segment import Keyframe

ROW_BYTES = 16  # of a trun as cmaf.py writes it: duration, size, flags, composition offset


@dataclass(frozen=True, slots=True)
class Fragment:
    """One moof with its mdat.

    Attributes:
        offset: where the moof starts in the segment.
        decode, end: decode times of its first sample and of what follows, in ticks.
        presented: when its first sample is shown, in ticks.
        first: bytes of its first sample.
        first_end: where that sample ends in the segment.
    """

    offset: int
    decode: int
    end: int
    presented: int
    first: bytes
    first_end: int


def fragments(data: bytes) -> list[Fragment]:
    """All fragments of a segment, in order."""
    return [_fragment(data, offset, size) for kind, offset, size in children(data) if kind == b"moof"]


def decode_span(found: Sequence[Fragment]) -> tuple[int, int] | None:
    """First decode time and the end of the last; None where one fragment does not join the next."""
    joined = all(one.end == other.decode for one, other in pairwise(found))
    return (found[0].decode, found[-1].end) if found and joined else None


def keyframes(found: Sequence[Fragment], codec: str) -> list[Keyframe]:
    """The fragments that start with an IDR frame, or what `codec` (RFC 6381) has for one."""
    return [
        Keyframe(fragment.presented, fragment.offset, fragment.first_end - fragment.offset)
        for fragment in found
        if starts_anew(codec, fragment.first)
    ]


def _fragment(data: bytes, offset: int, size: int) -> Fragment:
    moof = data[offset : offset + size]
    tfdt, trun = moof.index(b"tfdt"), moof.index(b"trun")
    (decode,) = struct.unpack_from(">Q", moof, tfdt + 8)
    count, data_offset = struct.unpack_from(">Ii", moof, trun + 8)
    rows = [struct.unpack_from(">IIII", moof, trun + 16 + ROW_BYTES * row) for row in range(count)]
    begin = offset + data_offset
    return Fragment(
        offset=offset,
        decode=decode,
        end=decode + sum(row[0] for row in rows),
        presented=decode + rows[0][3],
        first=data[begin : begin + rows[0][1]],
        first_end=begin + rows[0][1],
    )

"""Whether an MP4 or MOV is in fragments (ISO/IEC 14496-12 §8.8), and what it then says of the whole."""

import struct
from fractions import Fraction
from typing import NamedTuple

from .arriving import boxes, part
from .growing import GrowingFile

VERSION_AT, FIELDS_AT = 8, 12  # of a full box (§4.2)
# Of a segment index (§8.16.3) after its version, 0 or 1: an ID, ticks a second, begin, where the first lies,
# and how many there are; of each its bytes, under a bit that says whether it is one more index, and ticks.
INDEXES = struct.Struct(">4xI4xI2xH"), struct.Struct(">4xI8xQ2xH")
SUBSEGMENT, SUBSEGMENT_SIZE = struct.Struct(">II4x"), 0x7FFFFFFF
# One for each fragment says nothing of the whole. Behind the last there may be a list of them.
LEAST_COVERED = Fraction(9, 10)


class Claims(NamedTuple):
    """
    Attributes:
        length_s: how long it is; 0 where it does not say so.
        listed: whether all fragments are listed before them; then libavformat reads one first, and not all.
    """

    length_s: Fraction
    listed: bool


def claims(file: GrowingFile) -> Claims | None:
    """What a file claims whose index lies before all samples; None of one that is not in fragments."""
    extends, claimed_s, listed_s = False, Fraction(0), Fraction(0)
    for kind, begin, end in boxes(file):
        match kind:
            case b"moov":
                extends, claimed_s = _of_index(file, begin, end)
            case b"sidx":
                listed_s = listed_s or _of_segments(file, begin, end)
            case b"moof" | b"mdat":
                fragmented = extends or kind == b"moof"
                return Claims(claimed_s or listed_s, listed_s > 0) if fragmented else None
    return None


def _of_index(file: GrowingFile, begin: int, end: int) -> tuple[bool, Fraction]:
    """Whether fragments are to follow (§8.8.1), and how long they are with what is in the index (§8.8.2)."""
    ticks_a_second = 0
    for kind, inner, inner_end in boxes(file, begin + VERSION_AT, end):
        if kind == b"mvhd":
            ticks_a_second = _number(file, inner, wide_before=2, wide=False)
        if kind == b"mvex":
            for inmost, at, _ in boxes(file, inner + VERSION_AT, inner_end):
                if inmost == b"mehd" and ticks_a_second:
                    return True, Fraction(_number(file, at, wide_before=0, wide=True), ticks_a_second)
            return True, Fraction(0)
    return False, Fraction(0)


def _number(file: GrowingFile, box: int, *, wide_before: int, wide: bool) -> int:
    """The number in a full box after so many; version 1 has 8 bytes for those, and for it if it is `wide`."""
    (version,) = part(file, box + VERSION_AT, 1) or b"\0"
    size = 8 if version else 4
    return int.from_bytes(part(file, box + FIELDS_AT + wide_before * size, size if wide else 4))


def _of_segments(file: GrowingFile, begin: int, end: int) -> Fraction:
    data = part(file, begin + VERSION_AT, min(end - begin - VERSION_AT, 1 << 20))
    fields = INDEXES[1 if data[:1] > b"\0" else 0]
    first = FIELDS_AT - VERSION_AT + fields.size
    if len(data) < first:
        return Fraction(0)
    ticks_a_second, offset, count = fields.unpack_from(data, FIELDS_AT - VERSION_AT)
    listed = data[first : first + count * SUBSEGMENT.size]
    if not ticks_a_second or len(listed) < count * SUBSEGMENT.size:
        return Fraction(0)
    sizes, ticks = zip(*SUBSEGMENT.iter_unpack(listed), strict=True) if listed else ((), ())
    covered = end + offset + sum(size & SUBSEGMENT_SIZE for size in sizes)
    return Fraction(sum(ticks), ticks_a_second) if covered >= file.size * LEAST_COVERED else Fraction(0)

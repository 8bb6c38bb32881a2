"""The part of a picture in MP4 and MOV that is to be seen (ISO/IEC 14496-12 §12.1.4), as ffmpeg has it."""

import struct
from fractions import Fraction
from typing import NamedTuple

from .arriving import boxes, part
from .boxes import HEADER_BYTES
from .ebml import Readable
from .facts import WHOLE, Cropping

# Width and height, and how far its middle is off that of the picture, to the right and down: all rational.
APERTURE = struct.Struct(">8i")
# A track's header up to its number, behind two times of 4 bytes, or of 8 in version 1 (§8.3.2).
TRACK_HEADER_BYTES, VERSION_AT, TRACK_AT, WIDE_TRACK_AT = 32, 8, 20, 28
SAMPLE_TABLE = (b"mdia", b"minf", b"stbl", b"stsd")
# From where they begin: the sample entries in their box; width and height in one, and boxes (§12.1.3).
ENTRIES_AT, SIZE_AT, BOXES_AT = 16, 32, 86
SIZE = struct.Struct(">HH")


class Box(NamedTuple):
    """From its header's first byte to behind its last."""

    begin: int
    end: int


def of_track(file: Readable, track: int) -> Cropping:
    """What is hidden of the picture in the track with this number, by the first of its sample entries."""
    movie = _box(file, b"moov", 0)
    for kind, begin, end in boxes(file, movie.begin + HEADER_BYTES, movie.end) if movie else ():
        if kind == b"trak" and _number(file, begin, end) == track:
            return _of_entries(file, begin, end)
    return WHOLE


def _number(file: Readable, begin: int, end: int) -> int | None:
    found = _box(file, b"tkhd", begin + HEADER_BYTES, end)
    header = part(file, found.begin, TRACK_HEADER_BYTES) if found else b""
    if len(header) < TRACK_HEADER_BYTES:
        return None
    at = WIDE_TRACK_AT if header[VERSION_AT] else TRACK_AT
    return int.from_bytes(header[at : at + 4])


def _of_entries(file: Readable, begin: int, end: int) -> Cropping:
    for kind in SAMPLE_TABLE:
        if (found := _box(file, kind, begin + HEADER_BYTES, end)) is None:
            return WHOLE
        begin, end = found
    entry = next(boxes(file, begin + ENTRIES_AT, end), None)
    if entry is None:
        return WHOLE
    _, at, entry_end = entry
    found = _box(file, b"clap", at + BOXES_AT, min(entry_end, end))
    if found is None or found.end - found.begin != HEADER_BYTES + APERTURE.size:
        return WHOLE
    size = part(file, at + SIZE_AT, SIZE.size)
    return cropping(part(file, found.begin + HEADER_BYTES, APERTURE.size), *SIZE.unpack(size))


def _box(file: Readable, kind: bytes, begin: int, end: int | None = None) -> Box | None:
    """The first of this kind between two bytes."""
    found = ((at, to) for one, at, to in boxes(file, begin, end) if one == kind)
    return next((Box(at, to if end is None else min(to, end)) for at, to in found), None)


def cropping(aperture: bytes, width: int, height: int) -> Cropping:
    """What it hides of a picture of this size; nothing if it cannot be meant."""
    if len(aperture) != APERTURE.size:
        return WHOLE
    numbers = APERTURE.unpack(aperture)
    if min(numbers[1::2]) <= 0:
        return WHOLE
    shown_width, shown_height, right, down = map(Fraction, numbers[::2], numbers[1::2])
    columns, rows = _hidden(width, shown_width, right), _hidden(height, shown_height, down)
    if columns is None or rows is None:
        return WHOLE
    return Cropping(columns[0], rows[0], columns[1], rows[1]).of(width, height)


def _hidden(stored: int, shown: Fraction, off: Fraction) -> tuple[int, int] | None:
    """How many of so many pixels in a row are, before and behind what is shown of them."""
    first = int((stored - shown) / 2 + off)
    last = int((stored + shown) / 2 + off - 1)
    return (first, stored - 1 - last) if 0 < shown <= stored and first >= 0 and last < stored else None

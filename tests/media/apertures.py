"""MP4 and MOV with a clean aperture (ISO/IEC 14496-12 §12.1.4), as cameras and editors write it."""

import struct
from pathlib import Path

from webapp.media.boxes import box, children
from webapp.media.facts import Cropping

Rational = tuple[int, int]


def aperture(width: Rational, height: Rational, right: Rational = (0, 1), down: Rational = (0, 1)) -> bytes:
    """Of this size, and so far off the middle."""
    return struct.pack(">8i", *width, *height, *right, *down)


def around(hidden: Cropping, width: int, height: int) -> bytes:
    """The one that hides this of a picture."""
    return aperture(
        (width - hidden.left - hidden.right, 1),
        (height - hidden.top - hidden.bottom, 1),
        (hidden.left - hidden.right, 2),
        (hidden.top - hidden.bottom, 2),
    )


def show(path: Path, said: bytes, track: int = 0) -> Path:
    """Has a track show an aperture alone; its samples lie before the index, or are told by fragments."""
    data, begin, places = path.read_bytes(), 0, []
    end = len(data)
    for kind in b"moov trak mdia minf stbl stsd".split():
        found = [(begin + at, size) for one, at, size in children(data[begin:end]) if one == kind]
        at, size = found[track if kind == b"trak" else 0]
        places.append(at)
        begin, end = at + 8, at + size
    entry = begin + 8  # behind the version and their number
    (size,) = struct.unpack_from(">I", data, entry)
    new = box(b"clap", said)
    changed = bytearray(data[: entry + size] + new + data[entry + size :])
    for at in (*places, entry):
        struct.pack_into(">I", changed, at, struct.unpack_from(">I", data, at)[0] + len(new))
    path.write_bytes(changed)
    return path

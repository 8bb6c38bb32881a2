"""Boxes of the ISO base media file format (ISO/IEC 14496-12 §4.2), as bytes."""

import struct
from collections.abc import Iterable, Iterator
from mmap import mmap
from pathlib import Path

HEADER_BYTES, LARGE_HEADER_BYTES = 8, 16
# The unity matrix of mvhd and tkhd (§6.2.2): 16.16 and, in the last column, 2.30 fixed point.
UNITY_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of four-letter type `kind` that holds `parts`."""
    size = 8 + sum(map(len, parts))
    return b"".join((struct.pack(">I4s", size, kind), *parts))


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box that starts with a version and 24 bits of flags (§4.2)."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def table(kind: bytes, flags: int, rows: Iterable[bytes], version: int = 0) -> bytes:
    """A full box that holds a row count and then the rows."""
    rows = list(rows)
    return full_box(kind, version, flags, struct.pack(">I", len(rows)), *rows)


def header(data: bytes | mmap, at: int = 0) -> tuple[bytes, int]:
    """Type and size of the box that begins at byte `at`, of which the first 8 bytes are there.

    The size is in bytes, header included; 0 for a box that goes on to the end of the file. Of one that needs
    64 bits it is 1 if they are not there.
    """
    size, kind = struct.unpack_from(">I4s", data, at)
    if size == 1 and at + LARGE_HEADER_BYTES <= len(data):
        (size,) = struct.unpack_from(">Q", data, at + HEADER_BYTES)
    return kind, size


def children(data: bytes) -> Iterable[tuple[bytes, int, int]]:
    """(type, offset, size) of each box at the top level of `data`; sizes in bytes, header included."""
    offset = 0
    while offset + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, offset)
        if size < 8:
            return
        yield kind, offset, size
        offset += size


def top_boxes(path: Path) -> Iterator[tuple[bytes, bool]]:
    """Type of each box at the top level of a file (§4.2), and whether all of it is there."""
    offset, size = 0, path.stat().st_size
    with path.open("rb") as file:
        while len(begin := file.read(LARGE_HEADER_BYTES)) >= HEADER_BYTES:
            kind, length = header(begin)
            offset = offset + length if length else size  # 0: up to the end of the file
            yield kind, offset <= size and (not length or length >= HEADER_BYTES)
            if length < HEADER_BYTES or offset >= size:
                break
            file.seek(offset)

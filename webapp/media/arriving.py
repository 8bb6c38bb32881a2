"""What of an upload can be understood before it is whole, and what cannot."""

import struct
from collections.abc import Iterator

from .facts import Obstacle
from .growing import GrowingFile
from .obstacles import ObstacleCode

# Read from their start; the others keep at their end what has to be known first.
FORMATS = "mov,matroska,webm,mpegts"
# Of files of the MP4 family; the older ones have no ftyp.
FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"skip", b"free")
# Few boxes come before the index. Of a file with more nobody wants to know what they are.
MOST_BOXES = 64


class TooEarly(Exception):
    """The file has to be whole first, for the reason that is its `obstacle`."""

    def __init__(self, code: ObstacleCode) -> None:
        super().__init__(code)
        self.obstacle = Obstacle(code=code)


def begins_with_index(file: GrowingFile) -> bool:
    """Whether this is an MP4 or MOV, with its index ahead of what that tells about.

    Raises:
        TooEarly: "index_at_end", if it is behind that.
    """
    for kind, offset, _ in _boxes(file):
        if offset == 0 and kind not in FIRST_BOXES:
            return False
        if kind == b"moov":
            return True
        if kind == b"mdat":
            break
    raise TooEarly(ObstacleCode.INDEX_AT_END)


def end_of_samples(file: GrowingFile) -> int | None:
    """Where the samples of an MP4 or MOV that begins with its index end; None where there are fragments.

    A form says only about how long its file is, and whoever looks for another box there waits in vain.
    """
    for kind, _, end in _boxes(file):
        if kind == b"moof":
            return None
        if kind == b"mdat":
            return end
    return None


def _boxes(file: GrowingFile) -> Iterator[tuple[bytes, int, int]]:
    """Type, begin and end of each box at the top level (ISO/IEC 14496-12 §4.2), as they arrive."""
    offset = 0
    for _ in range(MOST_BOXES):
        header = _header(file, offset)
        if len(header) < 8:
            return
        length, kind = struct.unpack_from(">I4s", header)
        if length == 1 and len(header) == 16:
            length = struct.unpack_from(">Q", header, 8)[0]
        yield kind, offset, offset + length
        if length < 8:
            return
        offset += length


def _header(file: GrowingFile, offset: int) -> bytes:
    file.seek(offset)
    header = b""
    while len(header) < 16 and (piece := file.read(16 - len(header))):
        header += piece
    return header

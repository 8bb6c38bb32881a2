"""What of an upload can be understood before it is whole, and what cannot."""

from collections.abc import Iterator

from .boxes import HEADER_BYTES, LARGE_HEADER_BYTES, header
from .ebml import Readable
from .growing import GrowingFile
from .obstacles import Obstacle, ObstacleCode

# Read from their start; the others keep at their end what has to be known first.
FORMATS = "mov,matroska,webm,mpegts"
# Of files of the MP4 family; the older ones have no ftyp.
FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"skip", b"free")
# Few boxes come before the index, and few are in it. Of more nobody wants to know what they are.
MOST_BOXES = 128


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
    for kind, offset, _ in boxes(file):
        if offset == 0 and kind not in FIRST_BOXES:
            return False
        if kind == b"moov":
            return True
        if kind == b"mdat":
            break
    raise TooEarly(ObstacleCode.INDEX_AT_END)


def end_of_samples(file: GrowingFile) -> int | None:
    """Where the samples of an MP4 or MOV that begins with its index end; None where none are.

    A form says only about how long its file is, and whoever looks for another box there waits in vain.
    """
    return next((end for kind, _, end in boxes(file) if kind == b"mdat"), None)


def boxes(file: Readable, offset: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Type, begin and end of boxes (ISO/IEC 14496-12 §4.2), as they arrive: of the file, or in another."""
    for _ in range(MOST_BOXES):
        if end is not None and offset + HEADER_BYTES > end:
            return
        begin = part(file, offset, LARGE_HEADER_BYTES)
        if len(begin) < HEADER_BYTES:
            return
        kind, length = header(begin)
        yield kind, offset, offset + length
        if length < HEADER_BYTES:
            return
        offset += length


def part(file: Readable, offset: int, size: int) -> bytes:
    """So many bytes from there on, or fewer at the file's end."""
    file.seek(offset)
    data = b""
    while len(data) < size and (piece := file.read(size - len(data))):
        data += piece
    return data

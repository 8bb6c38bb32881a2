"""An MP4 in fragments (ISO/IEC 14496-12 §8.8) that is still being written.

libavformat looks for all fragments before it gives out a packet. Told to ignore indexes it reads one after
the other, and goes to places in those only that it has read.
"""

import sys
from bisect import bisect_left
from itertools import pairwise

import av
from av.container import InputContainer
from av.stream import Discard, Stream

from .arriving import part
from .boxes import HEADER_BYTES, LARGE_HEADER_BYTES, header
from .fragment_claims import Claims
from .growing import GrowingFile

OPTIONS = {"fflags": "+ignidx"}
INDEX, HIDDEN = b"sidx", b"free"
NEVER = sys.maxsize


class GrowingFragments:
    """What av.open takes instead of `file`, with OPTIONS: the same, with indexes of segments as free space.

    By those (§8.16.3) libavformat looks for another at the end of the file; and once it believes to know all
    fragments, it reads those again to which it goes, and gives out their packets twice.

    Attributes:
        claims: what its beginning says of it.
    """

    def __init__(self, file: GrowingFile, claims: Claims) -> None:
        self._file, self.name, self.claims = file, file.name, claims
        self._next = 0  # where the box begins that was not looked at yet
        self._hidden: list[int] = []

    def read(self, size: int) -> bytes:
        """At most `size` bytes, at least one unless this is the end."""
        begin = self.tell()
        while self._next <= begin:
            self._look_at_next()
        self.seek(begin)
        data = bytearray(self._file.read(size))
        while self._next < begin + len(data) and self._next + LARGE_HEADER_BYTES <= self._file.arrived:
            self._look_at_next()
        del data[self._next - begin :]  # what begins there, and is not there yet, may have to be hidden
        end = self.seek(begin + len(data))
        first = bisect_left(self._hidden, begin - len(HIDDEN) + 1)  # it may begin before what was asked for
        for place in self._hidden[first : bisect_left(self._hidden, end)]:
            one, other = max(place, begin), min(place + len(HIDDEN), end)
            data[one - begin : other - begin] = HIDDEN[one - place : other - place]
        return bytes(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._file.close()

    def _look_at_next(self) -> None:
        kind, size = b"", 0
        begin = part(self._file, self._next, LARGE_HEADER_BYTES)
        if len(begin) >= HEADER_BYTES:
            kind, size = header(begin)
        if kind == INDEX:
            self._hidden.append(self._next + HEADER_BYTES - len(kind))
        self._next = self._next + size if size >= HEADER_BYTES else NEVER


def _of(container: InputContainer) -> GrowingFragments | None:
    file = getattr(container.file, "file", None)
    return file if isinstance(file, GrowingFragments) else None


def claimed_ticks(container: InputContainer, stream: Stream) -> int | None:
    """How long the whole claims to be, 0 if it does not; None where this is no such file."""
    file = _of(container)
    assert stream.time_base is not None
    return None if file is None else int(file.claims.length_s / stream.time_base)


def may_change_pace(container: InputContainer, stream: Stream) -> bool:
    """Whether the average of the frames that are known may not be what libavformat says of the whole file."""
    file = _of(container)
    if file is None or file.claims.listed:
        return False
    known = [entry.timestamp for entry in stream.index_entries]
    return len({other - one for one, other in pairwise(known)}) > 1


def read_up_to(container: InputContainer, stream: Stream, tick: int) -> None:
    """Has libavformat read on until it knows the fragment that the tick is in, if it is such a file.

    Of packets only keyframes are read, to have a way to stop. Whoever asks for this goes elsewhere then.
    """
    if _of(container) is None or _is_known(stream, tick):
        return
    discarded = [(one, one.discard) for one in container.streams]
    for one in container.streams:
        one.discard = Discard.all
    stream.discard = Discard.nonkey
    try:
        if known := len(stream.index_entries):
            container.seek(stream.index_entries[known - 1].timestamp, stream=stream)
        for _ in container.demux([stream]):
            if _is_known(stream, tick):
                return
    except (av.FFmpegError, IndexError):
        return  # damaged from here on
    finally:
        for one, was in discarded:
            one.discard = was


def _is_known(stream: Stream, tick: int) -> bool:
    known = len(stream.index_entries)
    return known > 0 and stream.index_entries[known - 1].timestamp > tick

"""When the packets of a damaged AVI are due: they have no times, and libavformat counts those before.

The index (idx1, or that of OpenDML) lists also those that are missing, all by where they lie.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from av.container import InputContainer
from av.index import IndexEntries
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

CHUNK_HEADER_BYTES = 8  # four letters and a size, which is where entries point at

# An index goes to the end of the packets, and what comes after these is no longer than that.
LISTED_UP_TO = 0.5
# A change of palette is listed among the frames, and is none.
PALETTE_BYTES, WITH_PALETTE = 4 + 4 * 256, "pal8"


@dataclass(slots=True)
class Course:
    """How far a stream was read.

    Attributes:
        entry: number of the last packet in the index.
        unit: what the index counts of the stream's ticks: 1, or the bytes of a sample.
        missing: ticks that were passed over and not counted.
    """

    entry: int
    unit: int = 1
    missing: int = 0


class AviIndex:
    def __init__(self, container: InputContainer, streams: Sequence[Stream]) -> None:
        self._entries: dict[int, IndexEntries] = {}
        if container.format.name == "avi":
            self._entries = {stream.index: stream.index_entries for stream in streams}
        self._passed_bytes = {stream.index: _passed_bytes(stream) for stream in streams}
        self._courses: dict[int, Course] = {}

    def restart(self) -> None:
        """The next packet lies elsewhere, and libavformat has counted up to there by the index."""
        self._courses.clear()

    def place(self, packet: "Packet[Any]") -> None:
        """Has it come later by what is missing before it."""
        entries, time = self._entries.get(packet.stream.index), packet.dts
        if not entries or packet.pos is None or time is None or not packet.size:
            return
        begin = packet.pos - CHUNK_HEADER_BYTES
        number = bisect_right(entries, begin, key=lambda entry: entry.pos) - 1
        if number < 0 or begin >= entries[number].pos + entries[number].size:
            return  # nothing that it lists
        counted = entries[number].timestamp
        course = self._courses.get(packet.stream.index)
        if course is None:
            course = self._courses[packet.stream.index] = _begun(packet, number, counted)
        elif _is_missing(
            [entries[skipped].size for skipped in range(course.entry + 1, number)],
            self._passed_bytes[packet.stream.index],
        ):
            course.missing += (counted - entries[course.entry + 1].timestamp) // course.unit
        elif time and not course.missing and entries[number].pos == begin:
            course.unit = max(1, round(counted / time))
        course.entry = number
        packet.dts = time + course.missing
        if packet.pts is not None:
            packet.pts += course.missing


class Listing:
    """What the index lists of one stream."""

    def __init__(self, entries: IndexEntries, passed_bytes: int) -> None:
        """`passed_bytes` are those of an entry that may be no frame."""
        self._entries, self._passed_bytes = entries, passed_bytes

    def missing_since(self, one: int, other: int) -> int | None:
        """The tick of the first listed between two packets that begin at these bytes; None: there is none.

        Of sound the index counts bytes instead, where the stream has samples of so many.
        """
        first = self._number(one - CHUNK_HEADER_BYTES) + 1
        passed = range(first, self._number(other - CHUNK_HEADER_BYTES - 1) + 1)
        if not _is_missing([self._entries[number].size for number in passed], self._passed_bytes):
            return None
        return self._entries[first].timestamp

    def _number(self, position: int) -> int:
        """Of the last that begins there or before."""
        return bisect_right(self._entries, position, key=lambda entry: entry.pos) - 1


def listing_of(container: InputContainer, stream: Stream) -> Listing | None:
    """None where there is no index: libavformat lists what it has come across, which tells nothing.

    To be asked before much of the file was read.
    """
    entries = stream.index_entries
    listed = container.format.name == "avi" and len(entries) and entries[len(entries) - 1].pos
    return (
        Listing(entries, _passed_bytes(stream)) if listed and listed > LISTED_UP_TO * container.size else None
    )


def _begun(packet: "Packet[Any]", number: int, counted: int) -> Course:
    """Where reading begins with a packet, which may lie behind damage that was to be read first."""
    time = packet.dts or 0
    unit = max(1, round(counted / time)) if time and packet.stream.type == "audio" else 1
    return Course(number, unit, max(0, counted // unit - time) if time else 0)


def _passed_bytes(stream: Stream) -> int:
    """How large an entry may be that is none of its packets."""
    picture = stream.codec_context if isinstance(stream, VideoStream) else None
    return PALETTE_BYTES if picture is not None and picture.pix_fmt == WITH_PALETTE else 0


def _is_missing(sizes: list[int], passed_bytes: int) -> bool:
    """Whether something is, where entries of these sizes were passed over."""
    sizes = [size for size in sizes if size]  # the others stand for the frame before, and are counted
    return len(sizes) > 1 or sum(sizes) > passed_bytes

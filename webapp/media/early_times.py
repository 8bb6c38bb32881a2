"""Times before zero in a Matroska, as cutting without encoding leaves them: libavformat does not tell them.

A block has its time by that of its cluster (RFC 9559 §10.1), and may be earlier. What comes before zero then
has no time at all, and of sound another one.
"""

import struct
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from av.container import InputContainer
from av.packet import Packet

from .ebml import (
    CLUSTER,
    END_OF_ALL_FILES,
    TIMESTAMP,
    Element,
    Readable,
    element_at,
    elements,
    leading,
    tracks,
)
from .growing import GrowingFile
from .matroska_chain import MatroskaChain

TRACK_NUMBER, CODEC_DELAY = 0xD7, 0x56AA
NANOSECOND = Fraction(1, 1_000_000_000)
LOOKED_AT_BYTES = 64  # of a cluster: its time comes first
MOST_CLUSTERS = 100  # of one time: files made to take long have thousands
# Of a block: number of the track, a byte unless there are many, the time, and flags, two bits for lacing.
BLOCK, ONE_BYTE, LACED = struct.Struct(">BhB"), 0x80, 0x06
EARLIEST = -(1 << 15)
# The keyframe before may not be listed up to here. Of milliseconds, as usual.
NOT_LISTED_S, TICKS_A_SECOND = 30, 1000


@dataclass(slots=True)
class FirstClusters:
    """
    Attributes:
        begin, end: where they lie in the file, as far as that was looked up.
        time: that of each, in ticks.
        delays_s: by how much each track is to be heard earlier than its times say, by its number.
    """

    file: Readable
    begin: int
    end: int
    time: int
    delays_s: dict[int, Fraction]
    _count: int = 1

    def hold(self, position: int) -> bool:
        """Whether the packet there is in them; of a file that is arriving only that has to be there."""
        while position >= self.end and self._count < MOST_CLUSTERS:
            after = element_at(self.file, self.end)
            if after is None or after.kind != CLUSTER or _time(self.file, after) != self.time:
                self._count = MOST_CLUSTERS
                break
            self.end = after.end
            self._count += 1
        return self.begin <= position < self.end


def can_be_sought(container: InputContainer, zero: int, tick: int) -> bool:
    """Whether to look for a tick in an index, which lists nothing before 0.

    Args:
        zero: the tick at which the output's timeline starts.
    """
    matroska = container.format.name.startswith("matroska")
    return not (matroska and zero < 0 and tick < NOT_LISTED_S * TICKS_A_SECOND)


def placed(container: InputContainer, packets: "Iterable[Packet[Any]]") -> "Iterator[Packet[Any]]":
    """The packets, those before zero with the times that are written."""
    if not container.format.name.startswith("matroska"):
        yield from packets
        return
    file = getattr(container.file, "file", None)
    other = file.again() if isinstance(file, GrowingFile | MatroskaChain) else None
    with closing(other or Path(container.name).open("rb")) as file:
        first = _first_clusters(file)
        for packet in packets:
            if first and packet.pos is not None and first.hold(packet.pos):
                _place(packet, packet.pos, first)
            yield packet


def _first_clusters(file: Readable) -> FirstClusters | None:
    """None where nothing in it can be before zero."""
    begin = next((one for one in leading(file) if one.kind == CLUSTER), None)
    if begin is None or begin.unended or begin.end >= END_OF_ALL_FILES:
        return None
    if (time := _time(file, begin)) + EARLIEST >= 0:
        return None
    delays_s = {
        int.from_bytes(track.get(TRACK_NUMBER, b"")): int.from_bytes(track.get(CODEC_DELAY, b"")) * NANOSECOND
        for track in tracks(file)
    }
    return FirstClusters(file, begin.begin, begin.end, time, delays_s)


def _time(file: Readable, cluster: Element) -> int:
    file.seek(cluster.begin)
    return int.from_bytes(dict(elements(file.read(LOOKED_AT_BYTES))).get(TIMESTAMP, b""))


def _place(packet: "Packet[Any]", position: int, first: FirstClusters) -> None:
    first.file.seek(position)
    head = first.file.read(BLOCK.size)
    if len(head) < BLOCK.size:
        return
    track, time, flags = BLOCK.unpack(head)
    time += first.time
    delay_s = first.delays_s.get(track & ~ONE_BYTE)
    if time >= 0 or flags & LACED or not track & ONE_BYTE or delay_s is None or packet.time_base is None:
        return
    packet.pts = time - round(delay_s / packet.time_base)
    if packet.stream.type == "audio":
        packet.dts = packet.pts

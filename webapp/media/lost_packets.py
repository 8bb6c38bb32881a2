"""Where packets are missing from an MPEG transport stream, which counts those of each of its streams.

libavformat flags what it was reading there, but drops both where it finds no packet for long.
"""

from collections.abc import Sequence
from mmap import mmap
from pathlib import Path

from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from .growing import GrowingFile
from .joined import routes_of
from .mapped import mapped
from .pid_routes import Routes
from .program_map import PAT_PID
from .transport_stream import (
    HEAD_BYTES,
    PACKET_BYTES,
    is_scrambled,
    is_starting,
    payload_of,
    pid_of,
    runs,
    stride_of,
)

FLAGGED_WITHIN_BYTES = 1 << 20  # a frame, and what lies between its packets
COUNTED_TO = 16  # of so many that are missing the counter may say nothing
DAMAGED = 0x80  # transport_error_indicator, in a packet's second byte


class Counters:
    """The counters of streams (ISO/IEC 13818-1 §2.4.3.3), from some packet on.

    Attributes:
        pids: the numbers of the streams.
        missing: those of which packets are, or are scrambled.
        anew: those that are counted from 0 on, as is the table before: where recordings were put one behind
            the other, and parts of a live stream.
    """

    def __init__(self, pids: frozenset[int]) -> None:
        self.pids = pids
        self.missing: set[int] = set()
        self.anew: set[int] = set()
        self._numbers: dict[int, int] = {}
        self._begun = False  # by a table that is the first
        self._behind: set[int] = set()  # those seen since then

    def see(self, pid: int, packet: bytes) -> None:
        """The next of these streams, or a table."""
        number = packet[3] & 15
        if pid == PAT_PID:
            if number == 0:
                self._begun = True
                self._behind.clear()
        elif payload_of(packet) is not None:
            step = (number - self._numbers.get(pid, number - 1)) % COUNTED_TO
            if step != 1 and not _may_jump(packet):
                if number == 0 and is_starting(packet) and self._begun and pid not in self._behind:
                    self.anew.add(pid)
                elif step:  # else it is sent twice
                    self.missing.add(pid)
            if is_scrambled(packet) or packet[1] & DAMAGED:
                self.missing.add(pid)
            self._numbers[pid] = number
            self._behind.add(pid)

    def lose(self) -> None:
        """There are bytes that are no packets."""
        self._begun = False


class LostPackets:
    def __init__(self, path: Path, pid: int, pids: Sequence[int], routes: Routes | None) -> None:
        """`pids` are those of all streams, `routes` what libavformat finds them by."""
        self._path, self._pid, self._pids, self._routes = path, pid, frozenset(pids), routes
        self._in_step_until = 0

    def between(self, one: int, other: int) -> bool:
        """Whether packets of the stream are, or cannot be read, between those that begin at these bytes."""
        with mapped(self._path) as data:
            stride = stride_of(data[one : one + HEAD_BYTES]) or stride_of(data[:HEAD_BYTES])
            return stride is not None and self._missing(data, stride, one, other + 2 * stride)

    def clear(self, packet: "Packet[Stream]") -> None:
        """Takes from it the flag of damage that it has only because the counters begin anew behind it."""
        if packet.is_corrupt and packet.pos is not None and self._is_whole(packet.pos):
            packet.is_corrupt = False

    def _is_whole(self, position: int) -> bool:
        if position < self._in_step_until:
            return False
        with mapped(self._path) as data:
            stride = stride_of(data[position : position + HEAD_BYTES]) or stride_of(data[:HEAD_BYTES])
            if stride is None:
                return False
            end = position + FLAGGED_WITHIN_BYTES
            counters = self._counters(data, stride, position, end)
            if counters and self._pid not in counters.anew | counters.missing:
                self._in_step_until = end
            return counters is not None and self._pid in counters.anew and not counters.missing

    def _missing(self, data: mmap, stride: int, begin: int, end: int) -> bool:
        counters = self._counters(data, stride, begin, end)
        if counters is None:
            return True
        return self._pid in counters.missing or (self._pid in counters.anew and bool(counters.missing))

    def _counters(self, data: mmap, stride: int, begin: int, end: int) -> Counters | None:
        """What they are between these bytes; None where for so long there are no packets that nothing is."""
        counters, after = Counters(self._pids), begin
        for run in runs(data, stride, begin, min(end, len(data))):
            if run.position - after >= COUNTED_TO * stride:
                return None
            if run.position > after:
                counters.lose()
            after = run.position + run.packets * stride
            for at in range(0, run.packets * stride, stride):
                packet = run.data[at : at + PACKET_BYTES]
                pid = pid_of(packet)
                if self._routes and pid != PAT_PID:
                    pid = self._routes.of(pid, run.position + at)
                if pid in self._pids or pid == PAT_PID:
                    counters.see(pid, packet)
                    if self._pid in counters.missing:
                        return counters
        return counters


def lost_packets(container: InputContainer, stream: Stream) -> LostPackets | None:
    """Those of a stream; None where nothing counts them."""
    if container.format.name != "mpegts" or isinstance(getattr(container.file, "file", None), GrowingFile):
        return None
    pids = [one.id for one in container.streams if one.type in ("video", "audio")]
    return LostPackets(Path(container.name), stream.id, pids, routes_of(container))


def _may_jump(packet: bytes) -> bool:
    """Its discontinuity_indicator (§2.4.3.4)."""
    return bool(packet[3] & 0x20 and packet[4] and packet[5] & 0x80)

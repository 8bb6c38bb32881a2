"""Which streams an MPEG transport stream says it has, from which place on (ISO/IEC 13818-1 §2.4.4).

One table lists the maps of its programs, and a map the streams of one. Both come again all the time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from mmap import mmap
from typing import NamedTuple
from zlib import crc32

from .transport_stream import PACKET_BYTES, SYNC, Run, payload_of, pid_of, starting

PAT_PID, PAT, PMT = 0, 0, 2  # program association and program map, by their table_id
LONGEST_SECTION_BYTES = 1024
FARTHEST_PACKET = 500  # of those between two of a table
CRC_BYTES = 4
# Of private streams (stream_type, table 2-34) descriptors tell what they are: a registration (§2.6.8), and
# of DVB (EN 300 468 table 12) teletext, subtitles, AC-3, E-AC-3, DTS, AAC and others.
PRIVATE = (0x06, *range(0x80, 0x100))
TELLING, LANGUAGE = (0x05, 0x56, 0x59, 0x6A, 0x7A, 0x7B, 0x7C, 0x7F), 0x0A
ALIKE = {0x01: 0x02, 0x03: 0x04}  # of MPEG-1 and MPEG-2
PICTURES = (0x01, 0x02, 0x10, 0x1B, 0x20, 0x21, 0x24, 0x33, 0x42, 0xD1, 0xD2, 0xEA)
SOUNDS = (0x03, 0x04, 0x0F, 0x11, 0x1C, *range(0x81, 0x88))
PRIVATE_SOUNDS, REGISTERED_SOUNDS = (0x6A, 0x7A, 0x7B, 0x7C), (b"AC-3", b"EAC3", b"Opus")
REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class Elementary(NamedTuple):
    """A stream.

    Attributes:
        pid: number that its packets have.
        coding: what it is coded in, for comparison.
        language: as written; empty where none is.
        kind: "video", "audio", or nothing, where it is neither.
    """

    pid: int
    coding: bytes
    language: bytes
    kind: str


@dataclass(slots=True)
class Lineup:
    """What there is from byte `begin` on: the streams of each program, by the number that its map has."""

    begin: int
    maps: dict[int, list[Elementary]] = field(default_factory=dict)

    @property
    def streams(self) -> dict[int, Elementary]:
        """By the numbers that they have."""
        return {stream.pid: stream for streams in self.maps.values() for stream in streams}


class Tables:
    """Follows them.

    Attributes:
        lineups: what there is according to them, in the order of the file.
    """

    def __init__(self, file: mmap, stride: int) -> None:
        self.lineups: list[Lineup] = []
        self._file, self._stride = file, stride
        self._programs: dict[int, int] = {}  # by the number of their map
        self._seen: dict[int, bytes] = {}

    def see(self, run: Run) -> None:
        """The next packets."""
        for position, packet in starting(run, self._stride):
            pid = pid_of(packet)
            if pid != PAT_PID and pid not in self._programs:
                continue
            section = self._section(position, pid)
            if section is None or self._seen.get(pid) == section:
                continue
            self._seen[pid] = section
            if pid == PAT_PID:
                self._take_programs(section, position)
            elif section[0] == PMT:
                self._take_map(pid, list(_streams(section)), position)

    def _take_programs(self, section: bytes, position: int) -> None:
        numbers = [
            (_number(section, at + 2), int.from_bytes(section[at : at + 2]))
            for at in range(8, len(section) - CRC_BYTES - 3, 4)
            if section[at : at + 2] != bytes(2)
        ]
        listed = dict(numbers)
        if section[0] != PAT or section[7] or listed == self._programs:  # several sections: none has all
            return
        if len(listed) < len(numbers):  # maps of several programs in one place are not told apart
            return
        known = self.lineups[-1].maps if self.lineups else {}
        kept = {pid: known[pid] for pid in known if listed.get(pid) == self._programs[pid]}
        self._programs = listed
        self._seen = {pid: section for pid, section in self._seen.items() if pid in kept or pid == PAT_PID}
        self.lineups.append(Lineup(position, kept))

    def _take_map(self, pid: int, streams: list[Elementary], position: int) -> None:
        now = self.lineups[-1]
        if pid in now.maps and now.maps[pid] != streams:
            self.lineups.append(now := Lineup(position, dict(now.maps)))
        now.maps[pid] = streams

    def _section(self, position: int, pid: int) -> bytes | None:
        """The one that starts with the packet at `position`; None if it is damaged, or is not valid yet."""
        data = bytearray()
        begin = 0
        for number in range(FARTHEST_PACKET):
            at = position + number * self._stride
            packet = self._file[at : at + PACKET_BYTES]
            if len(packet) < PACKET_BYTES or packet[0] != SYNC:
                return None
            if pid_of(packet) != pid or (payload := payload_of(packet)) is None or payload >= PACKET_BYTES:
                continue
            if not data:
                begin = 1 + packet[payload]
            data += packet[payload:]
            if len(data) >= begin + 3:
                size = 3 + (_number(data, begin + 1, 0xFFF))
                if size > LONGEST_SECTION_BYTES:
                    return None
                if len(data) >= begin + size:
                    section = bytes(data[begin : begin + size])
                    return section if _is_valid(section) else None
        return None


def _is_valid(section: bytes) -> bool:
    """Whether it applies now, and its checksum is right (annex A), which reads bits the other way round."""
    long_enough = len(section) >= 8 + CRC_BYTES and bool(section[5] & 1)
    return long_enough and crc32(section.translate(REVERSED)) == 0xFFFFFFFF


def _streams(section: bytes) -> Iterator[Elementary]:
    at, end = 12 + _number(section, 10, 0xFFF), len(section) - CRC_BYTES
    while at + 5 <= end:
        kind, size = section[at], _number(section, at + 3, 0xFFF)
        descriptors = dict(_descriptors(section[at + 5 : min(at + 5 + size, end)]))
        coding = bytes([ALIKE.get(kind, kind)])
        if kind in PRIVATE:
            coding += b"".join(bytes([tag]) for tag in TELLING if tag in descriptors)
            coding += descriptors.get(TELLING[0], b"")[:4]
        language = descriptors.get(LANGUAGE, b"")[:3]
        yield Elementary(_number(section, at + 1), coding, language, _kind(kind, descriptors))
        at += 5 + size


def _kind(kind: int, descriptors: Mapping[int, bytes]) -> str:
    if kind in PICTURES:
        return "video"
    registered = descriptors.get(TELLING[0], b"")[:4] in REGISTERED_SOUNDS
    private = kind in PRIVATE and (registered or any(tag in descriptors for tag in PRIVATE_SOUNDS))
    return "audio" if kind in SOUNDS or private else ""


def _descriptors(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 2 <= len(data):
        yield data[at], data[at + 2 : at + 2 + data[at + 1]]
        at += 2 + data[at + 1]


def _number(data: bytes | bytearray, at: int, mask: int = 0x1FFF) -> int:
    return int.from_bytes(data[at : at + 2]) & mask

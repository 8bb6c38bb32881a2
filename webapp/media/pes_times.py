"""The times written in an MPEG transport stream (ISO/IEC 13818-1): where they lie, and what they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap

from .transport_stream import PACKET_BYTES, payload_of, pid_of, runs, starting

TICKS_A_SECOND = 90_000
WRAP = 1 << 33  # times are counted up to here, and from 0 again: every 26.5 hours (§2.4.3.7)
TIME_BYTES = 5
VIDEO, AUDIO, PRIVATE = range(0xE0, 0xF0), range(0xC0, 0xE0), (0xBD, 0xFD)  # stream_id, table 2-22


@dataclass(frozen=True, slots=True)
class Stamp:
    """The times of one PES packet.

    Attributes:
        pid: number of the stream that it belongs to.
        picture: whether that is a picture.
        position: where the first of its times lies in the file.
        pts: when it is shown, in ticks below WRAP.
        dts: when it is decoded, which is written after that; None where it is not written.
    """

    pid: int
    picture: bool
    position: int
    pts: int
    dts: int | None


def stamps(file: mmap, stride: int, begin: int, end: int) -> Iterator[Stamp]:
    """The times in the packets from `begin` to `end`."""
    for run in runs(file, stride, begin, end):
        for position, packet in starting(run, stride):
            if stamp := _stamp(packet, position):
                yield stamp


def time_at(data: bytes | bytearray, at: int) -> int:
    """The time written at `at` (§2.4.3.7, marker bits between)."""
    first, second, third, fourth, fifth = data[at : at + TIME_BYTES]
    return (first & 14) << 29 | second << 22 | (third & 254) << 14 | fourth << 7 | fifth >> 1


def is_time(data: bytes, at: int) -> bool:
    """Whether the marker bits are there; zeros over it, say, are none."""
    return bool(data[at] & data[at + 2] & data[at + 4] & 1)


def written(time: int, before: int) -> bytes:
    """`time` as it is written; `before` is the first byte of what it replaces, half of which stays."""
    return bytes(
        (
            before & 0xF1 | time >> 29 & 14,
            time >> 22 & 255,
            time >> 14 & 254 | 1,
            time >> 7 & 255,
            time << 1 & 254 | 1,
        )
    )


def _stamp(packet: bytes, position: int) -> Stamp | None:
    pes = payload_of(packet)
    if (
        pes is None
        or pes + 19 > PACKET_BYTES
        or packet[pes : pes + 3] != b"\0\0\1"
        or not packet[pes + 7] & 0x80
    ):
        return None
    kind = packet[pes + 3]
    if not (kind in VIDEO or kind in AUDIO or kind in PRIVATE):
        return None
    decoded = bool(packet[pes + 7] & 0x40)
    if not is_time(packet, pes + 9) or (decoded and not is_time(packet, pes + 14)):
        return None
    dts = time_at(packet, pes + 14) if decoded else None
    return Stamp(pid_of(packet), kind in VIDEO, position + pes + 9, time_at(packet, pes + 9), dts)

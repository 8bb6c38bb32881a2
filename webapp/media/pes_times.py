"""The times written in an MPEG transport stream (ISO/IEC 13818-1): where they lie, and what they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap

SYNC = 0x47
PACKET_BYTES = 188
# Plain, with the time of arrival before each packet (camcorders, Blu-ray), and with error correction after.
STRIDES = (PACKET_BYTES, 192, 204)
LOOKED_AT = 5  # packets in a row that tell a transport stream
TICKS_A_SECOND = 90_000
WRAP = 1 << 33  # times are counted up to here, and from 0 again: every 26.5 hours (§2.4.3.7)
TIME_BYTES = 5
BLOCK_BYTES = 4 << 20
STARTING = bytes(kind >> 6 & 1 for kind in range(256))  # payload_unit_start_indicator (§2.4.3.2)
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


def stride_of(head: bytes) -> int | None:
    """Bytes from one packet to the next in a file that starts with `head`; None: no transport stream."""
    for stride in STRIDES:
        for first in range(min(stride, len(head))):
            syncs = head[first::stride][:LOOKED_AT]
            if len(syncs) == LOOKED_AT and syncs == bytes([SYNC]) * LOOKED_AT:
                return stride
    return None


def stamps(file: mmap, stride: int, begin: int, end: int) -> Iterator[Stamp]:
    """The times in the packets from `begin` to `end`."""
    while begin < end:
        data = file[begin : min(end, begin + BLOCK_BYTES)]
        yield from _stamps(data, stride, begin)
        # What starts in the last packet's room is read with the next block.
        begin += len(data) // stride * stride or len(data)


def _stamps(data: bytes, stride: int, position: int) -> Iterator[Stamp]:
    """The times in the whole packets of `data`, which lies at `position` in the file."""
    at = 0
    while (at := _in_step(data, stride, at)) >= 0:
        syncs = data[at::stride]
        whole = min(len(syncs) - len(syncs.lstrip(b"\x47")), (len(data) - at - PACKET_BYTES) // stride + 1)
        starting = data[at + 1 : at + 1 + whole * stride : stride].translate(STARTING)
        number = starting.find(1)
        while 0 <= number < whole:
            packet = at + number * stride
            if stamp := _stamp(data[packet : packet + PACKET_BYTES], position + packet):
                yield stamp
            number = starting.find(1, number + 1)
        at += max(1, whole) * stride


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


def _in_step(data: bytes, stride: int, at: int) -> int:
    """Where packets go on, from `at`; -1 at the end. After damage they need not be where they were."""
    while (at := data.find(SYNC, at)) >= 0 and at + PACKET_BYTES <= len(data):
        syncs = data[at : at + LOOKED_AT * stride : stride]
        if syncs.count(SYNC) == len(syncs):
            return at
        at += 1
    return -1


def _stamp(packet: bytes, position: int) -> Stamp | None:
    if not packet[3] & 0x10:
        return None  # no payload
    pes = 5 + packet[4] if packet[3] & 0x20 else 4
    if pes + 19 > PACKET_BYTES or packet[pes : pes + 3] != b"\0\0\1" or not packet[pes + 7] & 0x80:
        return None
    kind = packet[pes + 3]
    if not (kind in VIDEO or kind in AUDIO or kind in PRIVATE):
        return None
    pid = (packet[1] & 31) << 8 | packet[2]
    decoded = bool(packet[pes + 7] & 0x40)
    if not is_time(packet, pes + 9) or (decoded and not is_time(packet, pes + 14)):
        return None
    dts = time_at(packet, pes + 14) if decoded else None
    return Stamp(pid, kind in VIDEO, position + pes + 9, time_at(packet, pes + 9), dts)

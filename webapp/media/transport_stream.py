"""Packets of an MPEG transport stream (ISO/IEC 13818-1 §2.4.3): where they lie, one behind the other."""

from collections.abc import Iterator
from mmap import mmap
from typing import NamedTuple

SYNC = 0x47
PACKET_BYTES = 188
# Plain, with the time of arrival before each packet (camcorders, Blu-ray), and with error correction after.
STRIDES = (PACKET_BYTES, 192, 204)
LOOKED_AT = 5  # packets in a row that tell a transport stream
HEAD_BYTES = (LOOKED_AT + 1) * max(STRIDES)
BLOCK_BYTES = 4 << 20
STARTING = 0x40  # payload_unit_start_indicator, in a packet's second byte (§2.4.3.2)
STARTS = bytes(kind & STARTING > 0 for kind in range(256))
SCRAMBLED = 0x3F  # above it of a packet's fourth byte
NULL_PID = 0x1FFF  # of packets that hold nothing


class Run(NamedTuple):
    """Whole packets in a row.

    Attributes:
        position: where the first lies in the file.
        data: their bytes, and those between them.
        packets: how many.
    """

    position: int
    data: bytes
    packets: int


def stride_of(head: bytes) -> int | None:
    """Bytes from one packet to the next in a file that starts with `head`; None: no transport stream."""
    for stride in STRIDES:
        for first in range(min(stride, len(head))):
            syncs = head[first::stride][:LOOKED_AT]
            if len(syncs) == LOOKED_AT and syncs == bytes([SYNC]) * LOOKED_AT:
                return stride
    return None


def runs(file: mmap, stride: int, begin: int, end: int) -> Iterator[Run]:
    """The packets from `begin` to `end`; after damage they need not be where they were."""
    while begin < end:
        data = file[begin : min(end, begin + BLOCK_BYTES)]
        at, after = 0, 0
        while (at := _in_step(data, stride, at)) >= 0:
            syncs = data[at::stride]
            whole = len(syncs) - len(syncs.lstrip(b"\x47"))
            count = min(whole, (len(data) - at - PACKET_BYTES) // stride + 1)
            yield Run(begin + at, data[at : at + count * stride], count)
            at = after = at + max(1, count) * stride
        # What starts in the last packet's room is read with the next block.
        begin += max(after, len(data) - stride) if begin + len(data) < end else len(data)


def starting(run: Run, stride: int) -> Iterator[tuple[int, bytes]]:
    """Of these packets those with which a unit starts, and where each lies in the file."""
    begins = run.data[1::stride].translate(STARTS)
    number = begins.find(1)
    while 0 <= number < run.packets:
        at = number * stride
        yield run.position + at, run.data[at : at + PACKET_BYTES]
        number = begins.find(1, number + 1)


def pid_of(packet: bytes) -> int:
    """Which stream it belongs to."""
    return (packet[1] & 31) << 8 | packet[2]


def is_starting(packet: bytes) -> bool:
    """Whether a unit of its stream, or a table, starts with it."""
    return packet[1] & STARTING > 0


def is_scrambled(packet: bytes) -> bool:
    """Whether only who has a key can read its payload (transport_scrambling_control, §2.4.3.3)."""
    return packet[3] > SCRAMBLED and packet[3] & 0x10 > 0


def payload_of(packet: bytes) -> int | None:
    """Where in a packet its payload begins (§2.4.3.3); None if it has none."""
    if not packet[3] & 0x10:
        return None
    return 5 + packet[4] if packet[3] & 0x20 else 4


def _in_step(data: bytes, stride: int, at: int) -> int:
    """Where packets go on, from `at`; -1 at the end."""
    while (at := data.find(SYNC, at)) >= 0 and at + PACKET_BYTES <= len(data):
        syncs = data[at : at + LOOKED_AT * stride : stride]
        if syncs.count(SYNC) == len(syncs):
            return at
        at += 1
    return -1

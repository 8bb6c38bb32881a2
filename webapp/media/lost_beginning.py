"""Whether a transport stream is damaged before its first frame that decodes.

What is broadcast is recorded from the middle of a GOP on: up to the next keyframe nothing decodes, and
nothing is lost or damaged.
"""

from collections.abc import Sequence
from mmap import mmap
from pathlib import Path

from .mapped import mapped
from .transport_stream import HEAD_BYTES, PACKET_BYTES, SYNC, runs, stride_of
from .unshown import Coming


def is_damaged(path: Path, packets: Sequence[Coming]) -> bool:
    """Whether packets of the picture before its first frame are, one or more, or what lies between."""
    if any(packet.is_corrupt for packet in packets):
        return True
    with mapped(path) as data:
        places = [packet.position for packet in packets]
        stride = stride_of(data[min(places) : min(places) + HEAD_BYTES])
        if stride is None:
            return False
        after = 0
        for run in runs(data, stride, 0, max(places)):
            if run.position - after >= stride:  # it may begin inside a packet
                return True
            after = run.position + run.packets * stride
        starts = [_packet_at(data, place, stride) for place in places]
    return any(_can_be_entered(start) for start in starts)


def _packet_at(data: mmap, place: int, stride: int) -> bytes:
    """The one that libavformat says is there: with times of arrival or error correction it lies behind."""
    for at in range(place, min(place + stride, len(data) - stride)):
        if data[at] == data[at + stride] == SYNC:
            return data[at : at + PACKET_BYTES]
    return b""


def _can_be_entered(packet: bytes) -> bool:
    """Whether a keyframe begins in it (random_access_indicator, ISO/IEC 13818-1 §2.4.3.5)."""
    return len(packet) == PACKET_BYTES and bool(packet[3] & 0x20 and packet[4] and packet[5] & 0x40)

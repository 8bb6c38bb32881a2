"""AVI files of MPEG-4 as DivX and Xvid pack them: a B-frame lies in the packet of what it looks on to."""

from fractions import Fraction
from pathlib import Path

import av

VOP = b"\0\0\1\xb6"  # starts a picture (ISO/IEC 14496-2 §6.2.5); the two bits after it are its type
B_TYPE = 2
PACKED = b"\0\0\1\xb2DivX503b1393p"  # what encoders call themselves; the p tells that it is packed
NOT_CODED = VOP + b"\x50\x40\x7f"  # takes the place of a B-frame, and shows nothing


def pack(source: Path, target: Path) -> Path:
    """The first track of the AVI `source`, packed."""
    with av.open(str(source)) as given, av.open(str(target), "w") as container:
        track = given.streams.video[0]
        assert track.average_rate is not None
        packets = [(bytes(packet), packet.is_keyframe) for packet in given.demux(track) if packet.size]
        stream = container.add_stream_from_template(track)
        for number, (data, keyframe) in enumerate(_packed(packets)):
            packet = av.Packet(data)
            packet.pts = packet.dts = number
            packet.time_base = Fraction(1) / track.average_rate
            packet.is_keyframe, packet.stream = keyframe, stream
            container.mux(packet)
    return target


def _packed(packets: list[tuple[bytes, bool]]) -> list[tuple[bytes, bool]]:
    packed: list[tuple[bytes, bool]] = []
    for data, keyframe in packets:
        if _type(data) == B_TYPE:
            before, was_keyframe = packed.pop()
            packed += [(before + data, was_keyframe), (NOT_CODED, False)]
        else:
            packed.append((data.replace(VOP, PACKED + VOP, 1) if keyframe else data, keyframe))
    return packed


def _type(data: bytes) -> int:
    return data[data.index(VOP) + len(VOP)] >> 6

"""Whole frames that a decoder keeps back for what was damaged before them: they are said to be missing."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest
from av.packet import Packet
from av.video.frame import VideoFrame

from webapp.media.decoding import Damage
from webapp.media.moments import Moments
from webapp.media.transport_stream import PACKET_BYTES
from webapp.media.unshown import Unshown

from .encoding import Encoded, encode_picture
from .tampering import overwrite_packets

Footage = Callable[..., Path]

RATE, SECONDS, GOP = 25, 8, 50
FRAMES = RATE * SECONDS
RECORDING: dict[str, object] = {"rate": RATE, "seconds": SECONDS, "gop": GOP, "audio": "aac"}
FIXED_GOP = {"options": {"x264-params": "scenecut=0"}}


def without_keyframe(source: Path, number: int) -> Path:
    """Writes zeros over a keyframe, counted from 0; of an MPEG-TS, over the packets that it lies in."""
    with av.open(str(source)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        found = [place for place, packet in enumerate(packets) if packet.is_keyframe][number]
        begin, size = packets[found].pos, packets[found].size
    if source.suffix != ".ts":
        return overwrite_packets(source, [found])
    assert begin is not None
    data = bytearray(source.read_bytes())
    length = (size // PACKET_BYTES + 1) * PACKET_BYTES
    data[begin : begin + length] = bytes(length)
    source.write_bytes(data)
    return source


def unshown(encoded: Encoded) -> int:
    """Frames that do not come, or whose moment another is shown at."""
    return FRAMES - len(encoded.top.numbers) + sum(chunk.repeated for chunk in encoded.chunks)


@pytest.mark.parametrize("name", ["a.mp4", "a.ts"])
def test_frames_that_need_a_lost_keyframe_are_missing(footage: Footage, tmp_path: Path, name: str) -> None:
    source = without_keyframe(footage(name, **RECORDING, **FIXED_GOP), 1)
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert unshown(encoded) > 10
    missing_s = sum(chunk.missing_s for chunk in encoded.chunks)
    assert missing_s == pytest.approx(unshown(encoded) / RATE, abs=0.001)
    # `verification` allows for so many.
    assert sum(chunk.damaged + chunk.unshown for chunk in encoded.chunks) >= unshown(encoded) - 1


def test_frames_whose_packets_do_not_decode_are_missing(footage: Footage, tmp_path: Path) -> None:
    source = footage("a.mov", codec="png", pixel_format="rgb24", **RECORDING)
    encoded = encode_picture(overwrite_packets(source, [30, 31, 110]), tmp_path / "out", smallest=True)
    assert [(chunk.damaged, chunk.missing_s) for chunk in encoded.chunks] == [(2, 0.08), (1, 0.04), (0, 0)]


def test_a_field_that_has_a_packet_of_its_own_is_not_missing(footage: Footage) -> None:
    damage = Damage(packets=1)
    with av.open(str(footage("a.mp4", **RECORDING))) as container:
        stream = container.streams.video[0]
        moments = Moments(container, stream)
        unshown = Unshown(moments, damage)
        for number in range(RATE):
            frame = VideoFrame(16, 16)
            frame.pts = number * moments.step
            for tick in (frame.pts, frame.pts + moments.step // 2):
                field = Packet(1)
                field.pts = tick
                unshown.see(field)
            if number not in (10, 11):
                unshown.note(frame, frame.pts)
    assert damage.holes == [(9 * moments.step + moments.step // 2, 12 * moments.step)]

"""When frames are shown of a file that only tells when they are decoded."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest

from .decoding import assert_joined
from .encoding import encode_picture

RATE, FRAMES = 25, 150
SECTOR_BYTES = 2048  # a pack of a program stream, of dozens of small frames
B_FRAMES = {"x264-params": "bframes=3:b-pyramid=normal:b-adapt=0:scenecut=0"}


def test_of_an_mp4_whose_times_are_those_of_decoding_no_frame_is_lost(
    footage: Callable[..., Path], tmp_path: Path
) -> None:
    written = footage("a.mp4", rate=RATE, seconds=FRAMES // RATE, options=B_FRAMES)
    source = tmp_path / "b.mp4"
    with av.open(str(written)) as old, av.open(str(source), "w") as new:
        copied = new.add_stream_from_template(old.streams.video[0])
        for number, packet in enumerate(old.demux(video=0)):
            if packet.size:
                packet.stream, packet.time_base = copied, Fraction(1, RATE)
                packet.pts = packet.dts = number
                packet.duration = 1
                new.mux(packet)
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert encoded.top.numbers == list(range(FRAMES))
    assert [float(time) for time in encoded.top.times] == pytest.approx(
        [number / RATE for number in range(FRAMES)], abs=4 / RATE
    )
    assert not sum(chunk.damaged for chunk in encoded.chunks)
    assert_joined(encoded.top)


def test_frames_without_a_time_behind_a_hole_are_as_far_apart_as_others(
    footage: Callable[..., Path], tmp_path: Path
) -> None:
    source = footage("a.mpg", rate=RATE, seconds=FRAMES // RATE, gop=100, options={"bf": "2"})
    data = source.read_bytes()
    source.write_bytes(data[:SECTOR_BYTES] + bytes(SECTOR_BYTES) + data[2 * SECTOR_BYTES :])
    top = encode_picture(source, tmp_path / "out", smallest=True).top
    steps = [other - one for one, other in pairwise(top.times)]
    assert len([step for step in steps if step > Fraction(3, RATE)]) == 1
    whole = [(number, time) for number, time in zip(top.numbers, top.times, strict=True) if number >= 100]
    assert [number for number, _ in whole] == list(range(100, FRAMES))
    assert [time for _, time in whole] == [Fraction(number, RATE) for number in range(100, FRAMES)]

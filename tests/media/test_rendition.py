"""A rung on its way from frames to segments: its timescale, its keyframes, its bit rate."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from tests.support.video import numbered_frame
from webapp.media.playlist import BitRates

from .decoding import Rendition, Shown, nal_types
from .encoding import Encoded, encode_picture

Footage = Callable[..., Path]


def decode_and_presentation_times(rendition: Rendition) -> list[tuple[int, int]]:
    """Of every sample, in decoding order, in ticks."""
    path = rendition.folder / "whole.mp4"
    path.write_bytes(rendition.data())
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    assert all(packet.time_base == Fraction(1, rendition.track.timescale) for packet in packets)
    return [
        (packet.dts, packet.pts) for packet in packets if packet.dts is not None and packet.pts is not None
    ]


@pytest.mark.parametrize(
    ("ticks", "time_base"),
    [(1, Fraction(1, 10)), (1, Fraction(1001, 30_000)), (40, Fraction(1, 1000)), (9000, Fraction(1, 90_000))],
)
def test_every_time_of_the_source_is_a_whole_number_of_ticks(
    footage: Footage, tmp_path: Path, ticks: int, time_base: Fraction
) -> None:
    source = footage("a.mov", times=[number * ticks for number in range(30)], time_base=time_base)
    top = encode_picture(source, tmp_path / "out").top
    assert top.track.timescale >= 10_000
    assert top.times == [number * ticks * time_base for number in range(30)]


def test_decode_times_rise_and_never_come_after_the_presentation(small_encoded: Encoded) -> None:
    for rendition in small_encoded.renditions:
        times = decode_and_presentation_times(rendition)
        assert len(times) == 225
        assert all(one < other for (one, _), (other, _) in pairwise(times))
        assert all(decode <= presentation for decode, presentation in times)
        starts = {segment.start for segment in rendition.segments}
        assert starts <= {decode for decode, presentation in times if decode == presentation}


def test_frames_are_reordered_by_the_encoder(small_encoded: Encoded) -> None:
    # Otherwise the tests of decode times would show nothing.
    presentations = [presentation for _, presentation in decode_and_presentation_times(small_encoded.top)]
    assert presentations != sorted(presentations)


def test_a_new_scene_does_not_make_a_keyframe(footage: Footage, tmp_path: Path) -> None:
    def scenes(number: int, width: int, height: int) -> VideoFrame:
        frame = numbered_frame(number, width, height).to_ndarray()
        return VideoFrame.from_ndarray(255 - frame if number // 7 % 2 else frame, format="rgb24")

    top = encode_picture(footage("a.mp4", picture=scenes), tmp_path).top
    assert top.idr_times() == [0, 2, 4, 6]


def test_keyframes_come_at_the_first_frame_of_every_two_seconds(footage: Footage, tmp_path: Path) -> None:
    times = [number * 300 for number in range(22)]
    top = encode_picture(footage("a.mp4", times=times, time_base=Fraction(1, 1000)), tmp_path).top
    assert top.idr_times() == [Fraction(tenths, 10) for tenths in (0, 21, 42, 60)]


def test_samples_hold_no_parameter_sets_of_their_own(small_encoded: Encoded) -> None:
    # They are in the init segment (avc1, not avc3).
    sequence, picture = 7, 8
    path = small_encoded.top.folder / "whole.mp4"
    path.write_bytes(small_encoded.top.data())
    with av.open(str(path)) as container:
        types = {kind for packet in container.demux(video=0) for kind in nal_types(bytes(packet))}
    assert types and not types & {sequence, picture}


def test_the_codec_is_named_as_the_init_segment_says(small_encoded: Encoded) -> None:
    for rendition in small_encoded.renditions:
        init = rendition.data()
        avcc = init.index(b"avcC") + 4
        assert rendition.track.codec == f"avc1.{init[avcc + 1 : avcc + 4].hex()}"
        assert rendition.track.codec.startswith("avc1.6400")  # High profile


@pytest.mark.parametrize("codec", [None, "av1", "hevc"])
def test_noise_stays_below_the_ceiling(footage: Footage, tmp_path: Path, codec: str | None) -> None:
    noise = np.random.default_rng(1)

    def snow(number: int, width: int, height: int) -> VideoFrame:
        coarse = noise.integers(0, 255, (height // 4, width // 4, 3), dtype=np.uint8)
        return VideoFrame.from_ndarray(coarse.repeat(4, axis=0).repeat(4, axis=1), format="rgb24")

    source = footage("a.mkv", codec="ffv1", width=320, height=180, rate=25, seconds=6, picture=snow)
    encoded = encode_picture(source, tmp_path, codec=codec)
    for rung, rendition in zip(encoded.rungs, encoded.renditions, strict=True):
        if rung.codec == (codec or "h264"):
            # While a video is being encoded, players are told that no segment takes more.
            peak = BitRates.measured(rendition.track).peak
            assert rung.ceiling_bps / 2 < peak <= rung.ceiling_bps * 1.1


def test_a_small_picture_that_is_held_for_seconds_keeps_its_bits(footage: Footage, tmp_path: Path) -> None:
    times = [0, 4, 10, 11, 12]
    source = footage("a.mkv", width=96, height=64, codec="ffv1", times=times, time_base=Fraction(1))
    encoded = encode_picture(source, tmp_path / "out")
    assert encoded.top.times == [0, 2, 4, 6, 10, 11, 12]
    for rendition in encoded.renditions:
        assert min(map(detail, rendition.frames)) > 20


def detail(shown: Shown) -> float:
    """How different its pixels are in brightness; those of a plain picture are not at all."""
    return float(np.std(shown.frame.to_ndarray()[: shown.frame.height]))

"""The H.264 encoder and its configuration record."""

from fractions import Fraction
from itertools import combinations

import pytest
from av.video.frame import VideoFrame

from tests.support.facts import facts
from tests.support.video import numbered_frame
from webapp.media import h264
from webapp.media.content import Content
from webapp.media.facts import VideoTrack
from webapp.media.ladder import Rung

from .decoding import NAL_IDR, nal_types


def rung(width: int, height: int, ceiling_bps: int = 1_000_000) -> Rung:
    return Rung(name=f"{height}p", width=width, height=height, ceiling_bps=ceiling_bps)


def track(rate: int = 25) -> VideoTrack:
    return facts(width=320, height=180, rate=rate).video


def encoded(count: int) -> list[bytes]:
    """Numbered frames, encoded without asking for keyframes."""
    encoder = h264.open_encoder(rung(320, 180), track())
    packets = []
    for number in range(count):
        frame = numbered_frame(number, 320, 180).reformat(format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, 25)
        packets += encoder.encode(frame)
    return [bytes(packet) for packet in (*packets, *encoder.encode(None))]


@pytest.mark.parametrize(
    ("size", "rate", "level"),
    [
        ((426, 240), 25, 21),
        ((1280, 720), 30, 31),
        ((1920, 1080), 30, 40),
        ((1920, 1080), 60, 42),
        ((1080, 1920), 30, 40),
        ((3840, 2160), 30, 51),
    ],
)
def test_the_codec_string_says_high_profile_and_the_level_that_size_and_rate_need(
    size: tuple[int, int], rate: int, level: int
) -> None:
    record = h264.open_encoder(rung(*size), track(rate)).extradata
    assert record is not None and record[0] == 1  # version of an avcC record
    assert h264.codec_string(record) == f"avc1.6400{level:02x}"


def test_the_record_is_the_same_for_each_encoder_of_a_rung() -> None:
    one, other = (h264.open_encoder(rung(320, 180), track()).extradata for _ in range(2))
    assert one == other


def test_frames_encoded_twice_are_the_same_bytes() -> None:
    assert encoded(30) == encoded(30)


def test_only_the_first_frame_is_a_keyframe_unless_one_is_asked_for() -> None:
    packets = encoded(60)
    assert [NAL_IDR in nal_types(packet) for packet in packets] == [True] + 59 * [False]


def test_the_codec_string_is_read_from_the_record() -> None:
    assert h264.codec_string(b"\x01\x4d\x40\x1f\xff\xe1") == "avc1.4d401f"


@pytest.mark.parametrize(("preset", "ours"), [("ultrafast", False), ("", True)])
def test_a_preset_is_taken_as_it_is(preset: str, ours: bool) -> None:
    told = told_to(rung(320, 180), preset)
    assert ("cabac=1" in told, "aq=2:1.00" in told) == (ours, ours)


def test_small_pictures_get_what_large_ones_would_pay_for() -> None:
    small, large = told_to(rung(854, 480)), told_to(rung(1280, 720))
    assert ("trellis=1" in small, "trellis=1" in large) == (True, False)
    intra_only, with_inter = "analyse=0x3:0x3", "analyse=0x3:0x113"
    assert (with_inter in small, intra_only in large) == (True, True)


def told_to(rung: Rung, preset: str = "") -> str:
    """What x264 was told, as it says in its first frame."""
    encoder = h264.open_encoder(rung, track(), preset=preset)
    frame = VideoFrame(rung.width, rung.height, "yuv420p")
    frame.pts = 0
    data = b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
    return data[data.index(b"options:") :].split(b"\0")[0].decode(errors="replace")


@pytest.mark.parametrize("size", [(426, 240), (1280, 720)])
def test_each_content_is_encoded_in_its_own_way_with_the_same_parameter_sets(size: tuple[int, int]) -> None:
    ways = [h264.tuning(rung(*size), content) for content in Content]
    assert all(one != other for one, other in combinations(ways, 2))
    one, *others = (h264.open_encoder(rung(*size), track(), content=content).extradata for content in Content)
    assert one and all(other == one for other in others)

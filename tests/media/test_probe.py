"""What the probe finds out about an upload."""

import itertools
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import av
import pytest

from webapp.media.facts import AudioTrack

from .encoding import facts_of
from .splicing import speak_in_turn
from .tampering import claim_duration, turn

Footage = Callable[..., Path]

BT709, BT601 = 1, 6  # as numbered by ITU-T H.273


def test_a_usual_video_is_described(small_video: Path) -> None:
    facts = facts_of(small_video)
    video = facts.video
    assert facts.container.startswith("mov,mp4") and facts.duration_s == 9
    assert (video.codec, video.width, video.height) == ("h264", 320, 180)
    assert video.rate.fraction == 25
    assert (video.zero, video.rotation, video.interlaced, video.hdr) == (0, 0, False, False)
    assert facts.audio == AudioTrack(stream=1, codec="aac", channels=2, sample_rate=48_000)


@pytest.mark.parametrize(("clockwise", "counter_clockwise"), [(90, 270), (180, 180), (270, 90)])
def test_rotation_is_how_the_stored_picture_has_to_be_turned(
    footage: Footage, clockwise: int, counter_clockwise: int
) -> None:
    video = facts_of(turn(footage("phone.mp4", seconds=0.5), clockwise)).video
    assert video.rotation == counter_clockwise
    assert (video.width, video.height) == ((160, 96) if clockwise == 180 else (96, 160))


@pytest.mark.parametrize(("aspect", "size"), [("4:3", (213, 96)), ("3:4", (160, 128))])
def test_the_size_is_that_of_square_pixels(footage: Footage, aspect: str, size: tuple[int, int]) -> None:
    video = facts_of(footage("a.mp4", seconds=0.5, options={"aspect": aspect})).video
    assert (video.width, video.height) == size


@pytest.mark.parametrize("rate", [Fraction(30_000, 1001), Fraction(60), Fraction(1, 2)])
def test_the_frame_rate_is_exact(footage: Footage, rate: Fraction) -> None:
    facts = facts_of(footage("a.mp4", rate=rate, times=list(range(12))))
    assert facts.video.rate.fraction == rate
    assert facts.duration_s == pytest.approx(float(12 / rate))


def test_the_rate_of_slides_is_known_where_they_lie_in_another_order(footage: Footage) -> None:
    source = footage("a.mp4", rate=1, times=[*range(0, 40, 10)], options={"bf": "1", "b_strategy": "0"})
    assert facts_of(source).video.rate.fraction == pytest.approx(Fraction(1, 10), rel=0.01)


@pytest.mark.parametrize(("steps", "rate"), [([17, 16, 17], 60), ([16], Fraction(125, 2))])
def test_a_rate_just_above_60_is_looked_at(footage: Footage, steps: list[int], rate: Fraction) -> None:
    times = [0, *itertools.accumulate(itertools.islice(itertools.cycle(steps), 119))]
    source = footage("a.mkv", rate=Fraction(125, 2), time_base=Fraction(1, 1000), times=times)
    with av.open(str(source)) as container:
        assert container.streams.video[0].average_rate == Fraction(125, 2)
    assert facts_of(source).video.rate.fraction == pytest.approx(rate, rel=0.005)


def test_the_rate_of_varying_frames_is_the_average(footage: Footage) -> None:
    steps = Random(1).choices([16, 17, 33, 34, 100, 250, 300], k=80)
    times = list(itertools.accumulate(steps, initial=0))
    facts = facts_of(footage("a.mp4", times=times, time_base=Fraction(1, 1000)))
    assert facts.duration_s == pytest.approx(times[-1] / 1000, abs=0.3)
    assert float(facts.video.rate.fraction) == pytest.approx(81 / facts.duration_s, rel=0.1)


@pytest.mark.parametrize("name", ["a.mkv", "a.flv"])
def test_a_rate_of_a_thousand_is_not_believed(footage: Footage, name: str) -> None:
    times = [number * 40 for number in range(20)]
    source = footage(name, rate=Fraction(1000), times=times, time_base=Fraction(1, 1000))
    assert facts_of(source).video.rate.fraction == pytest.approx(25, rel=0.1)


@pytest.mark.parametrize("burst_ms", [1, 2, 5, 200])
@pytest.mark.parametrize("name", ["a.mkv", "a.flv"])
def test_the_first_frames_do_not_tell_the_rate_alone(footage: Footage, name: str, burst_ms: int) -> None:
    steps = [*[burst_ms] * 7, *[17, 16, 17] * 80]
    times = list(itertools.accumulate(steps, initial=0))
    source = footage(name, rate=Fraction(1000), times=times, time_base=Fraction(1, 1000))
    facts = facts_of(source)
    assert facts.video.rate.fraction == pytest.approx(60, rel=0.01)
    assert facts.duration_s == pytest.approx(times[-1] / 1000, abs=0.02)


@pytest.mark.parametrize(
    ("name", "time_base"),
    [("a.mp4", Fraction(1, 1000)), ("a.mkv", Fraction(1, 1000)), ("a.ts", Fraction(1, 90_000))],
)
def test_a_start_offset_is_not_part_of_the_duration(footage: Footage, name: str, time_base: Fraction) -> None:
    second = int(1 / time_base)
    times = [5 * second + number * second // 10 for number in range(20)]
    facts = facts_of(footage(name, times=times, time_base=time_base))
    assert facts.video.zero * facts.video.time_base.fraction == 5
    assert facts.duration_s == pytest.approx(2, abs=0.101)


@pytest.mark.parametrize("factor", [0.1, 0.9, 3, 1000])
def test_a_duration_that_the_header_has_wrong_is_found_out(footage: Footage, factor: float) -> None:
    assert facts_of(claim_duration(footage("a.mp4"), factor)).duration_s == pytest.approx(6.6)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("a.mkv", {}),
        ("a.webm", {"codec": "libvpx", "options": {"deadline": "realtime", "cpu-used": "8"}}),
        ("a.ts", {}),
        ("a.avi", {"codec": "mpeg4"}),
        ("a.flv", {}),
        ("a.asf", {"codec": "mpeg4"}),
        ("a.ogg", {"codec": "libvpx", "options": {"deadline": "realtime", "cpu-used": "8"}}),
        ("a.mpg", {"codec": "mpeg2video", "rate": 25}),
        ("fragmented.mp4", {"container_options": {"movflags": "frag_keyframe+empty_moov"}}),
    ],
)
def test_the_duration_is_known_in_every_container(
    footage: Footage, name: str, changes: dict[str, Any]
) -> None:
    facts = facts_of(footage(name, **changes))
    # One frame more or less, where only the last packets in decoding order are looked at.
    assert facts.duration_s == pytest.approx(6.6, abs=0.101)


@pytest.mark.parametrize("name", ["a.avi", "a.asf"])
def test_frames_stored_by_decode_time_are_all_counted(footage: Footage, name: str) -> None:
    assert facts_of(footage(name, options={"bf": "2"})).duration_s == pytest.approx(6.6)


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format", "options"),
    [
        ("a.mp4", "libx264", "yuv420p", {"x264-params": "tff=1"}),
        ("a.ts", "mpeg2video", "yuv420p", {"flags": "+ilme+ildct"}),
    ],
)
def test_interlaced_material_is_recognised(
    footage: Footage, name: str, codec: str, pixel_format: str, options: dict[str, str]
) -> None:
    rate = {"rate": 25} if codec == "mpeg2video" else {}
    source = footage(name, codec=codec, pixel_format=pixel_format, options=options, **rate)
    assert facts_of(source).video.interlaced


@pytest.mark.parametrize(
    ("changes", "colour"),
    [
        ({}, (BT601, BT601, BT601)),
        ({"width": 1280, "height": 720}, (BT709, BT709, BT709)),
        ({"width": 720, "height": 1280}, (BT709, BT709, BT709)),
        ({"codec": "libx264rgb", "pixel_format": "rgb24"}, (BT709, BT709, BT709)),
        ({"options": {"x264-params": "colorprim=bt470bg:transfer=smpte170m:colormatrix=bt470bg"}}, (5, 6, 5)),
    ],
)
def test_untagged_colours_are_what_players_take_them_for(
    footage: Footage, changes: dict[str, Any], colour: tuple[int, int, int]
) -> None:
    assert facts_of(footage("a.mkv", seconds=0.2, **changes)).video.colour == colour


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_high_dynamic_range_is_recognised_and_labelled_as_what_it_becomes(
    footage: Footage, transfer: str
) -> None:
    options = {"x264-params": f"colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc"}
    video = facts_of(footage("a.mp4", seconds=0.2, pixel_format="yuv420p10le", options=options)).video
    assert video.hdr and video.colour == (BT709, BT709, BT709)


@pytest.mark.parametrize(
    ("name", "audio", "channels"),
    [("a.mkv", "ac3", "5.1"), ("a.mov", "pcm_s16le", "mono"), ("a.mkv", "libopus", "stereo")],
)
def test_the_sound_is_described(footage: Footage, name: str, audio: str, channels: str) -> None:
    track = facts_of(footage(name, seconds=1, audio=audio, channels=channels)).audio
    assert track is not None
    assert (track.codec, track.sample_rate) == (audio.removeprefix("lib"), 48_000)
    assert track.channels == {"mono": 1, "stereo": 2, "5.1": 6}[channels]


@pytest.mark.parametrize(
    ("channels", "unusual"),
    [
        ("5.1(side)", False),
        ("7.1(wide)", False),
        ("hexagonal", True),
        ("octagonal", True),
    ],
)
def test_six_or_eight_channels_that_are_not_around_a_screen_are_noticed(
    tmp_path: Path, channels: str, unusual: bool
) -> None:
    track = facts_of(speak_in_turn(tmp_path / "a.mov", channels)).audio
    assert track is not None and track.unusual_layout is unusual


def test_samples_of_more_than_8_bits_are_noticed(footage: Footage) -> None:
    assert not facts_of(footage("a.mp4", seconds=1)).video.deep
    assert facts_of(footage("b.mp4", seconds=1, pixel_format="yuv420p10le")).video.deep


def test_the_bit_rate_is_that_of_the_whole_file(footage: Footage) -> None:
    source = footage("a.mp4", seconds=2)
    assert facts_of(source).bit_rate_bps == source.stat().st_size * 4

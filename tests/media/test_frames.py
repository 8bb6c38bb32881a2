"""Frames read from any second on, out of every kind of file, whatever state it is in."""

import itertools
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from random import Random

import av
import imageio_ffmpeg
import pytest

from tests.support.video import noisy_frame

from .decoding import Rendition, assert_can_start_anywhere, assert_joined
from .encoding import encode_picture
from .packing import pack
from .tampering import ASF_PREROLL_S, count_index_from, forget_times, overwrite_packets, trim_start

Footage = Callable[..., Path]

X265 = {"x265-params": "log-level=none:open-gop=1:pools=1:frame-threads=1"}
REALTIME = {"deadline": "realtime", "cpu-used": "8"}
OPEN_GOP = {"x264-params": "open-gop=1:bframes=3:b-pyramid=normal:scenecut=0"}
LONG_GOP = {"gop": 1000, "options": {"x264-params": "scenecut=0"}}
SOURCES: dict[str, dict[str, object]] = {
    "open_gop.mp4": {"gop": 13, "options": OPEN_GOP},
    "open_gop.mkv": {"gop": 13, "options": OPEN_GOP},
    "open_gop.ts": {"gop": 13, "options": OPEN_GOP},
    "one_keyframe.mp4": LONG_GOP,
    "one_keyframe.mkv": LONG_GOP,
    "one_keyframe.ts": LONG_GOP,
    "hevc.mp4": {"codec": "libx265", "gop": 13, "options": X265},
    "hevc.ts": {"codec": "libx265", "gop": 13, "options": X265},
    "vp9.webm": {"codec": "libvpx-vp9", "gop": 16, "options": REALTIME | {"lag-in-frames": "16"}},
    "av1.mkv": {"codec": "libsvtav1", "gop": 100, "options": {"preset": "12"}},
    "vp8.ogg": {"codec": "libvpx", "gop": 16, "options": REALTIME},
    "mpeg2.ts": {"codec": "mpeg2video", "rate": 25, "gop": 18, "options": {"bf": "2"}},
    "mpeg2_long_gop.ts": {"codec": "mpeg2video", "rate": 25, "gop": 100},
    "mpeg2.mpg": {"codec": "mpeg2video", "rate": 25, "gop": 18},
    "mpeg2_with_b_frames.mpg": {"codec": "mpeg2video", "rate": 25, "gop": 18, "options": {"bf": "2"}},
    # Most frames have no time.
    "h264.mpg": {"rate": 25, "gop": 100, "options": {"bf": "2"}},
    "mpeg4.avi": {"codec": "mpeg4", "gop": 16, "options": {"bf": "2"}},
    "mpeg4_with_close_keyframes.avi": {"codec": "mpeg4", "gop": 3, "options": {"bf": "2"}},
    "mpeg4.asf": {"codec": "mpeg4", "gop": 16},
    "h264.flv": {"gop": 16},
    "h264_without_b_frames.avi": {"gop": 16, "options": {"bf": "0"}},
    # These two store when a frame is decoded, and not when it is shown.
    "h264_with_b_frames.avi": {"gop": 16, "options": {"bf": "2"}},
    "h264_with_b_frames.asf": {"gop": 16, "options": {"bf": "2"}},
    "prores.mov": {"codec": "prores_ks", "pixel_format": "yuv422p10le"},
    "fragmented.mp4": {"container_options": {"movflags": "frag_keyframe+empty_moov"}},
}


def assert_whole(rendition: Rendition, times: list[Fraction]) -> None:
    """Every frame is there, in order, at its time."""
    assert rendition.numbers == list(range(len(times)))
    assert rendition.times == times
    assert_joined(rendition)
    assert_can_start_anywhere(rendition)


def evenly(count: int, rate: int = 10) -> list[Fraction]:
    return [Fraction(number, rate) for number in range(count)]


@pytest.mark.parametrize("name", SOURCES)
def test_every_frame_of_every_kind_of_file_comes_out(footage: Footage, tmp_path: Path, name: str) -> None:
    rate = 25 if SOURCES[name].get("rate") == 25 else 10
    encoded = encode_picture(footage(name, **SOURCES[name]), tmp_path / "out")
    assert_whole(encoded.top, evenly(round(6.6 * rate), rate))
    assert not any(chunk.damaged or chunk.missing_s for chunk in encoded.chunks)


def test_every_frame_of_packed_mpeg_4_comes_out(footage: Footage, tmp_path: Path) -> None:
    source = pack(footage("a.avi", codec="mpeg4", gop=16, options={"bf": "1"}), tmp_path / "packed.avi")
    encoded = encode_picture(source, tmp_path / "out")
    assert encoded.facts.duration_s == pytest.approx(6.6)
    assert_whole(encoded.top, evenly(66))


@pytest.mark.parametrize(
    ("name", "time_base"),
    [("a.mp4", Fraction(1, 1000)), ("a.mkv", Fraction(1, 1000)), ("a.ts", Fraction(1, 90_000))],
)
def test_a_late_start_does_not_shift_the_picture(
    footage: Footage, tmp_path: Path, name: str, time_base: Fraction
) -> None:
    second = int(1 / time_base)
    times = [5 * second + number * second // 10 for number in range(66)]
    encoded = encode_picture(footage(name, times=times, time_base=time_base), tmp_path / "out")
    assert_whole(encoded.top, evenly(66))


@pytest.mark.parametrize("reordered", ["0", "3"])
def test_what_matroska_shows_before_its_zero_is_shown_too(
    footage: Footage, tmp_path: Path, reordered: str
) -> None:
    times = [100 * number - 500 for number in range(66)]
    source = footage(
        "a.mkv",
        times=times,
        time_base=Fraction(1, 1000),
        options={"x264-params": f"bframes={reordered}"},
        container_options={"avoid_negative_ts": "disabled"},
    )
    encoded = encode_picture(source, tmp_path / "out")
    assert_whole(encoded.top, evenly(66))


@pytest.mark.parametrize(
    ("name", "ticks", "time_base"),
    [("a.mp4", 1001, Fraction(1, 24_000)), ("a.avi", 1, Fraction(1001, 24_000))],
)
def test_a_film_rate_that_is_no_whole_number_is_kept_exactly(
    footage: Footage, tmp_path: Path, name: str, ticks: int, time_base: Fraction
) -> None:
    times = [number * ticks for number in range(150)]
    source = footage(name, codec="mpeg4", times=times, time_base=time_base)
    encoded = encode_picture(source, tmp_path / "out")
    assert_whole(encoded.top, [Fraction(1001 * number, 24_000) for number in range(150)])


def test_the_last_frames_of_an_avi_that_claims_a_higher_rate_are_as_far_apart_as_others(
    footage: Footage, tmp_path: Path
) -> None:
    # As ffmpeg writes what it copies from MP4: 24 of 600 places a second are taken, and frames reordered.
    times, options = [25 * number for number in range(60)], {"bf": "2", "x264-params": "b-adapt=0"}
    source = footage("a.avi", times=times, time_base=Fraction(1, 600), options=options)
    encoded = encode_picture(source, tmp_path / "out")
    assert_whole(encoded.top, [Fraction(number, 24) for number in range(60)])


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.webm"])
def test_a_variable_frame_rate_is_kept(footage: Footage, tmp_path: Path, name: str) -> None:
    steps = Random(3).choices([16, 17, 33, 34, 100, 250, 300], k=80)
    times = list(itertools.accumulate(steps, initial=0))
    codec = {"codec": "libvpx", "options": REALTIME} if name.endswith("webm") else {}
    source = footage(name, times=times, time_base=Fraction(1, 1000), **codec)
    encoded = encode_picture(source, tmp_path / "out")
    assert_whole(encoded.top, [Fraction(time, 1000) for time in times])


def test_damaged_packets_cost_only_their_own_frames(footage: Footage, tmp_path: Path) -> None:
    # Two in a chunk, and those on either side of where chunks meet.
    damaged = [25, 47, 20, 59, 60]
    source = overwrite_packets(footage("a.mov", codec="png", pixel_format="rgb24"), damaged)
    encoded = encode_picture(source, tmp_path / "out")
    left = [number for number in range(66) if number not in damaged]
    assert encoded.top.numbers == left
    assert encoded.top.times == [Fraction(number, 10) for number in left]
    assert_joined(encoded.top)
    assert sum(chunk.damaged for chunk in encoded.chunks) >= len(damaged)


def test_a_stream_that_begins_in_the_middle_of_a_gop_starts_at_its_first_keyframe(
    footage: Footage, tmp_path: Path
) -> None:
    source = footage("a.ts", seconds=8, gop=20, options={"x264-params": "scenecut=0"})
    packet_size = 188
    data = source.read_bytes()
    # The tables come first and are kept; then everything up to where a fifth of the file is gone.
    cut = len(data) // 10 // packet_size * packet_size
    source.write_bytes(data[: 3 * packet_size] + data[cut:])
    encoded = encode_picture(source, tmp_path / "out")
    assert encoded.top.numbers == list(range(20, 80))
    assert encoded.top.times == evenly(60)
    assert_joined(encoded.top)


@pytest.mark.parametrize("gop", [20, 1000])
def test_a_video_that_was_trimmed_without_encoding_starts_where_it_was_cut(
    footage: Footage, tmp_path: Path, gop: int
) -> None:
    source = trim_start(footage("a.mp4", seconds=8, gop=gop), 1.5)
    encoded = encode_picture(source, tmp_path / "out")
    assert encoded.facts.duration_s == 6.5
    assert encoded.top.numbers == list(range(15, 80))
    assert encoded.top.times == evenly(65)
    assert_joined(encoded.top)


def test_no_frame_is_lost_where_an_index_counts_from_zero_and_times_do_not(
    footage: Footage, tmp_path: Path
) -> None:
    late_s = 1000  # and not the sound: so GStreamer writes it
    times = list(range(late_s * 10, late_s * 10 + 66))
    changes: dict[str, object] = {"codec": "wmv2", "picture": noisy_frame, "audio": "mp3"}
    source = footage("a.asf", times=times, time_base=Fraction(1, 10), **changes)
    encoded = encode_picture(
        count_index_from(source, late_s - ASF_PREROLL_S), tmp_path / "out", smallest=True
    )
    assert_whole(encoded.top, evenly(66))


@pytest.mark.parametrize("b_frames", ["0", "2"])
def test_frames_of_a_program_stream_without_times_are_shown_at_the_frame_rate(
    footage: Footage, tmp_path: Path, b_frames: str
) -> None:
    changes: dict[str, object] = {"codec": "mpeg2video", "gop": 18, "options": {"bf": b_frames}}
    source = forget_times(footage("a.mpg", rate=25, **changes))
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert encoded.facts.duration_s == 6.6
    assert_whole(encoded.top, evenly(165, 25))


def test_no_frame_of_a_program_stream_is_lost_where_chunks_meet(footage: Footage, tmp_path: Path) -> None:
    """Several frames lie in a packet, and only one of them has a time."""
    source = footage(
        "a.mpg",
        codec="mpeg2video",
        rate=25,
        seconds=7,
        gop=25,
        audio="mp2",
        options={"bf": "2", "b": "1500k"},
    )
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert encoded.top.numbers == list(range(7 * 25))
    assert encoded.top.times == [Fraction(number, 25) for number in range(7 * 25)]


@pytest.mark.parametrize("place", [0, 20])
def test_of_two_frames_of_ogg_with_one_time_both_are_shown(
    footage: Footage, tmp_path: Path, place: int
) -> None:
    """Theora numbers frames; one that came early was given the number of the one before."""
    source, target = footage("a.mov", codec="png", pixel_format="rgb24"), tmp_path / "a.ogv"
    early = f"setpts='if(eq(N,{place + 1}),PTS-1/TB/10,PTS)'"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(source), "-vf", early]
    encoding = ["-fps_mode", "passthrough", "-c:v", "libtheora", "-q:v", "10", "-g", "10", str(target)]
    subprocess.run([*command, *encoding], check=True, timeout=60)
    with av.open(str(target)) as container:
        times = [packet.pts for packet in container.demux(video=0) if packet.pts is not None]
    assert len(set(times)) == 65
    encoded = encode_picture(target, tmp_path / "out", smallest=True)
    assert_whole(encoded.top, evenly(66))

"""The upload's own packets in our segments: each there once, at its time, and segments that stand alone."""

import io
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest

from tests.support.hls import ffmpeg_complaints
from tests.support.video import SAMPLE_RATE, VideoSpec, make_video
from webapp.media.aac import FRAME_SAMPLES
from webapp.media.obstacles import ObstacleCode
from webapp.media.timeline import LONGEST_COPIED_S

from .copying import Copies, copy_of
from .decoding import assert_joined
from .hearing import beeps

RATE, FRAMES = 25, 14 * 25
CONTAINERS = ("mp4", "mkv", "ts", "flv", "mov")
# B-frames in a pyramid, keyframes every second.
REORDERED = {"preset": "veryfast", "bf": "3", "x264-params": "b-pyramid=normal:scenecut=0"}
Footage = Callable[..., Path]


@pytest.fixture(scope="module", params=CONTAINERS)
def copies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Copies:
    folder = tmp_path_factory.mktemp("copy")
    source = folder / f"source.{request.param}"
    make_video(source, VideoSpec(width=160, height=96, seconds=14, gop=25, options=REORDERED))
    return copy_of(source, folder)


def source_of(copies: Copies) -> Path:
    return next(copies.folder.glob("source.*"))


def planes(frame: av.VideoFrame) -> bytes:
    return frame.to_ndarray().tobytes()


def test_every_picture_is_there_once_and_at_its_time(copies: Copies) -> None:
    assert copies.obstacle is None
    assert copies.copied.frames == FRAMES
    assert copies.picture.numbers == list(range(FRAMES))
    assert copies.picture.times == [Fraction(number, RATE) for number in range(FRAMES)]


def test_pictures_are_the_very_same(copies: Copies) -> None:
    with av.open(str(source_of(copies))) as container:
        wanted = [planes(frame) for frame in container.decode(video=0)]
    assert [planes(shown.frame) for shown in copies.picture.frames] == wanted


def test_segments_start_at_keyframes_of_the_source_and_stand_alone(copies: Copies) -> None:
    picture = copies.picture
    assert_joined(picture)
    assert [float(length) for length in picture.lengths()] == [2, 4, 6, 2]
    for segment, begin in zip(picture.segments, picture.begins(), strict=True):
        alone = list(picture.shown(segment.index))
        assert len(alone) == segment.samples and alone[0].second == begin


def test_sound_is_heard_when_it_was(copies: Copies) -> None:
    assert_joined(copies.sound)
    assert beeps(copies.sound.wave()) == pytest.approx(list(range(14)), abs=0.02)


def with_sound_off(source: Path, target: Path, off_ms: Callable[[int], float]) -> Path:
    """By so much each of its packets, by their number."""
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        streams = {stream: new.add_stream_from_template(stream) for stream in old.streams}
        number = 0
        for packet in old.demux():
            if packet.pts is None or packet.dts is None or packet.time_base is None:
                continue
            if packet.stream.type == "audio":
                later = round(off_ms(number) / 1000 / packet.time_base)
                packet.pts, packet.dts = packet.pts + later, packet.dts + later
                number += 1
            packet.stream = streams[packet.stream]
            new.mux(packet)
    return target


def steps(copies: Copies) -> set[int]:
    """Samples from one frame of sound to the next."""
    with av.open(io.BytesIO(copies.sound.data()), "r") as container:
        starts = [packet.pts for packet in container.demux(audio=0) if packet.pts is not None]
    return {later - sooner for sooner, later in pairwise(starts)}


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_sound_whose_times_waver_is_whole(small_video: Path, tmp_path: Path, name: str) -> None:
    source = with_sound_off(small_video, tmp_path / name, lambda number: 18 * (number % 2))
    copies = copy_of(source, tmp_path)
    assert copies.obstacle is None
    assert steps(copies) == {FRAME_SAMPLES}


@pytest.mark.parametrize(("off_ms", "code"), [(30, None), (-20, ObstacleCode.SOUND)])
def test_what_is_off_for_good_is_followed_or_an_obstacle(
    small_video: Path, tmp_path: Path, off_ms: int, code: ObstacleCode | None
) -> None:
    source = with_sound_off(small_video, tmp_path / "a.mp4", lambda number: off_ms * (number >= 200))
    copies = copy_of(source, tmp_path)
    assert (copies.obstacle and copies.obstacle.code) == code
    hole = off_ms * SAMPLE_RATE // 1000
    assert steps(copies) == ({FRAME_SAMPLES} if code else {FRAME_SAMPLES, FRAME_SAMPLES + hole})


def test_many_small_holes_in_the_sound_are_an_obstacle(small_video: Path, tmp_path: Path) -> None:
    source = with_sound_off(small_video, tmp_path / "a.mp4", lambda number: 60 * (number // 60))
    copies = copy_of(source, tmp_path)
    assert copies.obstacle and copies.obstacle.code == ObstacleCode.SOUND
    assert steps(copies) == {FRAME_SAMPLES, FRAME_SAMPLES + 60 * SAMPLE_RATE // 1000}


def test_ffmpeg_decodes_it_without_a_word(copies: Copies, tmp_path: Path) -> None:
    for rendition in (copies.picture, copies.sound):
        whole = tmp_path / f"{rendition.track.name}.mp4"
        whole.write_bytes(rendition.data())
        assert ffmpeg_complaints(str(whole)) == ""


def test_each_segment_is_told_of_as_soon_as_it_is_there(copies: Copies) -> None:
    for track in copies.copied.tracks:
        told = [one.track.segments for one in copies.told if one.track.name == track.name]
        assert [segment for segments in told for segment in segments] == track.segments
        assert all(len(segments) == 1 for segments in told)


def test_a_copy_made_twice_is_the_same_bytes(small_video: Path, tmp_path: Path) -> None:
    one, other = (copy_of(small_video, tmp_path / name) for name in ("one", "other"))
    assert one.copied == other.copied
    assert one.picture.data() == other.picture.data() and one.sound.data() == other.sound.data()


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4"])
def test_a_changing_frame_rate_keeps_its_times(name: str, tmp_path: Path, footage: Footage) -> None:
    times = [0, 40, 70, 75, 500, 900, 910, 1700, 2600, 3900, 3960, 4400, 5900, 6100]
    source = footage(name, times=times, time_base=Fraction(1, 1000), gop=3)
    copies = copy_of(source, tmp_path)
    assert copies.obstacle is None
    assert copies.picture.times == [Fraction(time, 1000) for time in times]
    assert_joined(copies.picture)


@pytest.mark.parametrize("name", ["still.mp4", "still.mkv"])
def test_a_stretch_without_frames_makes_it_no_longer(name: str, tmp_path: Path, footage: Footage) -> None:
    times = [*range(0, 3000, 40), *range(8000, 12000, 40)]
    options = {"x264-params": "bframes=3:b-adapt=0:scenecut=0"}  # frames around it are decoded before it
    source = footage(name, times=times, time_base=Fraction(1, 1000), gop=50, options=options)
    copies = copy_of(source, tmp_path)
    assert copies.obstacle is None
    assert copies.picture.times == [Fraction(time, 1000) for time in times]
    assert float(sum(copies.picture.lengths())) == pytest.approx(12, abs=0.1)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
@pytest.mark.parametrize("first", [0, 9])
def test_sound_that_begins_before_the_picture_is_cut(name: str, first: int, tmp_path: Path) -> None:
    times = list(range(first, 100 + first))
    source = make_video(tmp_path / name, VideoSpec(width=160, height=96, times=times, seconds=4))
    copies = copy_of(source, tmp_path)
    assert copies.picture.times[0] == 0
    assert beeps(copies.sound.wave()) == pytest.approx(
        [second - first / RATE for second in range(4) if second * RATE >= first], abs=0.02
    )


def test_keyframes_as_x264_sets_them_at_24_frames_a_second_are_near_enough(
    tmp_path: Path, footage: Footage
) -> None:
    copies = copy_of(footage("a.mp4", seconds=22, rate=24, gop=250, options={"sc_threshold": "0"}), tmp_path)
    assert copies.obstacle is None
    assert [round(float(length), 2) for length in copies.picture.lengths()] == [10.42, 10.42, 1.17]


@pytest.mark.parametrize("gop", [7, 25, 55, 70, 101])
def test_no_segment_is_longer_than_its_playlist_allows(gop: int, tmp_path: Path, footage: Footage) -> None:
    source = footage("a.mkv", seconds=40, gop=gop, options={"sc_threshold": "0", "preset": "ultrafast"})
    picture = copy_of(source, tmp_path).picture
    assert max(picture.lengths()) <= LONGEST_COPIED_S
    assert picture.numbers == list(range(400))
    # Not in more pieces than it takes: two in a row would be too long for one.
    for one, other in zip(picture.lengths(), picture.lengths()[1:], strict=False):
        assert one >= 2 and (one + other > LONGEST_COPIED_S or one >= 4 or picture.lengths()[0] == one)


def test_a_stream_that_begins_between_keyframes_is_refused_or_begins_at_one(
    tmp_path: Path, footage: Footage
) -> None:
    source = footage("a.ts", seconds=8, rate=25, gop=50, options={"bf": "2"})
    data = source.read_bytes()
    cut = tmp_path / "cut.ts"
    cut.write_bytes(data[:564] + data[len(data) // 6 // 188 * 188 :])
    copies = copy_of(cut, tmp_path)
    if copies.obstacle is None:
        assert copies.picture.numbers == list(range(copies.picture.numbers[0], 200))
    else:
        assert copies.obstacle.code == "start" and not copies.copied.tracks

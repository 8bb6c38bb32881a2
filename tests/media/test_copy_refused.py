"""What cannot be played as it is: the probe says so where it can know, else the copy before it goes wrong."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.support.video import VideoSpec, make_video
from webapp.media.copied_picture import MOST_FRAMES
from webapp.media.obstacles import Copying, Obstacle, ObstacleCode

from .copying import copy_of, obstacle_of
from .decoding import assert_joined
from .encoding import facts_of

Footage = Callable[..., Path]
FAST = {"preset": "ultrafast"}
TOO_FAR = {"rate": 25, "seconds": 14, "gop": 300, "options": {**FAST, "sc_threshold": "0"}}
OPEN_GOP = {"rate": 25, "gop": 25, "options": {"x264-params": "open-gop=1:bframes=2:scenecut=0"}}


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("a.mp4", {"codec": "mpeg4", "options": {}}, "codec"),
        ("a.webm", {"codec": "libvpx", "options": {}}, "codec"),
        ("a.avi", {"options": {"bf": "0"}}, "container"),
        ("a.mp4", {"pixel_format": "yuv444p"}, "pixels"),
        ("a.mkv", {"pixel_format": "yuv420p10le"}, "pixels"),
        ("a.mp4", {"options": {"x264-params": "interlaced=1"}}, "interlaced"),
        ("a.mp4", {"options": {"x264-params": "fake-interlaced=1"}}, "fields"),
        ("a.ts", {"options": {"x264-params": "fake-interlaced=1"}}, "fields"),
        ("a.mp4", TOO_FAR, "keyframes"),
    ],
)
def test_the_probe_says_so(name: str, changes: dict[str, object], code: str, footage: Footage) -> None:
    obstacle = obstacle_of(footage(name, **changes))
    assert obstacle and obstacle.code == code


def test_the_probe_says_how_far_keyframes_are_apart(footage: Footage) -> None:
    assert obstacle_of(footage("a.mp4", **TOO_FAR)) == Obstacle(code=ObstacleCode.KEYFRAMES, seconds=12.0)


def test_without_an_index_the_copy_finds_it_out(footage: Footage, tmp_path: Path) -> None:
    copies = copy_of(footage("a.ts", **TOO_FAR), tmp_path)
    assert copies.obstacle and copies.obstacle.code == "keyframes"
    assert copies.copied.tracks == []


def test_what_was_copied_before_the_obstacle_stands(footage: Footage, tmp_path: Path) -> None:
    times = [*range(100), *range(100, 104), *range(400, 420)]
    source = footage("a.mkv", rate=25, gop=50, times=times, time_base=Fraction(1, 25), options=FAST)
    copies = copy_of(source, tmp_path)
    assert copies.obstacle and copies.obstacle.code == "keyframes"
    assert_joined(copies.picture)
    assert copies.picture.numbers == list(range(len(copies.picture.numbers)))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_open_gops_are_not_cut(name: str, footage: Footage, tmp_path: Path) -> None:
    short = copy_of(footage(f"short-{name}", seconds=8, **OPEN_GOP), tmp_path / "short")
    assert short.obstacle is None and len(short.picture.segments) == 1
    assert short.picture.numbers == list(range(200))
    long = copy_of(footage(f"long-{name}", seconds=14, **OPEN_GOP), tmp_path / "long")
    assert long.obstacle and long.obstacle.code == "open_gop"


@pytest.mark.parametrize(
    ("changes", "copied"),
    [
        ({}, True),
        ({"channels": "mono"}, True),
        ({"sample_rate": 44_100}, True),
        ({"sample_rate": 88_200}, False),
        ({"sample_rate": 96_000}, False),
        ({"channels": "5.1"}, False),
        ({"audio": "ac3"}, False),
        ({"audio": "libmp3lame"}, False),
        ({"sound_spans_s": [(1.5, 3)]}, False),
    ],
)
def test_sound_is_copied_where_browsers_can_play_it(
    changes: dict[str, object], copied: bool, tmp_path: Path
) -> None:
    source = make_video(tmp_path / "a.mp4", VideoSpec(width=160, height=96, **changes))  # type: ignore[arg-type]
    copying = facts_of(source).copying
    assert isinstance(copying, Copying) and copying.sound is copied
    copies = copy_of(source, tmp_path)
    assert copies.obstacle is None
    assert len(copies.copied.tracks) == 1 + copied


def test_a_hole_in_the_sound_is_an_obstacle(tmp_path: Path) -> None:
    spec = VideoSpec(width=160, height=96, seconds=6, sound_spans_s=[(0, 2), (4, 6)])
    copies = copy_of(make_video(tmp_path / "a.mkv", spec), tmp_path)
    assert copies.obstacle and copies.obstacle.code == "sound"


def test_pixels_that_are_all_but_square_are_played_as_such(footage: Footage) -> None:
    nearly = {"x264-params": "sar=640/639"}
    assert obstacle_of(footage("nearly.mp4", width=426, height=240, options=nearly)) is None
    wide = obstacle_of(footage("wide.mp4", options={"x264-params": "sar=4/3"}))
    assert wide == Obstacle(code=ObstacleCode.STRETCHED)


def test_times_that_go_back_are_not_copied(footage: Footage, tmp_path: Path) -> None:
    source = footage("a.mkv", rate=25, seconds=4, gop=25, options={"bf": "0", "sc_threshold": "0"})
    data = bytearray(source.read_bytes())
    with av.open(str(source)) as container:
        places = [packet.pos for packet in container.demux(video=0) if packet.pos is not None]
    # A SimpleBlock has its time, relative to its cluster's, in two bytes after the track's number.
    at = data.index(b"\xa3", places[60] - 16)
    block = next(at + 1 + size for size in range(1, 9) if data[at + 1 + size] == 0x81)
    data[block + 1 : block + 3] = (0).to_bytes(2)
    source.write_bytes(data)
    copies = copy_of(source, tmp_path)
    assert copies.obstacle and copies.obstacle.code == "timestamps"
    assert_joined(copies.picture)


def test_more_frames_than_memory_is_for_are_not_copied(footage: Footage, tmp_path: Path) -> None:
    # 1,000 a second, and then so few that on average they are not refused.
    times = [*range(MOST_FRAMES + 1), *range(MOST_FRAMES + 100, MOST_FRAMES + 8000, 100)]
    options = {"preset": "ultrafast", "bf": "0", "sc_threshold": "0"}
    small = {"width": 32, "height": 32, "rate": 100, "gop": len(times), "options": options}
    source = footage("a.mkv", times=times, time_base=Fraction(1, 1000), **small)
    copies = copy_of(source, tmp_path)
    assert copies.obstacle == Obstacle(code=ObstacleCode.TOO_MANY_FRAMES)
    assert copies.copied.frames == MOST_FRAMES

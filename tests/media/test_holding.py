"""A picture that ends long before its sound: the last frame is held."""

import subprocess
from collections.abc import Callable
from fractions import Fraction
from mmap import ACCESS_READ, mmap
from pathlib import Path

import av
import imageio_ffmpeg
import pytest
from av.video.frame import VideoFrame

from tests.support.video import number_of
from webapp.media import poster, storyboard
from webapp.media.answers import Storyboard
from webapp.media.jobs import PosterJob, StoryboardJob
from webapp.media.obstacles import Copying, Obstacle
from webapp.media.ogg_pages import coding_of, pages, without_bytes

from .copying import copy_of
from .decoding import Rendition, assert_can_start_anywhere, assert_joined
from .encoding import encode_picture, encode_sound, facts_of

Footage = Callable[..., Path]

NO_DELAY = {"options": {"bf": "0"}}


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("a.mkv", {}),
        ("a.mp4", {}),
        ("a.ts", {}),
        ("a.flv", NO_DELAY),
        ("a.avi", {"codec": "mpeg4"}),
    ],
)
def test_one_picture_is_shown_as_long_as_there_is_sound(
    footage: Footage, tmp_path: Path, name: str, changes: dict[str, object]
) -> None:
    source = footage(name, seconds=0.1, audio="aac", sound_spans_s=[(0, 19)], **changes)
    encoded = encode_picture(source, tmp_path / "out")
    assert encoded.facts.duration_s == pytest.approx(19, abs=0.1)
    assert_joined(encoded.top)
    assert_can_start_anywhere(encoded.top)
    assert encoded.top.begins() == [0, 2, 6, 12, 18]
    assert float(encoded.top.end()) == encoded.facts.duration_s
    assert set(encoded.top.numbers) == {0}
    sound = encode_sound(source, tmp_path / "sound", encoded.facts).track
    assert sound is not None
    assert float(Rendition(tmp_path / "sound", sound).end()) == pytest.approx(19, abs=0.1)


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.ts"])
def test_a_film_goes_on_with_its_last_picture(footage: Footage, tmp_path: Path, name: str) -> None:
    source = footage(name, seconds=3, audio="aac", sound_spans_s=[(0, 27)])
    encoded = encode_picture(source, tmp_path / "out")
    assert encoded.facts.duration_s == pytest.approx(27, abs=0.1)
    assert_joined(encoded.top)
    assert encoded.top.begins() == [0, 2, 6, 12, 18, 24]
    assert encoded.top.numbers == [*range(30), 29, 29, 29, 29]
    assert [chunk.repeated for chunk in encoded.chunks] == [0, 0, 1, 1, 1, 1]


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4"])
def test_stills_of_it_are_found_all_over(footage: Footage, name: str) -> None:
    source = footage(name, seconds=0.1, audio="aac", sound_spans_s=[(0, 19)])
    facts = facts_of(source)
    target = str(source.with_suffix(".jpg"))
    (still,) = poster.make(PosterJob(source=str(source), target=target, facts=facts, second=12))
    assert number_of(decoded(target)) == 0 and (still.width, still.height) == (160, 96)
    *_, board = storyboard.make(StoryboardJob(source=str(source), target=target, facts=facts))
    assert isinstance(board, Storyboard) and board.count == 10
    assert board.interval_s == pytest.approx(1.9, abs=0.01)


def test_sound_that_is_hardly_longer_changes_nothing(footage: Footage) -> None:
    facts = facts_of(footage("a.mp4", seconds=3, audio="aac", sound_spans_s=[(0, 3.9)]))
    assert facts.duration_s == 3 and facts.video.held is None


def test_a_copy_holds_its_last_picture_as_far_as_a_segment_goes(footage: Footage, tmp_path: Path) -> None:
    source = footage("a.mp4", seconds=3, audio="aac", sound_spans_s=[(0, 7)])
    assert isinstance(facts_of(source).copying, Copying)
    copies = copy_of(source, tmp_path)
    assert copies.obstacle is None
    assert float(copies.picture.end()) == pytest.approx(7, abs=0.1)


def test_what_would_have_to_be_held_for_longer_is_not_copied(footage: Footage) -> None:
    facts = facts_of(footage("a.mkv", seconds=1, audio="aac", sound_spans_s=[(0, 15)]))
    assert isinstance(facts.copying, Obstacle) and facts.copying.code == "keyframes"
    assert facts.copying.seconds == pytest.approx(14, abs=0.1)


@pytest.mark.parametrize("late_s", [120, 36_000])
def test_a_stray_packet_of_sound_holds_nothing(footage: Footage, tmp_path: Path, late_s: int) -> None:
    source = footage("a.mp4", seconds=3, audio="aac", sound_spans_s=[(0, 3)])
    facts = facts_of(with_a_stray_packet(source, tmp_path / "stray.mkv", late_s))
    assert facts.duration_s == pytest.approx(3, abs=0.1)
    assert claimed_s(tmp_path / "stray.mkv") > late_s


def with_a_stray_packet(source: Path, target: Path, late_s: int) -> Path:
    """The same packets, of which the last of the sound says that it is heard so many seconds later."""
    with av.open(str(source)) as given, av.open(str(target), "w") as made:
        streams = [made.add_stream_from_template(stream) for stream in given.streams]
        packets = [packet for packet in given.demux() if packet.pts is not None]
        stray = [packet for packet in packets if packet.stream.type == "audio"][-1]
        stray.pts = stray.dts = round(late_s / stray.time_base)
        for packet in packets:
            packet.stream = streams[packet.stream.index]
            made.mux_one(packet)
    return target


def claimed_s(path: Path) -> Fraction:
    with av.open(str(path)) as container:
        return Fraction(container.duration or 0, av.time_base)


def decoded(path: str) -> VideoFrame:
    with av.open(path) as container:
        return next(container.decode(video=0))


@pytest.mark.parametrize("seconds", [0.5, 1.9, 13])
def test_theora_that_says_so_goes_on_with_its_last_picture(
    footage: Footage, tmp_path: Path, seconds: float
) -> None:
    """By packets without a byte, each of which shows it once more."""
    source, theora = footage("a.mov", codec="png", pixel_format="rgb24", seconds=3), tmp_path / "a.ogv"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(source), "-c:v", "libtheora"]
    subprocess.run([*command, "-q:v", "7", "-g", "10", str(theora)], check=True, timeout=60)
    with theora.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        first, *_, last = pages(data, 0, len(data))
        coding, again = coding_of(data[first.body : first.end]), round(seconds * 10)
        assert coding is not None
        more = without_bytes(again, 30 + again << coding.shift, last.serial)
    theora.write_bytes(theora.read_bytes() + more)
    encoded = encode_picture(theora, tmp_path / "out", smallest=True)
    assert encoded.facts.duration_s == pytest.approx(3 + seconds)
    assert_joined(encoded.top)
    assert float(encoded.top.end()) == encoded.facts.duration_s
    assert encoded.top.numbers[:30] == list(range(30)) and set(encoded.top.numbers[30:]) <= {29}
    assert not any(chunk.damaged or chunk.missing_s for chunk in encoded.chunks)

"""A picture that begins long after its sound: its first frame is shown from the sound's beginning on."""

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import pytest

from webapp.media import poster
from webapp.media.answers import Poster
from webapp.media.frames import FrameReader
from webapp.media.jobs import PosterJob
from webapp.media.obstacles import Obstacle, ObstacleCode

from .decoding import Rendition, assert_can_start_anywhere, assert_joined
from .encoding import encode_picture, encode_sound, facts_of

Footage = Callable[..., Path]
TIMES = {"time_base": Fraction(1, 25), "options": {"bf": "0"}}


def late(footage: Footage, name: str, begin_s: int, seconds: int = 3, **changes: object) -> Path:
    times = [25 * begin_s + number for number in range(25 * seconds)]
    spans = [(0, begin_s + seconds)]
    return footage(name, times=times, audio="aac", sound_spans_s=spans, **(TIMES | changes))


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.ts", "a.flv"])
@pytest.mark.parametrize("begin_s", [3, 13])
def test_what_is_heard_before_the_picture_is_kept(
    footage: Footage, tmp_path: Path, name: str, begin_s: int
) -> None:
    source = late(footage, name, begin_s)
    encoded = encode_picture(source, tmp_path / "out")
    facts = encoded.facts
    assert facts.duration_s == pytest.approx(begin_s + 3, abs=0.1)
    assert isinstance(facts.copying, Obstacle)
    assert facts.missing_s == 0 and sum(chunk.damaged for chunk in encoded.chunks) == 0
    assert_joined(encoded.top)
    assert_can_start_anywhere(encoded.top)
    assert encoded.top.begins()[:2] == [0, 2]
    shown = list(zip(encoded.top.times, encoded.top.numbers, strict=True))
    assert {number for second, number in shown if second < begin_s} == {0}
    assert [second for second, number in shown if number == 1] == [pytest.approx(begin_s + 0.04, abs=0.05)]
    assert [number for second, number in shown if second > begin_s + 0.03] == list(range(1, 75))
    sound = encode_sound(source, tmp_path / "sound", facts).track
    assert sound is not None
    assert float(Rendition(tmp_path / "sound", sound).end()) == pytest.approx(begin_s + 3, abs=0.1)


def test_it_is_not_offered_as_it_is(footage: Footage) -> None:
    assert facts_of(late(footage, "a.mp4", 3)).copying == Obstacle(code=ObstacleCode.LATE_PICTURE)


@pytest.mark.parametrize(("name", "later"), [("a.mkv", 20), ("a.ts", 45)])
def test_recorders_that_begin_with_a_little_sound_lose_that(footage: Footage, name: str, later: int) -> None:
    times = [later + number for number in range(75)]
    source = footage(name, audio="aac", sound_spans_s=[(0, 3 + later / 25)], times=times, **TIMES)
    assert facts_of(source).duration_s == pytest.approx(3, abs=0.1)


def test_a_recording_from_the_middle_of_a_gop_begins_with_its_first_keyframe(
    footage: Footage, tmp_path: Path
) -> None:
    source = footage("a.mp4", seconds=6, rate=25, gop=75, audio="aac")
    whole, middle = tmp_path / "whole.ts", tmp_path / "middle.ts"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(source), "-c", "copy", str(whole)]
    subprocess.run(command, check=True, timeout=60)
    data, packet = whole.read_bytes(), 188
    middle.write_bytes(data[: 3 * packet] + data[len(data) // 8 // packet * packet :])
    with av.open(str(middle)) as container:
        sound = container.streams.audio[0]
        assert sound.start_time is not None and sound.time_base is not None
        begin_s = sound.start_time * sound.time_base
        first = next(FrameReader(container, container.streams.video[0]).read(0))
        assert float(first.time or 0) - begin_s > 1.2  # so there would be a lead
    assert facts_of(middle).duration_s == pytest.approx(3, abs=0.3)


def test_a_time_that_nobody_would_believe_is_not_believed(footage: Footage) -> None:
    assert facts_of(late(footage, "a.mkv", 70)).duration_s == pytest.approx(3, abs=0.1)


def test_the_poster_is_of_the_picture(footage: Footage, tmp_path: Path) -> None:
    source = late(footage, "a.mkv", 13)
    job = PosterJob(source=str(source), facts=facts_of(source), target=str(tmp_path / "poster.jpg"))
    (*_, made) = poster.make(job)
    assert isinstance(made, Poster)
    assert made.second == pytest.approx(13, abs=3)

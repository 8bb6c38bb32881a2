"""A few moments of a video, moving."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageSequence
import pytest
from av.video.frame import VideoFrame

from tests.support.video import number_of
from webapp.media import preview
from webapp.media.answers import Preview
from webapp.media.facts import Facts
from webapp.media.failures import Unprocessable
from webapp.media.jobs import PreviewJob

from .encoding import facts_of
from .tampering import overwrite_packets, turn

Footage = Callable[..., Path]
EVEN = {"x264-params": "scenecut=0"}


def make_preview(source: Path, facts: Facts | None = None) -> tuple[Preview, list[PIL.Image.Image]]:
    target = source.with_name("preview.webp")
    *_, made = preview.make(
        PreviewJob(source=str(source), target=str(target), facts=facts or facts_of(source))
    )
    assert isinstance(made, Preview) and made.size_bytes == target.stat().st_size
    with PIL.Image.open(target) as image:
        assert image.format == "WEBP"
        assert made.frames == 1 or image.info["loop"] == 0  # for ever
        return made, [frame.convert("RGB") for frame in PIL.ImageSequence.Iterator(image)]


def numbers(pictures: list[PIL.Image.Image]) -> list[int]:
    return [number_of(VideoFrame.from_ndarray(np.asarray(each), format="rgb24")) for each in pictures]


def test_it_shows_moments_from_all_over_the_video(footage: Footage) -> None:
    made, pictures = make_preview(footage("a.mp4", seconds=40, rate=8, gop=8, options=EVEN))
    begins = [8 * second for second in (5, 15, 25, 35)]
    assert numbers(pictures) == [begin + step for begin in begins for step in range(6)]
    assert made.frames == 24


def test_of_many_frames_a_second_it_shows_a_few(footage: Footage) -> None:
    _, pictures = make_preview(footage("a.mp4", seconds=8, rate=60, gop=60, options=EVEN))
    shown = numbers(pictures)
    assert len(shown) == 24
    assert {after - before for before, after in pairwise(shown[:6])} <= {7, 8}


def test_a_keyframe_that_stands_for_several_moments_is_shown_once(footage: Footage) -> None:
    made, pictures = make_preview(footage("a.mp4", seconds=20, rate=8, gop=1000, options=EVEN))
    assert numbers(pictures) == list(range(6)) and made.frames == 6


def test_a_video_of_one_frame_has_a_preview_of_one(footage: Footage) -> None:
    made, _ = make_preview(footage("a.mp4", seconds=0.1))
    assert made.frames == 1


def test_it_stands_upright_and_is_small(footage: Footage) -> None:
    source = footage("a.mp4", width=960, height=540, seconds=1, options={"preset": "ultrafast"})
    _, pictures = make_preview(turn(source, 90))
    assert {picture.size for picture in pictures} == {(180, 320)}


def test_what_can_hardly_be_compressed_is_still_bounded(footage: Footage) -> None:
    def noise(number: int, width: int, height: int) -> VideoFrame:
        random = np.random.default_rng(number)
        return VideoFrame.from_ndarray(random.integers(0, 256, (height, width, 3), np.uint8), format="rgb24")

    source = footage(
        "a.mp4", width=320, height=320, seconds=8, picture=noise, options={"preset": "ultrafast"}
    )
    made, _ = make_preview(source)
    assert made.size_bytes <= preview.LARGEST_BYTES


def test_without_a_frame_there_is_none(footage: Footage) -> None:
    source = footage("a.mov", codec="png", pixel_format="rgb24", seconds=1)
    facts = facts_of(source)
    overwrite_packets(source, range(10))
    with pytest.raises(Unprocessable):
        make_preview(source, facts)

"""The picture that stands for a video."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from av.video.frame import VideoFrame

from tests.support.video import numbered_frame
from webapp.media import poster
from webapp.media.answers import Poster
from webapp.media.facts import Facts
from webapp.media.failures import Unprocessable
from webapp.media.jobs import PosterJob

from .encoding import facts_of
from .tampering import overwrite_packets, turn
from .testcard import CARD, RED, WHITE, Quarters, assert_close, card, quarters

Footage = Callable[..., Path]
TURNED = {90: "bottom_left", 180: "bottom_right", 270: "top_right"}  # what comes to the top left


def make_poster(source: Path, facts: Facts | None = None) -> tuple[Poster, PIL.Image.Image]:
    target = source.with_name("poster.jpg")
    (made,) = poster.make(PosterJob(source=str(source), target=str(target), facts=facts or facts_of(source)))
    with PIL.Image.open(target) as picture:
        assert picture.format == "JPEG" and picture.mode == "RGB"
        assert picture.size == (made.width, made.height)
        return made, picture.copy()


def corners(picture: PIL.Image.Image) -> Quarters:
    width, height = picture.size
    middles = [
        (width // 4 + across * width // 2, height // 4 + down * height // 2)
        for down in (0, 1)
        for across in (0, 1)
    ]
    return Quarters(*(picture.getpixel(middle) for middle in middles))  # type: ignore[arg-type]


def plain(level: int, width: int, height: int) -> VideoFrame:
    return VideoFrame.from_ndarray(np.full((height, width, 3), level, np.uint8), format="rgb24")


@pytest.mark.parametrize("gop", [20, 1000])
@pytest.mark.parametrize("level", [0, 255])
def test_a_black_or_white_beginning_is_not_the_poster(footage: Footage, level: int, gop: int) -> None:
    def fades_in(number: int, width: int, height: int) -> VideoFrame:
        return card(number, width, height) if number >= 40 else plain(level, width, height)

    options = {"x264-params": "scenecut=0"}
    made, picture = make_poster(footage("a.mp4", picture=fades_in, gop=gop, options=options))
    assert made.second >= 4
    assert_close(corners(picture), CARD, tolerance=14)


def test_of_several_frames_the_one_with_most_to_see_is_the_poster(footage: Footage) -> None:
    lively = Quarters(RED, WHITE, WHITE, (0, 0, 0))

    def mostly_dull(number: int, width: int, height: int) -> VideoFrame:
        return quarters(width, height, lively) if 20 <= number < 40 else plain(90 + number, width, height)

    made, picture = make_poster(footage("a.mp4", picture=mostly_dull))
    assert 2 <= made.second < 4
    assert_close(corners(picture), lively, tolerance=14)


def test_a_video_that_is_all_black_has_a_poster_too(footage: Footage) -> None:
    made, picture = make_poster(footage("a.mp4", picture=lambda _, width, height: plain(0, width, height)))
    assert (made.width, made.height) == (160, 96)
    assert picture.convert("L").getextrema()[1] < 30  # type: ignore[operator]


def test_a_video_of_one_frame_has_it_as_its_poster(footage: Footage) -> None:
    made, picture = make_poster(footage("a.mp4", seconds=0.1, picture=card))
    assert made.second == 0
    assert_close(corners(picture), CARD, tolerance=14)


@pytest.mark.parametrize("degrees", TURNED)
def test_a_poster_stands_upright(footage: Footage, degrees: int) -> None:
    made, picture = make_poster(turn(footage("a.mp4", seconds=1, picture=card), degrees))
    assert (made.width, made.height) == ((160, 96) if degrees == 180 else (96, 160))
    found, wanted = corners(picture).top_left, getattr(CARD, TURNED[degrees])
    assert_close(Quarters(found, found, found, found), Quarters(wanted, wanted, wanted, wanted), tolerance=14)


def test_a_poster_has_square_pixels(footage: Footage) -> None:
    made, _ = make_poster(footage("a.mp4", seconds=1, options={"aspect": "2:1"}))
    assert (made.width, made.height) == (320, 96)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((2560, 1080), (1280, 540)),
        ((800, 2000), (512, 1280)),
        ((1280, 720), (1280, 720)),
        ((100, 60), (100, 60)),
    ],
)
def test_a_poster_is_at_most_1280_pixels_long_and_never_enlarged(
    footage: Footage, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    width, height = size
    source = footage("a.mp4", width=width, height=height, seconds=0.1, options={"preset": "ultrafast"})
    made, _ = make_poster(source)
    assert (made.width, made.height) == expected


def test_the_second_counts_from_the_first_frame(footage: Footage) -> None:
    def lively_at_the_end(number: int, width: int, height: int) -> VideoFrame:
        return card(number, width, height) if number >= 40 else plain(90, width, height)

    times = [50 + number for number in range(66)]
    made, _ = make_poster(footage("a.mkv", times=times, picture=lively_at_the_end))
    assert made.second == pytest.approx(4, abs=0.01)


@pytest.mark.parametrize("options", [{"x264-params": "tff=1"}, {}])
def test_a_video_with_a_single_keyframe_has_a_poster(footage: Footage, options: dict[str, str]) -> None:
    made, _ = make_poster(footage("a.mp4", gop=1000, options=options, picture=numbered_frame))
    assert made.second == 0


def test_without_a_keyframe_that_decodes_there_is_no_poster(footage: Footage) -> None:
    source = footage("a.mov", codec="png", pixel_format="rgb24", seconds=1)
    facts = facts_of(source)
    overwrite_packets(source, range(10))
    with pytest.raises(Unprocessable) as caught:
        make_poster(source, facts)
    assert caught.value.code == "undecodable"

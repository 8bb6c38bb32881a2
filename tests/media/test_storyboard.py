"""Small pictures of moments all over a video."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from av.video.frame import VideoFrame

from tests.support.video import number_of
from webapp.media import storyboard
from webapp.media.answers import Progress, Storyboard
from webapp.media.facts import Facts
from webapp.media.failures import Unprocessable
from webapp.media.jobs import StoryboardJob

from .encoding import facts_of
from .splicing import change_size
from .tampering import overwrite_packets, trim_start, turn

Footage = Callable[..., Path]


def make_storyboard(source: Path, facts: Facts | None = None) -> tuple[Storyboard, PIL.Image.Image]:
    target = source.with_name("storyboard.jpg")
    job = StoryboardJob(source=str(source), target=str(target), facts=facts or facts_of(source))
    *progress, board = storyboard.make(job)
    assert isinstance(board, Storyboard) and len(progress) == board.count
    assert all(isinstance(answer, Progress) for answer in progress)
    with PIL.Image.open(target) as picture:
        assert picture.format == "JPEG"
        return board, picture.convert("RGB")


def numbers(board: Storyboard, picture: PIL.Image.Image) -> list[int]:
    """Of the frames that the tiles show."""
    shown = []
    for number in range(board.count):
        left, top = board.place(number)
        tile = picture.crop((left, top, left + board.width, top + board.height))
        shown.append(number_of(VideoFrame.from_ndarray(np.asarray(tile), format="rgb24")))
    return shown


def test_tiles_show_keyframes_all_over_the_video(footage: Footage) -> None:
    board, picture = make_storyboard(
        footage("a.mp4", seconds=24, gop=10, options={"x264-params": "scenecut=0"})
    )
    assert (board.count, board.columns, board.interval_s) == (12, 10, 2)
    assert picture.size == (10 * board.width, 2 * board.height)
    assert numbers(board, picture) == [10 + 20 * tile for tile in range(12)]
    assert board.place(11) == (board.width, board.height)


def test_where_the_only_keyframe_lies_before_an_edit_tiles_show_what_is_shown_first(footage: Footage) -> None:
    board, picture = make_storyboard(trim_start(footage("a.mp4", seconds=8, gop=1000), 1.5))
    assert set(numbers(board, picture)) == {15}


def test_a_long_video_has_no_more_tiles_than_fit(footage: Footage) -> None:
    board, picture = make_storyboard(footage("a.mp4", seconds=1000, rate=1, gop=2))
    assert board.count == storyboard.MOST_TILES
    assert board.interval_s == pytest.approx(10)
    assert max(picture.size) <= 1600
    shown = numbers(board, picture)
    assert shown == sorted(shown) and len(set(shown)) == board.count


def test_a_video_of_one_frame_has_one_tile(footage: Footage) -> None:
    board, picture = make_storyboard(footage("a.mp4", seconds=0.1))
    assert board.count == 1 and picture.size == (board.width, board.height)


@pytest.mark.parametrize(("degrees", "size"), [(90, (96, 160)), (180, (160, 96))])
def test_tiles_stand_upright(footage: Footage, degrees: int, size: tuple[int, int]) -> None:
    board, _ = make_storyboard(turn(footage("a.mp4", seconds=1), degrees))
    assert (board.width, board.height) == size


@pytest.mark.parametrize(("width", "height", "size"), [(1920, 1080, (160, 90)), (360, 640, (90, 160))])
def test_tiles_keep_the_shape_of_the_video(
    footage: Footage, width: int, height: int, size: tuple[int, int]
) -> None:
    source = footage("a.mp4", width=width, height=height, seconds=0.2, options={"preset": "ultrafast"})
    board, _ = make_storyboard(source)
    assert (board.width, board.height) == size


def test_in_a_video_that_changes_shape_tiles_are_not_stretched(tmp_path: Path) -> None:
    source = change_size(tmp_path / "a.ts", (160, 96), (96, 160), seconds_each=3)
    board, picture = make_storyboard(source)
    assert (board.count, board.width, board.height) == (3, 160, 96)
    left, top = board.place(2)
    tile = np.asarray(picture.crop((left, top, left + 160, top + 96)))
    assert tile[:, :44].max() < 40 and tile[:, 114:].max() < 40
    assert tile[93, 56:102].min() > 60  # plain grey, below all that is numbered


def test_where_nothing_decodes_the_tile_before_is_shown(footage: Footage) -> None:
    source = footage("a.mov", codec="png", pixel_format="rgb24", seconds=6)
    facts = facts_of(source)
    overwrite_packets(source, range(25, 60))
    board, picture = make_storyboard(source, facts)
    assert numbers(board, picture) == [10, 10, 10]


@pytest.mark.parametrize("name", ["a.mpg", "a.ts"])
def test_where_every_seek_lands_behind_the_only_keyframe_it_is_shown(footage: Footage, name: str) -> None:
    board, picture = make_storyboard(footage(name, codec="mpeg2video", rate=25, seconds=2.4, gop=100))
    assert numbers(board, picture) == [0, 0]


def test_without_any_frame_there_is_no_storyboard(footage: Footage) -> None:
    source = footage("a.mov", codec="png", pixel_format="rgb24", seconds=1)
    facts = facts_of(source)
    overwrite_packets(source, range(10))
    with pytest.raises(Unprocessable):
        make_storyboard(source, facts)

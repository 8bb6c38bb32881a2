"""All rungs from one decoded frame: the same moments in each, whatever the source does on the way."""

from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame

from tests.support.video import number_of

from .decoding import assert_can_start_anywhere, assert_joined
from .encoding import Encoded, encode_picture
from .splicing import change_aspect, change_size


def test_rungs_show_the_same_frames_at_the_same_times(small_encoded: Encoded) -> None:
    top, lower = small_encoded.renditions
    assert [rung.name for rung in small_encoded.rungs] == ["180p", "144p"]
    assert top.times == lower.times and top.numbers == lower.numbers
    assert {(shown.frame.width, shown.frame.height) for shown in lower.frames} == {(256, 144)}


def test_rungs_can_be_switched_at_the_same_places(small_encoded: Encoded) -> None:
    top, lower = small_encoded.renditions
    assert top.idr_times() == lower.idr_times() == [0, 2, 4, 6, 8]
    assert [(one.index, one.start, one.duration) for one in top.segments] == [
        (one.index, one.start, one.duration) for one in lower.segments
    ]


def test_a_stream_that_changes_size_goes_on_in_the_size_it_began_with(tmp_path: Path) -> None:
    source = change_size(tmp_path / "a.ts", (160, 96), (320, 192), (240, 144), seconds_each=2.4)
    encoded = encode_picture(source, tmp_path / "out")
    assert encoded.top.numbers == list(range(180))
    assert {(shown.frame.width, shown.frame.height) for shown in encoded.top.frames} == {(160, 96)}
    assert_joined(encoded.top)
    assert_can_start_anywhere(encoded.top)


def test_a_stream_that_changes_shape_is_shown_amid_black_and_not_stretched(tmp_path: Path) -> None:
    source = change_size(tmp_path / "a.ts", (160, 96), (96, 160), seconds_each=2.4)
    top = encode_picture(source, tmp_path / "out").top
    assert {(shown.frame.width, shown.frame.height) for shown in top.frames} == {(160, 96)}
    assert len(top.frames) == 120
    # 96 lines of a picture of 3:5, with an even width, in the middle.
    assert {shape_of(shown.frame) for shown in top.frames[:60]} == {(0, 160)}
    assert {shape_of(shown.frame) for shown in top.frames[60:]} == {(50, 108)}
    inside = np.array(top.frames[100].frame.reformat(format="gray").to_ndarray()[:, 50:108], np.uint8)
    assert number_of(VideoFrame.from_ndarray(inside, format="gray")) == 100


@pytest.mark.parametrize(
    ("name", "codec"), [("a.ts", "mpeg2video"), ("a.mpg", "mpeg2video"), ("a.ts", "libx264")]
)
def test_pixels_that_change_their_shape_on_the_way_are_shown_as_they_are_meant(
    tmp_path: Path, name: str, codec: str
) -> None:
    # As 4:3, then as 16:9, then as 4:3 again, from the very frame on that is the first of its kind.
    source = change_aspect(tmp_path / name, codec, "4:5", "16:15", "4:5", seconds_each=1.6)
    encoded = encode_picture(source, tmp_path / "out")
    assert (encoded.facts.video.width, encoded.facts.video.height) == (160, 120)
    assert encoded.top.numbers == list(range(120))
    assert [has_bars(shown.frame) for shown in encoded.top.frames] == (
        [False] * 40 + [True] * 40 + [False] * 40
    )


def has_bars(frame: VideoFrame) -> bool:
    """Whether the lowest rows of a numbered frame, which are grey, are black."""
    luma = frame.reformat(format="gray").to_ndarray()
    return bool(luma[-8:].mean() < 48)


def shape_of(frame: VideoFrame) -> tuple[int, int]:
    """The first column of a numbered frame that is not black, and the one behind the last."""
    luma = frame.reformat(format="gray").to_ndarray()
    shown = np.flatnonzero(
        luma[frame.height // 2 + 4].astype(int) > 48
    )  # plain grey between stripes and block
    return int(shown[0]), int(shown[-1]) + 1

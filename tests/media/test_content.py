"""What is drawn is told from what is filmed."""

import numpy as np
import pytest
from av.video.frame import VideoFrame

from tests.support.video import noisy_frame, numbered_frame
from webapp.media.content import Content, content_of


def luma(rows: "np.ndarray[tuple[int, int], np.dtype[np.uint8]]") -> VideoFrame:
    return VideoFrame.from_ndarray(rows, format="gray").reformat(format="yuv420p")


def test_stripes_and_boxes_are_flat_at_any_width() -> None:
    for width in (320, 426, 1280):  # rows are padded to what the processor likes
        assert content_of(numbered_frame(5, width, 180).reformat(format="yuv420p")) is Content.FLAT


def test_noise_in_part_of_the_picture_is_not() -> None:
    assert content_of(noisy_frame(5, 320, 180).reformat(format="yuv420p")) is Content.FILMED


def test_black_is_told_from_both_and_a_gradient_is_filmed() -> None:
    assert content_of(luma(np.zeros((90, 160), np.uint8))) is Content.BLACK
    assert content_of(luma(np.tile(np.arange(160, dtype=np.uint8), (90, 1)))) is Content.FILMED


@pytest.mark.parametrize(("equal", "flat"), [(90, True), (89, False)])
def test_nine_in_ten_pixels_have_to_be_as_bright_as_the_next(equal: int, flat: bool) -> None:
    row = [100] * (equal + 1) + [100 + number % 2 * 9 for number in range(1, 101 - equal)]
    found = content_of(luma(np.array([row] * 32, np.uint8)))
    assert found is (Content.FLAT if flat else Content.FILMED)

"""What is drawn is told from what is filmed."""

import numpy as np
import pytest
from av.video.frame import VideoFrame

from tests.support.video import noisy_frame, numbered_frame
from webapp.media.flatness import is_flat


def luma(rows: "np.ndarray[tuple[int, int], np.dtype[np.uint8]]") -> VideoFrame:
    return VideoFrame.from_ndarray(rows, format="gray").reformat(format="yuv420p")


def test_stripes_and_boxes_are_flat_at_any_width() -> None:
    for width in (320, 426, 1280):  # rows are padded to what the processor likes
        assert is_flat(numbered_frame(5, width, 180).reformat(format="yuv420p"))


def test_noise_in_part_of_the_picture_is_not() -> None:
    assert not is_flat(noisy_frame(5, 320, 180).reformat(format="yuv420p"))


def test_neither_black_nor_a_gradient_is() -> None:
    assert not is_flat(luma(np.zeros((90, 160), np.uint8)))
    assert not is_flat(luma(np.tile(np.arange(160, dtype=np.uint8), (90, 1))))


@pytest.mark.parametrize(("equal", "flat"), [(90, True), (89, False)])
def test_nine_in_ten_pixels_have_to_be_as_bright_as_the_next(equal: int, flat: bool) -> None:
    row = [100] * (equal + 1) + [100 + number % 2 * 9 for number in range(1, 101 - equal)]
    assert is_flat(luma(np.array([row] * 32, np.uint8))) is flat

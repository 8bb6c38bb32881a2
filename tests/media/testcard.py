"""A test card of four plain colours, one in each quarter, and what is left of them in a frame."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

Colour = tuple[int, int, int]  # red, green, blue; full range

RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 180, 30), (40, 40, 200), (255, 255, 255)
BLACK, GREY = (0, 0, 0), (128, 128, 128)
# swscale's numbers (SWS_CS_*) for matrices as ITU-T H.273 numbers them.
SCALER_MATRIX = {1: "ITU709", 5: "ITU601", 6: "ITU601", 7: "SMPTE240M"}


class Quarters(NamedTuple):
    top_left: Colour
    top_right: Colour
    bottom_left: Colour
    bottom_right: Colour


CARD = Quarters(RED, GREEN, BLUE, WHITE)


def card(number: int, width: int, height: int) -> VideoFrame:
    """The same for each number."""
    return quarters(width, height, CARD)


def card_of(matrix: int) -> Callable[[int, int, int], VideoFrame]:
    """The same as YUV of 4:4:4 by one of these matrices."""
    return lambda number, width, height: card(number, width, height).reformat(
        format="yuv444p", dst_colorspace=SCALER_MATRIX[matrix]
    )


def quarters(width: int, height: int, colours: Quarters) -> VideoFrame:
    picture = np.zeros((height, width, 3), dtype=np.uint8)
    down, across = height // 2, width // 2
    picture[:down, :across], picture[:down, across:] = colours.top_left, colours.top_right
    picture[down:, :across], picture[down:, across:] = colours.bottom_left, colours.bottom_right
    return VideoFrame.from_ndarray(picture, format="rgb24")


def colours_of(frame: VideoFrame) -> Quarters:
    """Mean colours amid the quarters of a decoded frame, by the matrix that it is labelled with."""
    matrix = SCALER_MATRIX[frame.colorspace]
    rgb = frame.reformat(format="rgb24", src_colorspace=matrix, src_color_range="MPEG").to_ndarray()
    height, width, _ = rgb.shape
    low, high = slice(height // 8, height * 3 // 8), slice(height * 5 // 8, height * 7 // 8)
    left, right = slice(width // 8, width * 3 // 8), slice(width * 5 // 8, width * 7 // 8)
    return Quarters(
        *(
            _mean(rgb[rows, columns])
            for rows, columns in ((low, left), (low, right), (high, left), (high, right))
        )
    )


def assert_close(found: Quarters, wanted: Quarters, tolerance: int = 10) -> None:
    """Every channel of every quarter is within `tolerance` of 256 steps."""
    differences = np.abs(np.array(found) - np.array(wanted))
    assert differences.max() <= tolerance, f"{found} instead of {wanted}"


def _mean(part: "NDArray[Any]") -> Colour:
    red, green, blue = (round(float(value)) for value in part.mean(axis=(0, 1)))
    return red, green, blue

"""Where a picture lies in one of another shape: in the middle, as large as fits, amid black.

Some files change shape on the way: a phone that is turned while it records for a browser, recordings put one
behind the other, broadcast with adverts of 4:3.
"""

from typing import NamedTuple

# Broadcast cannot agree whether 702, 704 or 720 pixels are the width: what differs less is stretched. And by
# so many pixels sides differ that were rounded to even ones.
LEAST_SHARE, LEAST_PIXELS = 1 / 32, 2


class Place(NamedTuple):
    """In pixels, all even."""

    width: int
    height: int
    left: int
    top: int


def place(shown: tuple[int, int], canvas: tuple[int, int]) -> Place:
    """Where a picture to be `shown` at one size (width, height) lies in a `canvas` of another, even one."""
    scale = min(whole / side for side, whole in zip(shown, canvas, strict=True))
    width, height = (_side(side * scale, whole) for side, whole in zip(shown, canvas, strict=True))
    return Place(width, height, (canvas[0] - width) // 4 * 2, (canvas[1] - height) // 4 * 2)


def _side(fitting: float, whole: int) -> int:
    if whole - fitting <= max(LEAST_PIXELS, whole * LEAST_SHARE):
        return whole
    return max(2, round(fitting / 2) * 2)

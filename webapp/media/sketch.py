"""The small rendition in which a video is watched whose ladder takes long to encode."""

from fractions import Fraction

import msgspec

from .ladder import Rung, ladder
from .track_names import SKETCH_NAME

# Of its shorter side, in pixels: with a larger one two cores would not keep up with who watches 4K in 10 bits
# (docs/decisions.md has what a frame of that takes).
LARGEST_SIDE, SHARE_OF_SIDE = 480, 1 / 3


def sketch(width: int, height: int, rate: Fraction) -> Rung:
    """Of an upright picture of `width` × `height` square pixels at `rate` frames/s."""
    rungs = ladder(width, height, rate)
    most: float = min(LARGEST_SIDE, min(width, height) * SHARE_OF_SIDE)
    small = next((rung for rung in rungs if min(rung.width, rung.height) <= most), rungs[-1])
    return msgspec.structs.replace(small, name=SKETCH_NAME)

"""Which renditions a video gets.

Rungs are named by the shorter side, so that a portrait video keeps the detail of a landscape one. Nothing is
ever enlarged: the topmost rung is the source's own size, as far as it can be encoded.
"""

from collections.abc import Sequence
from fractions import Fraction

import msgspec

# Shorter side of a 16:9 picture, and the bit rate it may reach at 30 frames a second. Between Apple's
# authoring example and what x264 veryfast at CRF 23 asks for in busy scenes.
CEILINGS_BPS = {
    2160: 14_000_000,
    1440: 9_000_000,
    1080: 5_000_000,
    720: 2_800_000,
    480: 1_400_000,
    360: 800_000,
    240: 400_000,
    144: 160_000,
}
LARGEST_SHORT_SIDE = max(CEILINGS_BPS)
LONGEST_SIDE = 16_384  # pixels; x264 opens for no more
# A rung this close below another one costs its encoding and gains a viewer nothing.
CLOSEST_STEP = 0.8
# Where the source is no larger than the smallest, players still get something to go down to.
ONLY_STEP, SMALLEST_SIDE = 0.5, 2
# Of each codec beside H.264: so many rungs, down to this shorter side, and of its rate this share.
MOST_BESIDE, SMALLEST_BESIDE, SHARE_BESIDE = 3, 144, 0.7


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """One rendition of the ladder.

    Attributes:
        name: the shorter side and "p", as people say it: "1080p"; beside H.264, and the codec: "1080p_av1".
        width, height: upright picture in square pixels, both even.
        ceiling_bps: the bit rate exceeds this by a tenth at most, averaged as RFC 8216 §4.1 does for a peak.
    """

    name: str
    width: int
    height: int
    ceiling_bps: int
    codec: str = "h264"


def ladder(
    width: int, height: int, rate: Fraction, wanted: Sequence[int] = (), *, lone: bool = False
) -> list[Rung]:
    """Rungs for an upright picture of `width` × `height` square pixels at `rate` frames/s, largest first.

    Args:
        wanted: shorter sides to choose from, instead of those that suit the picture.
        lone: whether the smallest may be the only one.
    """
    short, long = sorted((width, height))
    most = min(short, max(1, short * LONGEST_SIDE // long))
    sides = [min(most, max(wanted) if wanted else LARGEST_SHORT_SIDE)]
    for side in sorted(wanted or CEILINGS_BPS, reverse=True):
        if side < sides[-1] and (wanted or side <= sides[-1] * CLOSEST_STEP):
            sides.append(side)
    if len(sides) == 1 and not wanted and not lone and sides[0] * ONLY_STEP >= SMALLEST_SIDE:
        sides.append(int(sides[0] * ONLY_STEP))
    return [_rung(width, height, Fraction(side, short), rate) for side in sides]


def beside(rungs: Sequence[Rung], codecs: Sequence[str]) -> list[Rung]:
    """The rungs that there are in other `codecs` too: the largest, where there is most to save."""
    return [
        msgspec.structs.replace(
            rung,
            name=f"{rung.name}_{codec}",
            ceiling_bps=int(rung.ceiling_bps * SHARE_BESIDE),
            codec=codec,
        )
        for codec in codecs
        for rung in rungs[:MOST_BESIDE]
        if min(rung.width, rung.height) >= SMALLEST_BESIDE
    ]


def _rung(width: int, height: int, scale: Fraction, rate: Fraction) -> Rung:
    scaled_width, scaled_height = _even(width, scale), _even(height, scale)
    return Rung(
        name=f"{min(scaled_width, scaled_height)}p",
        width=scaled_width,
        height=scaled_height,
        ceiling_bps=_ceiling(scaled_width * scaled_height, rate),
    )


def _even(side: int, scale: Fraction) -> int:
    """The nearest even length, which 4:2:0 chroma needs, but never more than there is."""
    return max(2, min(round(side * scale / 2), side // 2) * 2)


def _ceiling(pixels: int, rate: Fraction) -> int:
    """Bits per second, interpolated on the table by area; frames above 30/s cost half as much each."""
    areas = sorted((side * side * 16 / 9, bps) for side, bps in CEILINGS_BPS.items())
    above = next((place for place, (area, _) in enumerate(areas[:-1]) if pixels <= area), len(areas) - 1)
    lower, upper = areas[max(above, 1) - 1], areas[max(above, 1)]
    slope = (upper[1] - lower[1]) / (upper[0] - lower[0])
    bps = max(areas[0][1] / 2, lower[1] + (pixels - lower[0]) * slope)
    faster = max(0.0, float(rate) / 30 - 1)
    return int(bps * (1 + faster / 2))

"""Fits a ladder to a title: to how many bits its source has, and to how many it needs."""

import math
from collections.abc import Sequence

import msgspec

from .answers import Complexity, Need
from .ladder import Rung

# A peak may be twice an average, and what an encoder has left is harder to encode again. Measured on 1080p of
# 0.3, 0.7 and 1.6 Mbit/s (docs/decisions.md): with 2 the picture loses up to 1 dB, with 3 less than half.
PEAK_OF_SOURCE = 3
# A film within a lecture on slides is a small part of its average; its own busiest seconds are what to hold.
PEAK_OF_BUSIEST = 1.5
# A few frames after a keyframe told 0.5 to 0.8 of what film then took (docs/decisions.md): room for that.
HEADROOM = 3
# x264 lets no frame take more than half of its buffer, which is nearly a second's worth: photographs that
# change every five seconds lose 2 dB where there is room for one and a half keyframes a second.
KEYFRAMES_A_SECOND = 2.5
# How the need grows with the pixels: from what stays smooth to noise. Without a second size, the middle.
SLOWEST_GROWTH, FASTEST_GROWTH, USUAL_GROWTH = 0.5, 1.0, 0.75
# What plays on nearly everything: H.264 of level 4.1 (ITU-T H.264 table A-1).
PIXELS_EVERYWHERE = 1920 * 1088


def within_source(rungs: Sequence[Rung], found: Complexity) -> list[Rung]:
    """The rungs with ceilings that the source can fill: smaller ones have less of them, by their sides."""
    if not found.source_bps:
        return list(rungs)
    largest = max(
        PEAK_OF_SOURCE * found.source_bps,
        PEAK_OF_BUSIEST * found.busiest_bps,
        KEYFRAMES_A_SECOND * found.keyframe_bits,
    )
    return [_at_most(rung, largest * math.sqrt(_pixels(rung) / _pixels(rungs[0]))) for rung in rungs]


def within_need(rungs: Sequence[Rung], needs: Sequence[Need]) -> list[Rung]:
    """The rungs with ceilings not far above what this title takes."""
    if not needs or not all(need.bps for need in needs):
        return list(rungs)
    first, last = needs[0], needs[-1]
    growth = USUAL_GROWTH
    if first.pixels != last.pixels:
        growth = math.log(first.bps / last.bps) / math.log(first.pixels / last.pixels)
    growth = min(max(growth, SLOWEST_GROWTH), FASTEST_GROWTH)
    most = max(HEADROOM * first.bps, KEYFRAMES_A_SECOND * first.keyframe_bits)
    return [_at_most(rung, most * (_pixels(rung) / first.pixels) ** growth) for rung in rungs]


def useful(usual: Sequence[Rung], fitted: Sequence[Rung]) -> list[Rung]:
    """Of the `fitted` rungs those that somebody is better off with.

    One is not if the next larger one never takes more than what the `usual` one may: whoever that is meant
    for can play the larger. Two stay in any case, one of them small enough to play everywhere.
    """
    kept = [fitted[0]]
    for plain, rung in zip(usual[1:], fitted[1:], strict=True):
        needed = kept[-1].ceiling_bps > plain.ceiling_bps
        if needed or _pixels(kept[-1]) > PIXELS_EVERYWHERE >= _pixels(rung):
            kept.append(rung)
    return kept if len(kept) > 1 else [*kept, *fitted[1:][-1:]]


def _pixels(rung: Rung) -> int:
    return rung.width * rung.height


def _at_most(rung: Rung, bps: float) -> Rung:
    return msgspec.structs.replace(rung, ceiling_bps=min(rung.ceiling_bps, math.ceil(bps)))

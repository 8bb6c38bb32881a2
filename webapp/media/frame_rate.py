"""How many frames a second an upload shows."""

import contextlib
from fractions import Fraction
from itertools import islice, pairwise

import av
from av.video.stream import VideoStream

from .demuxing import FromStart, demuxed
from .thinning import HIGHEST_RATE, TOLERANCE

# Matroska and FLV claim 1000 frames a second when they do not know. What libavformat makes out of times, as
# in MPEG streams, is hours a frame where one of them is wrong.
SLOWEST_RATE, FASTEST_RATE, ASSUMED_RATE = 1, 480, Fraction(30)
# The first frames of a browser's recording come in a burst, those of a screen may be seconds apart.
LOOKED_AT_S, PACKETS_LOOKED_AT = 5, 5_000
# Of the steps from frame to frame, this share of the shortest and of the longest is no measure.
UNUSUAL = Fraction(1, 10)
# Of 60 frames a second in whole milliseconds, 16 a frame: what is faster is shown at half its rate, so that
# such a claim is not taken without a look.
DOUBTFUL_RATE = HIGHEST_RATE * Fraction(11, 10)
# What is slower is said to be this: a step of decades would come out as no rate at all, and that divides.
LEAST_RATE, LARGEST_DENOMINATOR = Fraction(1, 1_000_000), 1_000_000


def frame_rate(stream: VideoStream, zero: int, from_start: FromStart) -> Fraction:
    """Average frames per second: what the container says if that can be, else what its packets show.

    Args:
        zero: the tick of the first frame, from which on they are looked at.
    """
    rate = _average(stream, zero, from_start)
    return max(LEAST_RATE, rate.limit_denominator(LARGEST_DENOMINATOR))


def _average(stream: VideoStream, zero: int, from_start: FromStart) -> Fraction:
    claimed = stream.average_rate
    if claimed and _can_be(claimed) and not HIGHEST_RATE * TOLERANCE < claimed < DOUBTFUL_RATE:
        return claimed
    assert stream.time_base is not None
    steps = sorted(other - one for one, other in pairwise(_times(stream, zero, from_start)))
    unusual = int(len(steps) * UNUSUAL)
    usual = steps[unusual : len(steps) - unusual]
    if usual:
        return len(usual) / (sum(usual) * stream.time_base)
    return stream.average_rate or ASSUMED_RATE


def usual_step(stream: VideoStream) -> int:
    """Ticks from one frame to the next, by what the container claims; 1 where that cannot be."""
    assert stream.time_base is not None
    rate = stream.average_rate or stream.guessed_rate
    return max(1, round(1 / (rate * stream.time_base))) if rate and _can_be(rate) else 1


def _can_be(rate: Fraction) -> bool:
    return SLOWEST_RATE <= rate <= FASTEST_RATE


def _times(stream: VideoStream, zero: int, from_start: FromStart) -> list[int]:
    """The ticks at which packets are shown, rising, over LOOKED_AT_S."""
    assert stream.time_base is not None
    end = zero + LOOKED_AT_S / stream.time_base
    times: set[int] = set()
    # An error: damaged from here on.
    with contextlib.suppress(av.FFmpegError), from_start(zero) as container:
        for packet in islice(demuxed(container, [container.streams[stream.index]]), PACKETS_LOOKED_AT):
            time = packet.dts if packet.pts is None else packet.pts
            if time is None or time < zero:
                continue
            # Those that are shown before this one may come after it: it is no longer looked at, they are.
            decoded = packet.dts or time
            known = [one for one in times if one <= decoded] if decoded > end else []
            if len(known) > 1:
                return sorted(known)
            times.add(time)
    return sorted(times)

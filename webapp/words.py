"""How numbers are said to people."""

from datetime import timedelta

import humanize

# Whoever waits farther back is not told of every place: a thousand would be told of each that starts.
FARTHEST_PLACE = 20
SHORTEST_WAIT_S = 1.0


def size(count: int) -> str:
    """Bytes in decimal units, as file managers show them: 22.7 MB."""
    return humanize.naturalsize(count)


def clock(seconds: float) -> str:
    """A position or length as players show it: 1:02:03, or 2:03 below an hour."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def lasting(span: timedelta) -> str:
    """How long something took: 0.4 s, 38 s, 3 min 46 s, 1 h 12 min."""
    seconds = span.total_seconds()
    if round(seconds, 1) < 10:
        return f"{seconds:.1f} s"
    minutes, second = divmod(round(seconds), 60)
    if minutes == 0:
        return f"{second} s"
    hours, minute = divmod(minutes, 60)
    return f"{hours} h {minute} min" if hours else f"{minute} min {second} s"


def waiting_of_it(waited_s: float | None) -> str:
    """A clause to follow how long something took: how much of that it waited for its turn, if long."""
    if waited_s is None or waited_s <= SHORTEST_WAIT_S:
        return ""
    return f", {lasting(timedelta(seconds=waited_s))} of it waiting for its turn"


def bit_rate(bits_per_second: int) -> str:
    """800 kbit/s, 4.8 Mbit/s."""
    if round(bits_per_second / 1000) < 1000:
        return f"{bits_per_second / 1000:.0f} kbit/s"
    return f"{bits_per_second / 1_000_000:.1f} Mbit/s"


def frame_rate(frames_per_second: float) -> str:
    """25 and not 25.00, but 23.98."""
    return f"{frames_per_second:.2f}".rstrip("0").rstrip(".")


def place(position: int) -> str:
    """A place in the queue, from 1, as a clause about the video that has it."""
    before = position - 1
    if before == 0:
        return "it is next"
    if before >= FARTHEST_PLACE:
        return f"{FARTHEST_PLACE} videos or more are before it"
    return "1 video is before it" if before == 1 else f"{before} videos are before it"

"""Times that cannot be, or are another frame's.

A changed bit puts one frame hours behind those on either side of it. A packet of a program stream has the
time of the first frame that begins in it, which libavformat gives to one whose first bytes, not yet its
picture, lie in the packet before, too.
"""

from collections.abc import Iterable, Iterator, Sequence

from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame

# Further than this, or this many usual steps, from what is next to it.
FAR_S, FAR_STEPS = 10, 20
# Frames lie in the order they are decoded in, so many places from where they are shown at the most.
REORDERED = 16
# From the frame before to one that has the time of the next, in usual steps; and after how many frames at the
# most a time is written again, which shows it: of such as begin several in a packet of 2 kB.
BORROWING, MOST_BORROWED = (1.5, 2.5), 8


def far_ticks(second: int, step: int) -> int:
    """
    Args:
        second, step: ticks of a second, and of the usual step from frame to frame.
    """
    return max(FAR_S * second, FAR_STEPS * step)


def without_strays(times: Sequence[int], far: int) -> list[int]:
    """Of the times of packets, as they lie in the file, those that are not alone with theirs."""

    def is_stray(place: int) -> bool:
        time, after = times[place], times[place + 1 : place + 1 + REORDERED]
        near = [*times[max(0, place - REORDERED) : place], *after]
        return any(other < time - far for other in after) and all(abs(other - time) > far for other in near)

    return [time for place, time in enumerate(times) if not is_stray(place)]


def untimed_strays(frames: Iterable[VideoFrame], far: int) -> Iterator[VideoFrame]:
    """The frames, in the order they are shown; one that is far behind the next has no time any more."""
    held: VideoFrame | None = None
    latest: int | None = None
    for frame in frames:
        if held is not None:
            assert held.pts is not None
            if frame.pts is not None and frame.pts < held.pts - far:
                held.pts = None
            else:
                latest = held.pts
            yield held
            held = None
        if frame.pts is not None and (latest is None or frame.pts - latest > far):
            held = frame
            continue
        latest = latest if frame.pts is None else frame.pts
        yield frame
    if held is not None:
        yield held


def apart(frames: Iterable[VideoFrame], step: int) -> Iterator[VideoFrame]:
    """The frames; of two with one time the second is shown a `step` later, if no other is by then.

    Ogg numbers frames, and an encoder rounds the times of such as come a little early or late to that.
    """
    before: int | None = None
    double: VideoFrame | None = None
    for frame in frames:
        if double is not None:
            assert double.pts is not None
            if frame.pts is not None and frame.pts > double.pts + step:
                double.pts += step
            yield double
            double = None
        if frame.pts is not None and frame.pts == before:
            double = frame
            continue
        before = frame.pts
        yield frame
    if double is not None:
        yield double


def without_borrowed(frames: Iterable[VideoFrame], step: int) -> Iterator[VideoFrame]:
    """The frames of a program stream; one that has the time of the next, and those counted on from it until
    a time comes again, have none any more.

    Args:
        step: ticks, usually, from frame to frame.
    """
    least, most = (round(steps * step) for steps in BORROWING)
    held: list[VideoFrame] = []
    last: int | None = None
    latest = 0  # of those held
    for frame in frames:
        tick = frame.pts
        if held and (tick is None or tick > latest) and len(held) < MOST_BORROWED:
            held.append(frame)
            latest = latest if tick is None else tick
            continue
        if held:
            if tick is not None and tick <= latest and last is not None:
                latest = last + len(held) * step
                for one in held:
                    one.pts = None
            yield from held
            held, last = [], latest
        if tick is not None and last is not None and least < tick - last < most:
            held, latest = [frame], tick
            continue
        if tick is not None:
            last = tick
        elif last is not None:
            last += step
        yield frame
    yield from held


def lent_once(coming: "Iterable[Packet[Stream]]") -> "Iterator[Packet[Stream]]":
    """The packets of one stream of a program stream; of two with one time from one place, which is that of
    the second, the first has none any more.

    For codecs of which libavformat fills in no times: there frames may be shown in another order.
    """
    held: Packet[Stream] | None = None
    for packet in coming:
        if held is not None:
            if packet.pos == held.pos and packet.pts == held.pts:
                held.pts = held.dts = None
            yield held
            held = None
        if packet.pts is None or packet.pos is None:
            yield packet
        else:
            held = packet
    if held is not None:
        yield held

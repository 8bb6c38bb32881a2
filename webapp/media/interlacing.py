"""Which frames of a chunk the deinterlacer gets: all, from the first one on that is interlaced.

Broadcast is progressive one minute and interlaced the next, and no look at the first frames tells.
"""

from collections.abc import Iterator
from typing import NamedTuple

from av.video.frame import VideoFrame

from .span import Span

CONTEXT = 2  # frames that the deinterlacer looks at on either side


class ToShow(NamedTuple):
    """A frame, and whether it is to go through the deinterlacer."""

    frame: VideoFrame
    interlaced: bool


def frames(span: Span, interlaced: bool) -> Iterator[ToShow | None]:
    """The frames of a span, and those around it where the deinterlacer is to see them; None on the way to it.

    Once there it stays up to the end: it leaves progressive frames as they are, and is not to begin anew for
    each that follows one.

    Args:
        interlaced: whether that is known of the stream from its first frames.
    """
    before: list[VideoFrame] = []
    for frame in span.frames():
        if frame is None:
            yield None
            continue
        assert frame.pts is not None
        if frame.pts < span.begin:
            before.append(frame)
            continue
        inside = span.holds(frame.pts)
        interlaced = interlaced or (inside and frame.interlaced_frame)
        if interlaced:
            yield from (ToShow(early, True) for early in before)
        before.clear()
        if inside or interlaced:
            yield ToShow(frame, interlaced)

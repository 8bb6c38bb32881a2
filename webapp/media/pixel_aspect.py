"""The pixel aspect of an upload: width of a stored pixel divided by its height."""

from fractions import Fraction

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

# What was ever stored on purpose is below 4; beyond this it is a mistake, and shows as a line.
MOST_OBLONG = 8
# Containers that leave it to the codec, where it may change on the way: adverts of 4:3 amid 16:9.
SILENT = ("mpegts", "mpeg", "flv")


def believed(claimed: Fraction | None) -> Fraction:
    """What a stream says of its pixels, as far as that can be meant; square where it cannot."""
    if not claimed or not Fraction(1, MOST_OBLONG) <= claimed <= MOST_OBLONG:
        return Fraction(1)
    return Fraction(claimed)


class PixelAspects:
    """The pixel aspect of each decoded frame of a stream.

    Frames do not tell it in Python. The decoder does, but it is ahead of what it gives out, by as many frames
    as are reordered: what it says holds from the next keyframe on that is shown.
    """

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self._stream = stream
        self._changes_with_codec = container.format.name in SILENT
        self._since: list[tuple[int, Fraction]] = []  # a tick, and what holds from there on

    def restart(self) -> None:
        """Before frames from somewhere else in the stream."""
        self._since.clear()

    def note(self, frame: VideoFrame) -> None:
        """Takes a frame as soon as it is decoded; its pts is when it is shown."""
        if frame.pts is None or not self._changes_with_codec or (self._since and not frame.key_frame):
            return
        aspect = believed(self._stream.codec_context.sample_aspect_ratio)
        if not self._since or aspect != self._since[-1][1]:
            self._since.append((frame.pts, aspect))

    def of(self, frame: VideoFrame) -> Fraction:
        """Of one of the frames since the restart."""
        if not self._since:
            return believed(self._stream.sample_aspect_ratio)
        before = (aspect for tick, aspect in reversed(self._since) if frame.pts is None or tick <= frame.pts)
        return next(before, self._since[0][1])

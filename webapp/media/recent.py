"""What was read last of a stream: whether to go on from there, or to look for a keyframe."""

from collections import deque
from collections.abc import Iterator

from av.video.frame import VideoFrame

# Enough for what filters look at before the next chunk, and its first frame.
REMEMBERED = 4


class Recent:
    """The last few frames; whoever goes on from there takes them first.

    Attributes:
        begun_at: the tick from which on frames were asked for; None before that.
    """

    def __init__(self, zero: int) -> None:
        self.begun_at: int | None = None
        self._frames: deque[VideoFrame] = deque(maxlen=REMEMBERED)
        self._keyframe = zero

    def __bool__(self) -> bool:
        return bool(self._frames)

    def stands_at(self, tick: int) -> bool:
        """Whether what is shown at `tick` is among them."""
        # Whoever asks for the same again does so because something was left out, or went wrong.
        if self.begun_at is None or tick <= self.begun_at:
            return False
        pts = [frame.pts for frame in self._frames if frame.pts is not None]
        return bool(pts) and pts[0] < tick <= pts[-1]

    def comes_by(self, tick: int) -> bool:
        """Whether to read on up to `tick`: it is nearer than the last keyframe is far behind."""
        if not self._frames or self.begun_at is None or tick <= self.begun_at:
            return False
        last = self._frames[-1].pts
        return last is not None and last < tick <= 2 * last - self._keyframe

    def taken(self) -> tuple[VideoFrame, ...]:
        """The frames, which are forgotten with that."""
        frames = tuple(self._frames)
        self._frames.clear()
        return frames

    def noted(self, frames: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
        """The same frames, each remembered as it is read."""
        for frame in frames:
            self._frames.append(frame)
            if frame.key_frame and frame.pts is not None:
                self._keyframe = frame.pts
            yield frame

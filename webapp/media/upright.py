"""Single frames as still pictures: as they are meant to be seen, and no larger than asked for."""

from fractions import Fraction

from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .cascade import Cascade
from .colour import SMPTE170M
from .facts import WHOLE, VideoTrack
from .ladder import Rung
from .picture import Picture, is_mirrored


def upright(
    frame: VideoFrame,
    stream: VideoStream,
    aspect: Fraction,
    longest_side: int,
    video: VideoTrack | None = None,
) -> VideoFrame:
    """The frame turned upright, of square pixels and at most `longest_side` long; never enlarged.

    Args:
        aspect: of the frame's pixels.
        video: what is known about the stream, whose shape the still gets; of a single picture nothing is.
    """
    picture = Picture.of(
        frame,
        aspect,
        # A single picture is never of two fields: it is the PNG decoder's word for being sent in passes.
        interlaced=video is not None and frame.interlaced_frame,
        alone=True,
        mirrored=video.mirrored if video else is_mirrored(frame),
        rotation=video.rotation if video else None,
        bright=bool(video and video.bright),
        matrix=video.colour[2] if video else SMPTE170M,
        cropping=video.cropping if video else WHOLE,
    )
    shape = (video.width, video.height) if video else picture.shown_size
    width, height = fitted(*shape, longest_side)
    cascade = Cascade(frame, picture, stream, [Rung(name="still", width=width, height=height, ceiling_bps=0)])
    cascade.push(frame)
    cascade.push(None)
    return next(finished for _, finished in cascade.pull())


def fitted(width: int, height: int, longest_side: int) -> tuple[int, int]:
    """The size of a picture of this shape that is at most so long; both sides even."""
    scale = min(1, longest_side / max(width, height))
    return max(2, round(width * scale) // 2 * 2), max(2, round(height * scale) // 2 * 2)

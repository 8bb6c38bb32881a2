"""The first frames of an upload's picture, which tell most of what is to be known about it."""

from fractions import Fraction
from itertools import islice

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .cut_off import breaks_off
from .failures import Unprocessable
from .frames import FrameReader
from .jobs import Limits

# Enough to tell what is interlaced throughout, where single frames may be flagged progressive.
FRAMES_LOOKED_AT = 8


def first_frames(
    container: InputContainer, streams: list[VideoStream], limits: Limits
) -> tuple[VideoStream, Fraction, list[VideoFrame]]:
    """The first stream with a picture that decodes, the pixel aspect of that, and a few frames.

    Raises:
        Unprocessable: "encrypted", "undecodable", "truncated", "too_large_picture", "still_picture".
    """
    encrypted = False
    for number, stream in enumerate(streams):
        if stream.width * stream.height > limits.pixels:
            raise Unprocessable("too_large_picture", f"{stream.width} × {stream.height}")
        reader = FrameReader(container, stream)
        coming = reader.again() if number else reader.read(0)  # whoever looked before read to the end
        frames = list(islice(coming, FRAMES_LOOKED_AT))
        if len(frames) == 1 and container.format.name == "gif":
            raise Unprocessable("still_picture")
        if frames:
            return stream, reader.aspects.of(frames[0]), frames
        encrypted = encrypted or reader.damage.encrypted
    if encrypted:
        raise Unprocessable("encrypted")
    code = "truncated" if breaks_off(container) else "undecodable"
    raise Unprocessable(code, f"no frame of {', '.join(one.codec_context.name for one in streams)}")

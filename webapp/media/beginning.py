"""The first frames of an upload's picture, which tell most of what is to be known about it."""

from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .cut_off import breaks_off
from .failures import Unprocessable
from .frames import FrameReader
from .jobs import Limits
from .lost_beginning import is_damaged

# With a picture that lasts for longer nobody would believe it. Sound before that is cut.
LONGEST_LOST_S = 10
# What is broadcast is recorded from the middle of a GOP on: mostly nothing is lost there, nor damaged.
BEGINNING_ANYWHERE = ("mpegts", "mpeg")
# Enough to tell what is interlaced throughout, where single frames may be flagged progressive.
FRAMES_LOOKED_AT = 8


class Beginning(NamedTuple):
    """
    Attributes:
        stream: the first with a picture that decodes.
        aspect: of the first frame's pixels.
        frames: a few.
        zero: the tick at which the first is shown, or should be one that does not decode.
        begun: that of the first packet, if it is earlier.
    """

    stream: VideoStream
    aspect: Fraction
    frames: list[VideoFrame]
    zero: int
    begun: int


def beginning_of(container: InputContainer, streams: list[VideoStream], limits: Limits) -> Beginning:
    """

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
            zero = _zero(reader, frames[0], _lost_from(container, reader))
            begun = min([zero, *(packet.tick for packet in reader.unshown.before_first)])
            return Beginning(stream, reader.aspects.of(frames[0]), frames, zero, begun)
        encrypted = encrypted or reader.damage.encrypted
    if encrypted:
        raise Unprocessable("encrypted")
    code = "truncated" if breaks_off(container) else "undecodable"
    raise Unprocessable(code, f"no frame of {', '.join(one.codec_context.name for one in streams)}")


def _lost_from(container: InputContainer, reader: FrameReader) -> int | None:
    """The tick of what was to be the first frame, if it is lost."""
    if container.format.name not in BEGINNING_ANYWHERE:
        return reader.unshown.begun_at
    passed = reader.unshown.before_first
    known = bool(passed) and container.format.name == "mpegts" and is_damaged(Path(container.name), passed)
    return passed[0].tick if known else None


def _zero(reader: FrameReader, first: VideoFrame, lost: int | None) -> int:
    assert first.pts is not None
    if lost is None or (first.pts - lost) * reader.time_base > LONGEST_LOST_S:
        return first.pts
    return lost

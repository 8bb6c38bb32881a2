"""What libavformat and its decoders object to in an upload, as they say it: errors tell less."""

import contextlib
import re
from collections.abc import Callable, Iterator

import av
from av.container import InputContainer
from av.stream import Disposition

from .decoding import with_decoder
from .limits import short_of_memory

Opening = Callable[[], InputContainer]
# Of libavformat, utils.c and matroskadec.c. Matroska's fonts are streams, too, but no tracks: those beyond
# the limit are left out.
TOO_MANY_STREAMS, TOO_MANY_TRACKS = "exceeds max_streams", "Number of tracks exceeds max_streams"
# Of libavutil, imgutils.c, when a picture has more than `max_pixels`, or than 2^31 bytes at eight a pixel.
TOO_LARGE = re.compile(r"Picture size ([1-9]\d*x[1-9]\d*) (?:exceeds specified max pixel count|is invalid)")


def to_memory(opening: Opening) -> str:
    """What libavformat calls a lack of memory: a limit of ours, or a number in a damaged file."""
    if short_of_memory():
        return "too_demanding"
    too_many = any(TOO_MANY_STREAMS in words for words in _said(opening))
    return "too_many_streams" if too_many else "undecodable"


def to_tracks(container: InputContainer, most: int, opening: Opening) -> bool:
    """Whether a Matroska has more of them.

    It is opened nonetheless, but its tracks are not what they should be: reading goes astray in their list.
    """
    if not container.format.name.startswith("matroska") or len(container.streams) < most:
        return False
    return any(TOO_MANY_TRACKS in words for words in _said(opening))


def to_size(container: InputContainer, opening: Opening) -> str | None:
    """The width and height of the picture, if it has so many pixels that it was not even looked at.

    Then no picture has a size here, whatever the file says.
    """
    pictures = [one for one in container.streams.video if Disposition.attached_pic not in one.disposition]
    known = with_decoder(pictures)
    if not known or any(stream.width for stream in known):
        return None
    found = (TOO_LARGE.search(words) for words in _said(opening))
    return next((match[1] for match in found if match), None)


def _said(opening: Opening) -> Iterator[str]:
    level, once = av.logging.get_level(), av.logging.get_skip_repeated()
    av.logging.set_level(av.logging.ERROR)
    av.logging.set_skip_repeated(False)  # it was said before
    try:
        with av.logging.Capture() as said, contextlib.suppress(av.FFmpegError):
            opening()
    finally:
        av.logging.set_level(level)
        av.logging.set_skip_repeated(once)
    return (words for *_, words in said)

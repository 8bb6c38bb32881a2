"""The colours that a palette numbers: MOV and AVI hand them out once, with the first packet that is read."""

import contextlib
from itertools import islice

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from .demuxing import demuxed

NUMBERED = "pal8"


class Palette:
    """Has the decoder of a stream know its palette, wherever reading begins; without one all is black."""

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self._container, self._stream = container, stream
        self._due = stream.codec_context.pix_fmt == NUMBERED

    def learn(self) -> None:
        """Call this before the container goes elsewhere; what is read is lost."""
        if not self._due:
            return
        self._due = False
        with contextlib.suppress(av.FFmpegError):
            for packet in islice(demuxed(self._container, [self._stream]), 1):
                packet.decode()

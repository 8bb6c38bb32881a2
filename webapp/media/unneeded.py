"""Frames that no other needs, left out on the way to what is to be shown."""

from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

# Decoders that ask before each frame what to leave out. Others (dav1d) ask once, and would go on for good.
ASKING_EACH_TIME = ("h264", "hevc", "mpeg1video", "mpeg2video", "mpeg4", "vc1", "vp8", "vp9")


class Unneeded:
    """Has the decoder leave them out up to a tick, if it can.

    Attributes:
        skipped: whether there were any.
    """

    def __init__(self, stream: VideoStream, up_to: int | None = None) -> None:
        self.skipped = False
        self._stream = stream
        self._up_to = up_to if stream.codec_context.name in ASKING_EACH_TIME else None

    def see(self, packet: "Packet[Stream]") -> None:
        """Each packet, before it is decoded."""
        early = self._up_to is not None and packet.pts is not None and packet.pts < self._up_to
        self._stream.codec_context.skip_frame = "NONREF" if early else "DEFAULT"
        self.skipped = self.skipped or early

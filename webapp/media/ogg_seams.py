"""The sound of a chain of Ogg recordings, where one follows the other."""

from bisect import bisect_right
from typing import Any

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from .ogg_chain import Chain


class Restarts:
    """Has a sound begin anew with each recording.

    Decoders would blend it into the one before, and libavformat has its first packet follow that.
    """

    def __init__(self, container: InputContainer, stream: AudioStream) -> None:
        file = getattr(container.file, "file", None)
        self._chain = file if isinstance(file, Chain) else None
        self._stream, self._passed = stream, 0

    def see(self, packet: "Packet[Any]") -> None:
        """Each packet, before it is decoded."""
        if self._chain is None or packet.pos is None:
            return
        passed = bisect_right(self._chain.places, packet.pos)
        if passed > self._passed:
            self._passed = passed
            self._stream.codec_context.flush_buffers()
            pause_s = self._chain.seams[passed - 1].pauses_s.get(self._stream.index)
            if pause_s is not None and packet.pts is not None and packet.time_base:
                packet.pts += round(pause_s / packet.time_base)

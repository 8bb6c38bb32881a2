"""Times of sound in an AVI that counts its bytes, as some encoders have it at a variable bit rate, too.

Such times go as if each byte took as long: what is loud would overlap with what follows, and there would be
holes in a pause. But where no byte is missing, no sound is.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet


class ByteTimes:
    """Has a frame whose bytes follow those before it follow in time."""

    def __init__(self, container: InputContainer, stream: AudioStream) -> None:
        assert stream.time_base is not None
        self._applies = container.format.name == "avi"
        self._time_base = stream.time_base
        self._next_byte: int | None = None
        self._counting_bytes = False
        self._missing = 0  # ticks since the last frame
        # Of the last frame: the tick from which on, and the samples by which its end is counted.
        self._since: int | None = None
        self._samples = 0

    def see(self, packet: "Packet[Any]") -> None:
        """Each packet, before it is decoded."""
        if not self._applies or not packet.size or packet.pts is None:
            return
        missing = 0 if self._next_byte is None else packet.pts - self._next_byte
        self._counting_bytes = self._counting_bytes or (self._next_byte is not None and not missing)
        self._missing += missing
        self._next_byte = packet.pts + packet.size

    def placed(self, frames: Iterable[AudioFrame]) -> Iterator[AudioFrame]:
        """The frames, each with the tick at which it is heard."""
        for frame in frames:
            if self._applies:
                self._place(frame)
            yield frame

    def _place(self, frame: AudioFrame) -> None:
        ticks, samples = (1 / (frame.sample_rate * self._time_base)).as_integer_ratio()
        if self._counting_bytes and self._since is not None:
            self._since += self._missing
            frame.pts = self._since + self._samples * ticks // samples
        elif frame.pts is not None:
            self._since, self._samples = frame.pts, 0
        self._samples += frame.samples
        self._missing = 0

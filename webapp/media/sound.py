"""The sound of an upload as even frames of 48 kHz stereo on the picture's timeline."""

from collections.abc import Iterator

from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from .decoding import Damage, decoded, read_only
from .facts import Facts
from .ladder import AUDIO_SAMPLE_RATE as SAMPLE_RATE
from .resampler import FORMAT, LAYOUT, Resampler

# The resampler fills smaller holes; it would make the silence of an hour in one piece.
LONGEST_HOLE_S = 1


class Sound:
    """Decodes, resamples and lines up a track of sound.

    The timeline starts where the picture's does, or with the sound where that is alone: sound before that
    is cut; a late start, a hole and an early end become silence.

    Attributes:
        damage: what could not be decoded.
    """

    def __init__(self, container: InputContainer, facts: Facts, frame_size: int, number: int = 0) -> None:
        """
        Args:
            frame_size: the number of samples in each frame to come.
            number: which of the tracks of sound, by its place in `facts.sounds`.
        """
        stream = container.streams[facts.sounds[number].stream]
        assert isinstance(stream, AudioStream) and stream.time_base is not None
        read_only(container, stream)
        self.damage = Damage()
        self._container, self._stream, self._size = container, stream, frame_size
        self._time_base = stream.time_base
        self._zero = round(facts.zero_s / stream.time_base)
        self._least = int(facts.duration_s * SAMPLE_RATE)
        self._fifo, self._taken = AudioFifo(), 0

    def frames(self) -> Iterator[AudioFrame]:
        """Even frames, each numbered by its first sample. None at all if nothing can be decoded."""
        resampler: Resampler | None = None
        expected = 0  # the sample at which the next decoded frame should start
        for frame in decoded(self._container, self._stream, self.damage):
            start = expected
            if frame.pts is not None:
                frame.pts -= self._zero
                start = int(frame.pts * self._time_base * SAMPLE_RATE)
            if (
                resampler is None
                or not resampler.takes(frame)
                or start - expected > LONGEST_HOLE_S * SAMPLE_RATE
            ):
                yield from self._take(resampler.push(None) if resampler else ())
                yield from self._silence_until(start)
                resampler = Resampler(frame, self._stream, self._position)
            expected = start + frame.samples * SAMPLE_RATE // frame.sample_rate
            yield from self._take(resampler.push(frame))
        if resampler is not None:
            yield from self._take(resampler.push(None))
            yield from self._silence_until(self._least)
            yield from self._silence_until(self._position + -self._position % self._size)

    @property
    def _position(self) -> int:
        return self._taken + self._fifo.samples

    def _silence_until(self, sample: int) -> Iterator[AudioFrame]:
        while self._position < sample:
            yield from self._take([_silence(min(self._size, sample - self._position))])

    def _take(self, frames: "Iterator[AudioFrame] | tuple[()] | list[AudioFrame]") -> Iterator[AudioFrame]:
        for frame in frames:
            frame.pts = None  # the position is counted
            self._fifo.write(frame)
            while (even := self._fifo.read(self._size)) is not None:
                even.pts, self._taken = self._taken, self._taken + self._size
                yield even


def _silence(samples: int) -> AudioFrame:
    frame = AudioFrame(FORMAT, LAYOUT, samples)
    frame.sample_rate = SAMPLE_RATE
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    return frame

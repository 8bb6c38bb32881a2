"""The sound of an upload as even frames of 48 kHz stereo on the picture's timeline."""

from collections.abc import Iterator
from typing import Any

from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from .aac import SAMPLE_RATE
from .byte_times import ByteTimes
from .continuity import Continuity
from .decoding import Damage, decoded_from, packets, read_only
from .edited_sound import edited_until, first_of
from .facts import Facts
from .finite import finite
from .jobs import Limits
from .ogg_seams import Restarts
from .resampler import FORMAT, LAYOUT, Resampler
from .sound_gaps import SoundGaps
from .source import USUAL
from .steadiness import Steadiness

# The resampler fills smaller holes; it would make the silence of an hour in one piece.
LONGEST_HOLE_S = 1


class Sound:
    """Decodes, resamples and lines up a track of sound.

    The timeline starts where the picture's does, or with the sound where that is alone: sound before that
    is cut; a late start, a hole and an early end become silence.

    Attributes:
        damage: what could not be decoded.
    """

    def __init__(
        self,
        container: InputContainer,
        facts: Facts,
        frame_size: int,
        number: int = 0,
        limits: Limits = USUAL,
    ) -> None:
        """
        Args:
            limits: what is later than their duration is left out.
            frame_size: the number of samples in each frame to come.
            number: which of the tracks of sound, by its place in `facts.sounds`.
        """
        stream = container.streams[facts.sounds[number].stream]
        assert isinstance(stream, AudioStream) and stream.time_base is not None
        self.damage = Damage()
        self._gaps = SoundGaps(container, stream, self.damage)
        read_only(container, *self._gaps.streams)
        self._container, self._stream, self._size = container, stream, frame_size
        self._zero = round(facts.zero_s / stream.time_base)
        self._least, self._most = int(facts.duration_s * SAMPLE_RATE), int(limits.duration_s * SAMPLE_RATE)
        picture_ends = self._least if facts.picture else None
        self._continuity = Continuity(stream.time_base, self._zero, samples_in, picture_ends=picture_ends)
        self._steadiness = Steadiness(stream.codec_context.name)
        self._fifo, self._taken = AudioFifo(), 0
        until = edited_until(container, stream)
        self._until = None if until is None else self._sample(until)

    def frames(self) -> Iterator[AudioFrame]:
        """Even frames, each numbered by its first sample. None at all if nothing can be decoded."""
        resampler: Resampler | None = None
        expected = 0  # the sample at which the next decoded frame should start
        times = ByteTimes(self._container, self._stream)
        restarts = Restarts(self._container, self._stream)
        gaps, damage = self._gaps, self.damage

        def see(packet: "Packet[Any]") -> None:
            restarts.see(packet)
            gaps.see(packet)
            times.see(packet)

        own = gaps.own(packets(self._container, gaps.streams, damage))
        coming = times.placed(decoded_from(own, damage, see))
        for frame, start in self._steadiness.placed(self._continuity.placed(coming)):
            if self._position >= self._most or start >= self._most:
                break
            if self._until is not None and start + samples_in(frame) > self._until:
                heard = first_of(frame, (self._until - start) * frame.sample_rate // SAMPLE_RATE)
                if heard is None:
                    break
                frame = heard
            if (
                resampler is None
                or not resampler.takes(frame)
                or start - expected > LONGEST_HOLE_S * SAMPLE_RATE
            ):
                yield from self._take(resampler.push(None) if resampler else ())
                yield from self._silence_until(start)
                resampler = Resampler(frame, self._position)
            expected = start + samples_in(frame)
            yield from self._take(resampler.push(frame))
        if resampler is not None:
            yield from self._take(resampler.push(None))
            assert self._stream.time_base is not None
            gaps.end(self._zero + round(self._least / (SAMPLE_RATE * self._stream.time_base)))
            yield from self._silence_until(self._least)
            yield from self._silence_until(self._position + -self._position % self._size)

    @property
    def missing_s(self) -> float:
        """For how long it has nothing, where it had something before it was damaged."""
        assert self._stream.time_base is not None
        return round(float(self.damage.missing(self._zero, None) * self._stream.time_base), 3)

    @property
    def _position(self) -> int:
        return self._taken + self._fifo.samples

    def _sample(self, tick: int) -> int:
        assert self._stream.time_base is not None
        return round((tick - self._zero) * self._stream.time_base * SAMPLE_RATE)

    def _silence_until(self, sample: int) -> Iterator[AudioFrame]:
        while self._position < sample:
            yield from self._take([_silence(min(self._size, sample - self._position))])

    def _take(self, frames: "Iterator[AudioFrame] | tuple[()] | list[AudioFrame]") -> Iterator[AudioFrame]:
        for frame in frames:
            frame.pts = None  # the position is counted
            self._fifo.write(frame)
            while (even := self._fifo.read(self._size)) is not None:
                even.pts, self._taken = self._taken, self._taken + self._size
                yield finite(even)


def samples_in(frame: AudioFrame) -> int:
    return frame.samples * SAMPLE_RATE // frame.sample_rate


def _silence(samples: int) -> AudioFrame:
    frame = AudioFrame(FORMAT, LAYOUT, samples)
    frame.sample_rate = SAMPLE_RATE
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    return frame

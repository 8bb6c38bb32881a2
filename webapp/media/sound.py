"""The sound of an upload as even frames of 48 kHz stereo on the picture's timeline."""

from collections.abc import Iterator

import av
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.filter import Graph

from .decoding import Damage, decoded, read_only
from .facts import Facts
from .ladder import AUDIO_SAMPLE_RATE as SAMPLE_RATE

FORMAT, LAYOUT = "fltp", "stereo"
# The resampler fills smaller holes; it would make the silence of an hour in one piece.
LONGEST_HOLE_S = 1
# A smaller hole is left alone until it adds up to this: timestamps are rounded, often to a millisecond, and
# every correction is heard. To be noticed, sound has to be 45 ms early (ITU-R BT.1359).
SMALLEST_HOLE_S = 0.01


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


class Resampler:
    """For frames of one format; its output starts at sample `first` and has no holes."""

    def __init__(self, frame: AudioFrame, stream: AudioStream, first: int) -> None:
        # From the first frame and not from the stream: MP2 in MPEG-TS says fltp and comes as s16p.
        self._key = _format_of(frame)
        graph = Graph()
        self._source = graph.add_abuffer(
            sample_rate=frame.sample_rate,
            format=frame.format.name,
            layout=frame.layout.name,
            time_base=stream.time_base,
        )
        self._sink = graph.add("abuffersink")
        graph.link_nodes(
            self._source,
            # `first_pts` counts samples of the input, although the output starts with it.
            graph.add(
                "aresample",
                f"{SAMPLE_RATE}:async=1:min_hard_comp={SMALLEST_HOLE_S}"
                f":first_pts={round(first * frame.sample_rate / SAMPLE_RATE)}",
            ),
            graph.add("aformat", f"sample_fmts={FORMAT}:channel_layouts={LAYOUT}"),
            self._sink,
        )
        graph.configure()
        self._graph = graph

    def takes(self, frame: AudioFrame) -> bool:
        return _format_of(frame) == self._key

    def push(self, frame: AudioFrame | None) -> Iterator[AudioFrame]:
        """Gives it a frame, or None at the end; yields what is finished by then."""
        self._source.push(frame)
        while True:
            try:
                finished = self._sink.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            assert isinstance(finished, AudioFrame)
            yield finished


def _format_of(frame: AudioFrame) -> tuple[int, str, str]:
    return frame.sample_rate, frame.format.name, frame.layout.name


def _silence(samples: int) -> AudioFrame:
    frame = AudioFrame(FORMAT, LAYOUT, samples)
    frame.sample_rate = SAMPLE_RATE
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    return frame

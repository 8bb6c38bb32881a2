"""Frames of sound as they were decoded, to frames of 48 kHz stereo."""

from collections.abc import Iterator

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.filter import Graph

from .aac import SAMPLE_RATE
from .downmix import downmix
from .failures import Unprocessable

FORMAT, LAYOUT = "fltp", "stereo"
# A smaller hole is left alone until it adds up to this: timestamps are rounded, often to a millisecond, and
# every correction is heard. To be noticed, sound has to be 45 ms early (ITU-R BT.1359).
SMALLEST_HOLE_S = 0.01
# Vorbis has blocks of two sizes. Some muxers give a block the time at which it ends, less the size of the
# first: at each change of size times go on by up to 28 ms more, or less, than the sound does.
SMALLEST_HOLES_S = {"vorbis": 0.03}


class Resampler:
    """For frames of one format; its output starts at sample `first` and has no holes."""

    def __init__(self, frame: AudioFrame, stream: AudioStream, first: int) -> None:
        """
        Raises:
            Unprocessable: "unknown_codec", of more channels than libavfilter can mix.
        """
        # From the first frame and not from the stream: MP2 in MPEG-TS says fltp and comes as s16p.
        self._key = _format_of(frame)
        self._time_base = stream.time_base
        self._smallest_hole_s = SMALLEST_HOLES_S.get(stream.codec_context.name, SMALLEST_HOLE_S)
        try:
            self._configure(frame, first)
        except av.ArgumentError:  # no mix for this layout
            try:
                self._configure(frame, first, downmix(frame.layout))
            except av.FFmpegError as error:
                raise Unprocessable("unknown_codec", f"sound of {frame.layout.name}") from error

    def _configure(self, frame: AudioFrame, first: int, pan: str = "") -> None:
        graph = Graph()
        self._source = graph.add_abuffer(
            sample_rate=frame.sample_rate,
            format=frame.format.name,
            layout=frame.layout.name,
            time_base=self._time_base,
        )
        self._sink = graph.add("abuffersink")
        # `first_pts` counts samples of the input, although the output starts with it.
        first = round(first * frame.sample_rate / SAMPLE_RATE)
        graph.link_nodes(
            self._source,
            *([graph.add("pan", pan)] if pan else []),
            graph.add(
                "aresample",
                f"{SAMPLE_RATE}:async=1:min_hard_comp={self._smallest_hole_s}:first_pts={first}",
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

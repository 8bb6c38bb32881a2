"""Frames of sound as they were decoded, to frames of 48 kHz stereo."""

from collections.abc import Iterator
from fractions import Fraction

import av
from av.audio.frame import AudioFrame
from av.filter import Graph

from .aac import SAMPLE_RATE
from .downmix import downmix
from .failures import Unprocessable

FORMAT, LAYOUT = "fltp", "stereo"
# Frames come one behind the other, or at the end of a hole (`steadiness`); counting may be off by a sample.
SMALLEST_HOLE_S = 0.002


class Resampler:
    """For frames of one format, whose times count samples; its output starts at one and has no holes."""

    def __init__(self, frame: AudioFrame, first: int) -> None:
        """
        Raises:
            Unprocessable: "unknown_codec", of more channels than libavfilter can mix.
        """
        # From the first frame and not from the stream: MP2 in MPEG-TS says fltp and comes as s16p.
        self._key = _format_of(frame)
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
            time_base=Fraction(1, frame.sample_rate),
        )
        self._sink = graph.add("abuffersink")
        # `first_pts` counts samples of the input, although the output starts with it.
        first = round(first * frame.sample_rate / SAMPLE_RATE)
        graph.link_nodes(
            self._source,
            *([graph.add("pan", pan)] if pan else []),
            graph.add(
                "aresample",
                f"{SAMPLE_RATE}:async=1:min_hard_comp={SMALLEST_HOLE_S}:first_pts={first}",
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

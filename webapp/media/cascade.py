"""One filter graph that makes the frames of every rung from one decoded frame.

Each rung is scaled from the one above: 0.6 s of CPU where scaling each from the source takes 1.6, at an SSIM
of .998 and more against it (docs/decisions.md). Bicubic, because the fast bilinear scaler is unusable.
"""

from collections.abc import Iterator, Sequence

import av
from av.filter import Graph
from av.filter.context import FilterContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .colour import forget_unknown
from .ladder import Rung
from .picture import Picture


class Cascade:
    """Built for frames of one layout; `push` frames, then `pull` what is finished, rung by rung."""

    def __init__(
        self, frame: VideoFrame, picture: Picture, stream: VideoStream, rungs: Sequence[Rung]
    ) -> None:
        graph = Graph()
        graph.threads = 1
        # From the frame and not from the stream, whose claims before decoding can be wrong.
        self._source = graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=stream.time_base
        )
        self._sinks: list[FilterContext] = []
        node, pad = self._source, 0

        def append(name: str, arguments: str) -> None:
            nonlocal node, pad
            added = graph.add(name, arguments or None)
            node.link_to(added, pad, 0)
            node, pad = added, 0

        for name, arguments in picture.filters_to(rungs[0].width, rungs[0].height):
            append(name, arguments)
        append("settb", f"expr={stream.time_base}")  # the deinterlacer halves it
        for position, rung in enumerate(rungs):
            if position:
                append("scale", f"{rung.width}:{rung.height}:flags=bicubic")
            sink = graph.add("buffersink")
            if position + 1 < len(rungs):
                append("split", "2")
            node.link_to(sink, 0, 0)
            self._sinks.append(sink)
            pad = 1
        graph.configure()
        self._graph = graph

    def push(self, frame: VideoFrame | None) -> None:
        """Gives a frame to the graph; None ends it."""
        if frame is not None:
            forget_unknown(frame)
        self._source.push(frame)

    def pull(self) -> Iterator[tuple[int, VideoFrame]]:
        """(number of the rung, frame) for every frame that is finished."""
        for position, sink in enumerate(self._sinks):
            while True:
                try:
                    frame = sink.pull()
                except (av.BlockingIOError, av.EOFError):
                    break
                assert isinstance(frame, VideoFrame)
                yield position, frame


class Cascades:
    """The cascade for frames as they come, kept for as long as they are alike, from chunk to chunk."""

    def __init__(self, stream: VideoStream, rungs: Sequence[Rung]) -> None:
        self._stream, self._rungs = stream, rungs
        self._picture: Picture | None = None
        self._cascade: Cascade | None = None

    def of(self, frame: VideoFrame, picture: Picture) -> Iterator[tuple[int, VideoFrame]]:
        """(number of the rung, frame) for every frame that is finished, once `frame` is there too."""
        if picture != self._picture or self._cascade is None:  # some files change size in the middle
            yield from self._end()
            self._picture = picture
            self._cascade = Cascade(frame, picture, self._stream, self._rungs)
        self._cascade.push(frame)
        yield from self._cascade.pull()

    def rest(self) -> Iterator[tuple[int, VideoFrame]]:
        """The same for those that waited for others: only the deinterlacer has them wait."""
        if self._picture and self._picture.interlaced:
            yield from self._end()

    def _end(self) -> Iterator[tuple[int, VideoFrame]]:
        if self._cascade:
            self._cascade.push(None)
            yield from self._cascade.pull()
            self._cascade = None

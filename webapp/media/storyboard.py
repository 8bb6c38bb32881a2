"""Makes a storyboard: small pictures of moments all over the video, in one JPEG, for scrubbing previews."""

from collections.abc import Iterator
from math import ceil
from pathlib import Path

from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from . import jpeg
from .answers import Progress, Storyboard
from .failures import Unprocessable
from .frames import FrameReader
from .jobs import StoryboardJob
from .source import open_upload
from .upright import fitted, upright

MOST_TILES, COLUMNS = 100, 10
CLOSEST_S = 2  # keyframes are rarely closer
LONGEST_SIDE = 160  # pixels of a tile; players show it about as large
QUANTISER = 6  # 100 tiles of 160 × 90 in some 200 kB


def make(job: StoryboardJob) -> Iterator[Progress | Storyboard]:
    """Writes the picture; Progress after each tile, as a sign of life.

    Raises:
        Unprocessable: "undecodable".
    """
    video, duration_s = job.facts.video, job.facts.duration_s
    count = min(MOST_TILES, max(1, ceil(duration_s / CLOSEST_S)))
    width, height = fitted(video.width, video.height, LONGEST_SIDE)
    sheet, shown = Sheet(width, height, count), None
    with open_upload(job.source, job.limits) as container:
        stream = container.streams[video.stream]
        assert isinstance(stream, VideoStream)
        reader = FrameReader(container, stream, video.zero)

        def tile(frame: VideoFrame) -> VideoFrame:
            return upright(frame, stream, reader.aspects.of(frame), LONGEST_SIDE, video)

        for number in range(count):
            frame = reader.keyframe(duration_s * (number + 0.5) / count)
            if frame is not None and frame is not shown:
                sheet.put(number, tile(frame))
                shown = frame
            elif number:
                sheet.repeat(number)
            yield Progress(frames=number + 1)
        # In MPEG streams a seek lands behind the keyframe, which may be the only one.
        if shown is None and (shown := next(reader.again(), None)) is not None:
            sheet.put(0, tile(shown))
            for number in range(1, count):
                sheet.repeat(number)
    if shown is None:
        raise Unprocessable("undecodable", "no frame for a storyboard")
    Path(job.target).write_bytes(jpeg.encoded(sheet.frame(), QUANTISER))
    yield Storyboard(width=width, height=height, columns=COLUMNS, count=count, interval_s=duration_s / count)


class Sheet:
    """Tiles in rows of COLUMNS, as RGB; what was not put is black."""

    def __init__(self, width: int, height: int, count: int) -> None:
        """`width` and `height` in pixels are a tile's."""
        self._row_bytes, self._height = 3 * width, height
        self._columns, rows = min(COLUMNS, count), ceil(count / COLUMNS)
        self._line_bytes = self._row_bytes * self._columns
        self._pixels = bytearray(self._line_bytes * height * rows)

    def put(self, number: int, picture: VideoFrame) -> None:
        """`picture` is of a tile's size."""
        plane = picture.reformat(format="rgb24").planes[0]
        pixels = bytes(plane)
        for line, at in enumerate(self._lines(number)):
            start = line * plane.line_size
            self._pixels[at : at + self._row_bytes] = pixels[start : start + self._row_bytes]

    def repeat(self, number: int) -> None:
        """Shows the tile before once more."""
        for before, at in zip(self._lines(number - 1), self._lines(number), strict=True):
            self._pixels[at : at + self._row_bytes] = self._pixels[before : before + self._row_bytes]

    def frame(self) -> VideoFrame:
        width = self._line_bytes // 3
        frame = VideoFrame(width, len(self._pixels) // self._line_bytes, "rgb24")
        plane = frame.planes[0]
        padding = bytes(plane.line_size - self._line_bytes)
        lines = range(0, len(self._pixels), self._line_bytes)
        plane.update(b"".join(self._pixels[at : at + self._line_bytes] + padding for at in lines))
        return frame

    def _lines(self, number: int) -> range:
        """Where each line of pixels of a tile starts."""
        row, column = divmod(number, COLUMNS)
        first = row * self._height * self._line_bytes + column * self._row_bytes
        return range(first, first + self._height * self._line_bytes, self._line_bytes)

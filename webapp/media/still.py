"""Still pictures that people send: decoded under the limits and written anew, never served as they came."""

from collections.abc import Iterator
from pathlib import Path

from . import jpeg
from .answers import Still
from .decoding import Damage, decoded
from .failures import Unprocessable
from .jobs import StillJob
from .pixel_aspect import believed
from .poster import LONGEST_SIDE
from .source import open_upload
from .upright import upright

# Each reads the one file it is given; "image2" would take its name for a pattern.
FORMATS = "jpeg_pipe,png_pipe,webp_pipe"


def make(job: StillJob) -> Iterator[Still]:
    """Writes the picture and yields its size.

    Raises:
        Unprocessable: "not_a_picture", "empty_file", "too_large_picture".
    """
    try:
        container = open_upload(job.source, job.limits, FORMATS)
    except Unprocessable as failure:
        raise Unprocessable("empty_file" if failure.code == "empty_file" else "not_a_picture") from failure
    with container:
        stream = container.streams.video[0]
        if stream.width * stream.height > job.limits.pixels:
            raise Unprocessable("too_large_picture", f"{stream.width} × {stream.height}")
        frame = next(decoded(container, stream, Damage()), None)
        if frame is None:
            raise Unprocessable("not_a_picture", "it cannot be decoded")
        frame.pts = 0
        shown = upright(frame, stream, believed(stream.sample_aspect_ratio), LONGEST_SIDE)
        Path(job.target).write_bytes(jpeg.encoded(shown))
        yield Still(width=shown.width, height=shown.height)

"""Still pictures that people send: decoded under the limits and written anew, never served as they came."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from . import jpeg
from .answers import Still
from .decoding import Damage, decoded
from .failures import Unprocessable
from .jobs import Limits, StillJob
from .limits import GIBIBYTES, address_space_bytes
from .pixel_aspect import believed
from .poster import LONGEST_SIDE
from .source import open_upload
from .upright import upright

# Each reads the one file it is given; "image2" would take its name for a pattern.
FORMATS = "jpeg_pipe,png_pipe,webp_pipe"
# As many as a frame of a video may have, which is not decoded alone: by default 200 million, as phones have.
TIMES_THE_PIXELS = 5
# Of a progressive JPEG in CMYK: 8 of coefficients, 4 of the picture. All others take less.
MOST_BYTES_A_PIXEL = 12
CHILD_BYTES = GIBIBYTES // 8  # what a child has before it opens anything
TRUE_OF_PICTURES = ("empty_file", "too_large_picture", "too_demanding")


def make(job: StillJob) -> Iterator[Still]:
    """Writes the picture and yields its size.

    Raises:
        Unprocessable: "not_a_picture", "empty_file", "too_large_picture", "too_demanding".
    """
    limits = msgspec.structs.replace(job.limits, pixels=TIMES_THE_PIXELS * job.limits.pixels)
    try:
        container = open_upload(job.source, limits, FORMATS)
    except Unprocessable as failure:
        if failure.code in TRUE_OF_PICTURES:
            raise
        raise Unprocessable("not_a_picture") from failure
    with container:
        stream = container.streams.video[0]
        _refuse_too_large(stream.width, stream.height, limits)
        frame = next(decoded(container, stream, Damage()), None)
        if frame is None:
            raise Unprocessable("not_a_picture", "it cannot be decoded")
        frame.pts = 0
        shown = upright(frame, stream, believed(stream.sample_aspect_ratio), LONGEST_SIDE)
        Path(job.target).write_bytes(jpeg.encoded(shown))
        yield Still(width=shown.width, height=shown.height)


def _refuse_too_large(width: int, height: int, limits: Limits) -> None:
    """
    Raises:
        Unprocessable: "too_large_picture"; "too_demanding" of what decoders might find no memory for, which
            they do not tell from damage.
    """
    if width * height > limits.pixels:
        raise Unprocessable("too_large_picture", f"{width} × {height}")
    if MOST_BYTES_A_PIXEL * width * height > address_space_bytes() - CHILD_BYTES:
        raise Unprocessable("too_demanding", f"{width} × {height}")

"""Makes still pictures to send, as bytes: a colour in each quarter, so that it can be told how it stands."""

import struct
import zlib
from io import BytesIO
from typing import Any

import PIL.Image

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 200, 30), (30, 30, 220), (250, 250, 250)
ORIENTATION = 0x0112  # the tag of EXIF


def picture(
    kind: str = "JPEG", width: int = 640, height: int = 360, orientation: int = 1, **options: Any
) -> bytes:
    """Red and green above blue and white; `orientation` is what EXIF says of it."""
    image = PIL.Image.new("RGB", (width, height))
    half_width, half_height = width // 2, height // 2
    for colour, place in (
        (RED, (0, 0)),
        (GREEN, (half_width, 0)),
        (BLUE, (0, half_height)),
        (WHITE, (half_width, half_height)),
    ):
        image.paste(colour, (*place, place[0] + half_width, place[1] + half_height))
    exif = image.getexif()
    exif[ORIENTATION] = orientation
    out = BytesIO()
    image.save(out, kind, exif=exif, **options)
    return out.getvalue()


# First column and row of each pass of Adam7, and steps from there (W3C PNG §8.2).
PASSES = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)


def interlaced_png(rows: int) -> bytes:
    """A PNG of as many columns, sent in seven passes: each other row is white, from the second on."""
    passed = b"".join(
        bytes([0]) + bytes([255 * (row % 2)]) * len(range(left, rows, across))
        for left, top, across, down in PASSES
        for row in range(top, rows, down)
    )
    return png_of(rows, zlib.compress(passed), depth=8, interlaced=True)


def png_of(side: int, compressed: bytes, depth: int, interlaced: bool = False) -> bytes:
    """A PNG in grey with the rows that were `compressed`, `depth` bits a pixel."""
    header = struct.pack(">IIBBBBB", side, side, depth, 0, 0, 0, interlaced)
    parts = ((b"IHDR", header), (b"IDAT", compressed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def opened(data: bytes) -> PIL.Image.Image:
    with PIL.Image.open(BytesIO(data)) as image:
        assert image.format == "JPEG"
        return image.convert("RGB")


def top_left(image: PIL.Image.Image) -> tuple[int, ...]:
    found = image.getpixel((image.width // 4, image.height // 4))
    assert isinstance(found, tuple)
    return found


def is_like(found: tuple[int, ...], colour: tuple[int, ...]) -> bool:
    return all(abs(one - other) < 40 for one, other in zip(found, colour, strict=True))

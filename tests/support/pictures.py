"""Makes still pictures to send, as bytes: a colour in each quarter, so that it can be told how it stands."""

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

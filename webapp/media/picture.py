"""From a decoded frame to an upright one of square pixels, 8 bits and standard dynamic range."""

import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from av.video.frame import VideoFrame

from . import colour, letterbox, tone
from .facts import WHOLE, Cropping

FULL_RANGE = 2  # AVCOL_RANGE_JPEG of libavutil/pixfmt.h
HALF_TURN = 180  # degrees; no angle of a display matrix is larger
HD_SHORT_SIDE = 720  # from here on players take untagged colours for BT.709, below for BT.601

Filter = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Picture:
    """What has to be done to the frames of a stream; the same for all frames of equal `Picture`.

    Attributes:
        width, height: stored pixels, of those that are shown.
        aspect: width of a stored pixel divided by its height.
        rotation: degrees counter-clockwise: 0, 90, 180 or 270.
        mirrored: whether left and right are exchanged, once it is turned.
        hdr: the transfer (ITU-T H.273) of a picture of high dynamic range; None for all others.
        bright: of such a picture, see `tone.is_bright`.
        matrices: of its colours as they are stored, and as they come out; see `colour.matrices`.
        alone: it is shown as a still, and no frames around it are there to look at.
        cropping: the stored pixels that are not shown.
    """

    width: int
    height: int
    format: str
    aspect: Fraction
    rotation: int
    mirrored: bool
    interlaced: bool
    hdr: int | None
    bright: bool
    full_range: bool
    matrices: tuple[int, int]
    alone: bool = False
    cropping: Cropping = WHOLE

    @classmethod
    def of(
        cls,
        frame: VideoFrame,
        aspect: Fraction,
        *,
        interlaced: bool,
        mirrored: bool,
        bright: bool,
        rotation: int | None = None,
        matrix: int = colour.SMPTE170M,
        alone: bool = False,
        cropping: Cropping = WHOLE,
    ) -> "Picture":
        """
        Args:
            aspect: of its pixels.
            interlaced: of the stream: single frames in between may be progressive.
            matrix: that the output is labelled with; JFIF has no other.
            alone: see Picture.
            cropping: of the stream's pictures, as far as it can be.
            rotation: of the stream, once that is known: H.264 may say it of a first frame, meaning all.
            mirrored, bright: see `is_mirrored` and `tone.is_bright`.
        """
        cropping = cropping.of(frame.width, frame.height)
        if rotation is None:
            rotation = _quarters(frame.rotation)
            if mirrored:
                rotation = (180 - rotation) % 360  # what is left when the first column changes its sign
        return cls(
            width=frame.width - cropping.left - cropping.right,
            height=frame.height - cropping.top - cropping.bottom,
            format=frame.format.name,
            aspect=aspect,
            rotation=rotation,
            mirrored=mirrored,
            interlaced=interlaced,
            hdr=frame.color_trc if frame.color_trc in (tone.PQ, tone.HLG) else None,
            bright=bright,
            full_range=frame.color_range == FULL_RANGE or frame.format.name.startswith("yuvj"),
            matrices=colour.matrices(frame, matrix),
            alone=alone,
            cropping=cropping,
        )

    @property
    def sideways(self) -> bool:
        return self.rotation in (90, 270)

    @property
    def rgb(self) -> bool:
        return self.format.startswith(("rgb", "bgr", "gbr", "argb", "abgr", "pal", "0rgb", "0bgr"))

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height as they are meant to be seen; the side that needs no stretching stays as it is."""
        width, height = round(self.width * self.aspect), self.height
        if self.aspect < 1:
            width, height = self.width, round(self.height / self.aspect)
        return (height, width) if self.sideways else (width, height)

    def filters_to(self, width: int, height: int) -> list[Filter]:
        """(name, arguments) of the filters from a stored frame to an upright one of this size."""
        chain: list[Filter] = []
        if not self.rgb:  # else filters forget what frames say, and the scaler makes BT.601 of them
            chain.append(("setparams", f"colorspace={colour.BT2020 if self.hdr else self.matrices[0]}"))
        if self.interlaced and self.alone:  # by its frames alone: the other makes a comb of twice the same
            chain.append(("estdif", "mode=frame:deint=interlaced"))
        elif self.interlaced:
            chain.append(("bwdif", "mode=send_frame:deint=interlaced"))
        if self.cropping != WHOLE:  # fields are told apart by whole lines from the top
            corner = f"{self.cropping.left}:{self.cropping.top}"
            chain.append(("crop", f"{self.width}:{self.height}:{corner}"))
        place = letterbox.place(self.shown_size, (width, height))
        stored = (place.height, place.width) if self.sideways else (place.width, place.height)
        convert = self._conversion(f"{stored[0]}:{stored[1]}")
        if stored != (self.width, self.height) or convert:
            # Resized before the conversion: tone mapping the large picture takes nine times as long.
            chain.append(("scale", f"{stored[0]}:{stored[1]}:flags=bicubic"))
        chain += convert
        turns: dict[int, list[Filter]] = {
            90: [("transpose", "cclock")],
            270: [("transpose", "clock")],
            180: [("hflip", ""), ("vflip", "")],
        }
        chain += turns.get(self.rotation, [])
        if self.mirrored:
            chain.append(("hflip", ""))
        chain += [("format", "yuv420p"), ("setsar", "1")]
        if (place.width, place.height) != (width, height):
            chain.append(("pad", f"{width}:{height}:{place.left}:{place.top}:black"))
        return chain

    def _conversion(self, size: str) -> list[Filter]:
        """The filters that change colours, not size; none where nothing has to change."""
        if self.hdr is not None:
            return tone.filters(self.hdr, self.bright, size)
        if self.rgb:
            return [("scale", f"{size}:out_color_matrix=bt709:out_range=tv")]
        own, shown = self.matrices
        changes = [f"out_color_matrix={shown}"] if own != shown else []
        changes += ["out_range=tv"] if self.full_range else []
        return [("scale", ":".join([size, *changes]))] if changes else []


def _quarters(degrees: int) -> int:
    """Phones turn by quarters; anything else in a display matrix is an effect we leave alone.

    A matrix of zeros has no angle: PyAV makes that the least integer there is, or 0, as the processor has it.
    """
    return round(degrees / 90) * 90 % 360 if abs(degrees) <= HALF_TURN else 0


def is_mirrored(frame: VideoFrame) -> bool:
    """Whether the display matrix (ISO/IEC 14496-12 §8.5.2) turns the picture's back to the front.

    Not for every frame: one whose side data PyAV was asked for refers to itself, and stays in memory until
    the next garbage collection. Of 1080p that was 230 MB more for each chunk.
    """
    try:
        side_data: Any = frame.side_data  # typed without this key
    except ValueError:  # PyAV 18.1 knows no EXIF, as photos have it, and then shows nothing else either
        return False
    matrix = side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return False
    a, b, _, c, d, *_ = struct.unpack("=9i", bytes(matrix))
    return bool(a * d < b * c)


def output_colour(frame: VideoFrame, picture: Picture) -> tuple[int, int, int]:
    """Primaries, transfer and matrix (ITU-T H.273) that the output is labelled with.

    Untagged pictures get what players would guess from the source's size, so that the small rungs of an HD
    source do not change colour.
    """
    if picture.hdr is not None or picture.rgb:
        return colour.BT709, colour.BT709, colour.BT709
    high = min(picture.shown_size) >= HD_SHORT_SIDE
    return colour.labelled(frame, colour.BT709 if high else colour.SMPTE170M)

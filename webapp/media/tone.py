"""From high dynamic range to standard, by tables of colours made beforehand (`make tones`).

libswscale makes such a table itself, in 3 s of CPU for every filter graph, and of what the file says of the
display it was mastered on: phones say that in the wrong order, and skies turn pink.
"""

import struct
from pathlib import Path
from typing import Any

from av.video.frame import VideoFrame

PQ, HLG = 16, 18  # transfers of ITU-T H.273
TABLES = Path(__file__).parent / "tones"
# What PQ is taken to be mastered for, unless it says that it goes well above; what is brighter becomes white.
USUAL_NITS, BRIGHT_NITS = 1000, 4000
# The interpolation has vector code for planes of 16 bits only.
PLANES = "gbrp16le"


def table(transfer: int, bright: bool) -> Path:
    """The table for pictures of BT.2020 with this transfer, in Adobe's cube format."""
    if transfer == HLG:
        return TABLES / "hlg.cube"
    return TABLES / f"pq{BRIGHT_NITS if bright else USUAL_NITS}.cube"


def filters(transfer: int, bright: bool, size: str) -> list[tuple[str, str]]:
    """(name, arguments) of the filters to BT.709.

    Args:
        bright: see `is_bright`.
        size: WIDTH:HEIGHT in pixels, which they keep.
    """
    path = table(transfer, bright).as_posix()
    for special in "\\:'":
        path = path.replace(special, f"\\{special}")
    return [
        ("scale", f"{size}:in_color_matrix=bt2020:out_range=pc"),
        ("format", PLANES),
        ("lut3d", f"file={path}:interp=tetrahedral"),
        ("setparams", "color_primaries=bt709:color_trc=bt709"),
        ("scale", f"{size}:out_color_matrix=bt709:out_range=tv"),
    ]


def is_bright(frame: VideoFrame) -> bool:
    """Whether it was mastered for well above USUAL_NITS (SMPTE ST 2086). Once a file: see `is_mirrored`."""
    try:
        side_data: Any = frame.side_data
    except ValueError:
        return False
    mastering = side_data.get("MASTERING_DISPLAY_METADATA")
    if mastering is None:
        return False
    # AVMasteringDisplayMetadata: eight fractions of colours, the darkest and the brightest; what is known.
    *_, numerator, denominator, _, known = struct.unpack("=22i", bytes(mastering)[:88])
    return bool(known and denominator > 0 and numerator / denominator > 2 * USUAL_NITS)

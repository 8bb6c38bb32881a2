"""Whether pictures may be interlaced, as their parameter sets say it."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from webapp.media import sequence

Footage = Callable[..., Path]


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p"])
@pytest.mark.parametrize(
    ("options", "progressive"), [("", True), ("tff=1", False), ("fake-interlaced=1", False)]
)
def test_what_an_encoder_says_is_understood(
    footage: Footage, options: str, progressive: bool, pixel_format: str
) -> None:
    params = {"x264-params": options} if options else {}
    source = footage("a.mp4", seconds=0.5, pixel_format=pixel_format, options=params)
    with av.open(str(source)) as container:
        record = container.streams.video[0].codec_context.extradata
    assert record and sequence.progressive(record) == progressive


# Profile High, level 4; then the fields of ITU-T H.264 §7.3.2.1.1 bit by bit.
HEAD = "01100111 01100100 00000000 00101000 1 010 1 1 0"
# Which lists there are: one of 16 entries that breaks off at once (delta −8), one of them with all 16 alike.
SCALING = "1 000010001 1" + "1" * 16 + "0" * 6
TAIL = "010 0 00100 00100"  # up to the height
ORDERS = {
    "by number": "1 1 1",
    "in a cycle": "1 010 0 1 1 011 1 1",
    "as decoded": "1 011",
}


@pytest.mark.parametrize("frames_only", [True, False])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("scaling", ["0", "1 " + SCALING])
def test_what_few_encoders_write_is_passed_over(scaling: str, order: str, frames_only: bool) -> None:
    written = f"{HEAD} {scaling} {ORDERS[order]} {TAIL} {int(frames_only)} 1"
    assert sequence.only_frames(packed(written)) == frames_only


@pytest.mark.parametrize("data", [b"", b"\x67", b"\x67\x64\x00\x28\xff"])
def test_what_breaks_off_does_no_harm(data: bytes) -> None:
    assert sequence.only_frames(data) in (True, False)


def packed(bits: str) -> bytes:
    digits = bits.replace(" ", "")
    digits += "0" * (-len(digits) % 8)
    return int(digits, 2).to_bytes(len(digits) // 8)

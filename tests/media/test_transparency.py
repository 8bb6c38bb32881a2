"""Pictures that something is to be seen through."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from webapp.pipeline import describe

from .encoding import facts_of


def written(path: Path, codec: str, pixel_format: str, opacity: int) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 160, 90, pixel_format
        for number in range(10):
            picture = np.full((90, 160, 4), number * 20, np.uint8)
            picture[..., 3] = 255
            picture[:45, :, 3] = opacity
            frame = VideoFrame.from_ndarray(picture, format="rgba").reformat(format=pixel_format)
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format", "opacity", "transparent"),
    [
        ("a.mov", "prores_ks", "yuva444p10le", 90, True),
        ("a.webm", "libvpx-vp9", "yuva420p", 90, True),
        ("a.webm", "libvpx-vp9", "yuv420p", 90, False),
        ("a.mov", "qtrle", "argb", 90, True),
        ("a.mov", "qtrle", "argb", 255, False),
        ("a.mov", "png", "rgba", 0, True),
    ],
)
def test_it_is_known_and_said(
    tmp_path: Path, name: str, codec: str, pixel_format: str, opacity: int, transparent: bool
) -> None:
    facts = facts_of(written(tmp_path / name, codec, pixel_format, opacity))
    assert facts.video.transparent is transparent
    assert ("transparency left out" in describe.facts(facts)) is transparent

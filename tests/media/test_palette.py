"""Pictures whose colours are numbers of a palette, wherever reading begins."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from av.video.frame import VideoFrame

from webapp.media.timeline import chunks

from .decoding import Rendition
from .encoding import encode_chunk, facts_of, ladder_of
from .test_poster import corners, make_poster
from .testcard import CARD, assert_close, colours_of

Footage = Callable[..., Path]
COLOURS = 256


def numbered_card(number: int, width: int, height: int) -> VideoFrame:
    """The test card by numbers 0 to 3."""
    palette = np.zeros((COLOURS, 4), np.uint8)
    palette[:, 0] = 255  # opaque
    palette[: len(CARD), 1:] = CARD
    picture = np.zeros((height, width), np.uint8)
    picture[: height // 2, width // 2 :] = 1
    picture[height // 2 :, : width // 2] = 2
    picture[height // 2 :, width // 2 :] = 3
    numbers: Any = (picture, palette)  # typed without this
    return VideoFrame.from_ndarray(numbers, format="pal8")


@pytest.fixture(params=[("a.mov", "smc"), ("a.mov", "rawvideo"), ("a.avi", "rawvideo")])
def source(footage: Footage, request: pytest.FixtureRequest) -> Path:
    name, codec = request.param
    return footage(name, seconds=9, codec=codec, pixel_format="pal8", picture=numbered_card, audio=None)


def test_a_chunk_in_the_middle_has_the_colours_of_the_palette(source: Path, tmp_path: Path) -> None:
    facts = facts_of(source)
    span = chunks(facts.duration_s)[1]
    assert span.bounds_s[0] == 2
    encoded = encode_chunk(source, tmp_path / "out", facts, ladder_of(facts), span)
    frames = Rendition(tmp_path / "out", encoded.tracks[0]).frames
    assert len(frames) == 40
    for shown in frames:
        assert_close(colours_of(shown.frame), CARD)


def test_a_poster_has_the_colours_of_the_palette(source: Path) -> None:
    _, picture = make_poster(source)
    assert_close(corners(picture), CARD)

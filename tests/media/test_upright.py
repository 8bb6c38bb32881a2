"""Single frames as stills: poster, tiles of the storyboard, frames of the preview."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageSequence
import pytest
from av.video.frame import VideoFrame

from webapp.media import poster, preview, storyboard
from webapp.media.jobs import PosterJob, PreviewJob, StoryboardJob

from .encoding import facts_of
from .testcard import CARD, assert_close, card_of, colours_of

Footage = Callable[..., Path]
MAKERS: dict[str, Callable[..., object]] = {
    "poster": lambda **job: list(poster.make(PosterJob(**job))),
    "storyboard": lambda **job: list(storyboard.make(StoryboardJob(**job))),
    "preview": lambda **job: list(preview.make(PreviewJob(**job))),
}


def moving(number: int, width: int, height: int) -> VideoFrame:
    """A bar that in odd rows is half a frame further."""
    picture = np.full((height, width, 3), 60, dtype=np.uint8)
    left = number * 24 % (width - 50)
    picture[0::2, left : left + 30] = 200
    picture[1::2, left + 12 : left + 42] = 200
    return VideoFrame.from_ndarray(picture, format="rgb24")


def comb(picture: PIL.Image.Image) -> float:
    """How different neighbouring rows are."""
    return float(np.abs(np.diff(np.asarray(picture.convert("L")).astype(int), axis=0)).mean())


@pytest.mark.parametrize("kind", MAKERS)
def test_colours_are_those_of_the_video(footage: Footage, kind: str) -> None:
    source = footage(
        "a.mp4",
        seconds=0.5,
        picture=card_of(1),
        pixel_format="yuv444p",
        options={"x264-params": "colormatrix=bt709"},
    )
    target = source.with_name(kind)
    MAKERS[kind](source=str(source), target=str(target), facts=facts_of(source))
    with PIL.Image.open(target) as picture:
        shown = VideoFrame.from_ndarray(np.asarray(picture.convert("RGB")), format="rgb24")
    assert_close(colours_of(shown.reformat(format="yuv444p", dst_colorspace="ITU709")), CARD, tolerance=6)


@pytest.mark.parametrize("kind", MAKERS)
def test_fields_are_not_shown_together(footage: Footage, kind: str) -> None:
    combs = {}
    for name, options in (("progressive.mp4", ""), ("interlaced.mp4", "tff=1")):
        source = footage(name, picture=moving, options={"x264-params": options} if options else {})
        target, facts = source.with_name(f"{name}.{kind}"), facts_of(source)
        assert facts.video.interlaced == bool(options)
        MAKERS[kind](source=str(source), target=str(target), facts=facts)
        with PIL.Image.open(target) as picture:
            combs[name] = max(comb(frame) for frame in PIL.ImageSequence.Iterator(picture))
    assert combs["interlaced.mp4"] < combs["progressive.mp4"] / 3

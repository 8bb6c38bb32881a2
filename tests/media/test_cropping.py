"""What has part of its picture hidden: Matroska, as mkvmerge and cameras for VR write it, MP4 and MOV."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest
from av.video.frame import VideoFrame

from webapp.media import poster, probe, storyboard
from webapp.media.answers import Storyboard
from webapp.media.facts import WHOLE, Cropping, Facts
from webapp.media.jobs import Arriving, PosterJob, ProbeJob, StoryboardJob
from webapp.media.obstacles import Obstacle, ObstacleCode

from .apertures import around, show
from .encoding import encode_picture, facts_of
from .tampering import VOID, crop, overwrite
from .testcard import CARD, assert_close, card, colours_of

Footage = Callable[..., Path]

SEEK_HEAD = b"\x11\x4d\x9b\x74"
HIDDEN = Cropping(24, 8, 16, 32)
TAGS = dict.fromkeys(("color_primaries", "color_trc", "colorspace"), "smpte170m") | {"color_range": "tv"}


def framed(number: int, width: int, height: int) -> VideoFrame:
    """The card amid black."""
    picture = VideoFrame(width, height, "rgb24").to_ndarray()
    picture[:] = 0
    inner = card(number, width - HIDDEN.left - HIDDEN.right, height - HIDDEN.top - HIDDEN.bottom).to_ndarray()
    picture[HIDDEN.top : height - HIDDEN.bottom, HIDDEN.left : width - HIDDEN.right] = inner
    return VideoFrame.from_ndarray(picture, format="rgb24")


def hide(path: Path, width: int, height: int) -> Path:
    return crop(path, HIDDEN) if path.suffix == ".mkv" else show(path, around(HIDDEN, width, height))


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.mov"])
@pytest.mark.parametrize(
    ("aspect", "shown"), [({}, (160, 96)), ({"aspect": "5:4"}, (200, 96)), ({"aspect": "2:3"}, (160, 144))]
)
def test_only_what_is_to_be_seen_is_shown(
    footage: Footage, tmp_path: Path, name: str, aspect: dict[str, str], shown: tuple[int, int]
) -> None:
    source = footage(name, width=200, height=136, seconds=0.5, picture=framed, options=TAGS | aspect)
    encoded = encode_picture(hide(source, 200, 136), tmp_path / "out")
    facts = encoded.facts
    assert facts.video.cropping == HIDDEN and facts.copying == Obstacle(code=ObstacleCode.CROPPED)
    first = encoded.top.frames[0].frame
    assert (first.width, first.height) == (facts.video.width, facts.video.height) == shown
    assert_close(colours_of(first), CARD)
    picture = tmp_path / "poster.jpg"
    list(poster.make(PosterJob(source=str(source), target=str(picture), facts=facts)))
    with av.open(str(picture)) as container:
        assert_close(colours_of(next(container.decode(video=0))), CARD)
    *_, sheet = storyboard.make(StoryboardJob(source=str(source), target=str(picture), facts=facts))
    assert isinstance(sheet, Storyboard)
    assert sheet.width / sheet.height == pytest.approx(shown[0] / shown[1], rel=0.02)


def test_a_picture_smaller_than_what_is_hidden_is_shown_whole(footage: Footage) -> None:
    source = footage("a.mkv", seconds=0.5, options=TAGS)
    overwrite(source, b"\xb0\x81\xa0", 2, b"\xff")  # the width, which changes in some files
    video = facts_of(crop(source, Cropping(100, 0, 60, 0))).video
    assert (video.width, video.height, video.cropping) == (160, 96, WHOLE)


def test_what_is_hidden_is_known_while_the_upload_comes(footage: Footage, tmp_path: Path) -> None:
    source = crop(footage("a.mkv", width=200, height=136, options=TAGS), HIDDEN)
    data = source.read_bytes()
    part = tmp_path / "part"
    part.write_bytes(data[: len(data) // 2])
    arriving = Arriving(final=str(tmp_path / "whole"), size=len(data))
    (facts,) = probe.probe(ProbeJob(source=str(part), arriving=arriving))
    assert isinstance(facts, Facts) and facts.video.cropping == HIDDEN


def test_an_element_longer_than_any_file_hides_nothing(footage: Footage) -> None:
    # In the place of the first one in the segment: its ID and its size, here of eight bytes (RFC 8794 §4.4).
    source = footage("a.mkv", seconds=0.5)
    overwrite(source, SEEK_HEAD, 0, bytes([VOID, 0x01, *[0x7F] * 7]))
    assert facts_of(source).video.cropping == WHOLE


def test_what_the_codec_hides_is_not_shown(footage: Footage, tmp_path: Path) -> None:
    hidden = {"x264-params": f"crop-rect={HIDDEN.left},{HIDDEN.top},{HIDDEN.right},{HIDDEN.bottom}"}
    source = footage("a.mp4", width=200, height=136, seconds=0.5, picture=framed, options=TAGS | hidden)
    encoded = encode_picture(source, tmp_path / "out")
    first = encoded.top.frames[0].frame
    assert (first.width, first.height) == (encoded.facts.video.width, encoded.facts.video.height) == (160, 96)
    assert_close(colours_of(first), CARD)

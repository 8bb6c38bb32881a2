"""What a stream says of its colours: also what ITU-T H.273 does not define, or no converter knows."""

from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.bitstream import BitStreamFilterContext
from av.video.stream import VideoStream

from webapp.media import poster
from webapp.media.jobs import PosterJob

from .encoding import encode_picture, facts_of
from .testcard import CARD, assert_close, card, colours_of

FRAMES, RATE = 5, 10
BT601 = 6


def make_card(path: Path, pixel_format: str, primaries: int, transfer: int, matrix: int) -> Path:
    """The test card in AV1, whose decoder hands on whatever numbers there are."""
    said = f"color_primaries={primaries}:transfer_characteristics={transfer}:matrix_coefficients={matrix}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libsvtav1", rate=RATE, options={"preset": "12"})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 160, 96, pixel_format
        saying = BitStreamFilterContext(f"av1_metadata={said}", stream)
        for number in range(FRAMES):
            frame = card(number, 160, 96).reformat(format=pixel_format)
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux([said for packet in stream.encode(frame) for said in saying.filter(packet)])
        container.mux([said for packet in stream.encode(None) for said in saying.filter(packet)])
    return path


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv420p10le"])
@pytest.mark.parametrize(
    ("said", "labelled"),
    [
        ((3, 3, 3), (BT601, BT601, BT601)),
        ((179, 248, 191), (BT601, BT601, BT601)),
        ((1, 9, 1), (1, 9, 1)),  # logarithmic
        ((9, 14, 10), (9, 14, 10)),  # of constant luminance
    ],
)
def test_colours_that_nothing_converts_are_left_as_they_are(
    tmp_path: Path, pixel_format: str, said: tuple[int, int, int], labelled: tuple[int, int, int]
) -> None:
    source = make_card(tmp_path / "a.mkv", pixel_format, *said)
    encoded = encode_picture(source, tmp_path / "out")
    assert encoded.facts.video.colour == labelled
    assert [one.frames for one in encoded.chunks] == [FRAMES]
    if labelled == (BT601, BT601, BT601):
        assert_close(colours_of(encoded.top.frames[0].frame), CARD)
    picture = tmp_path / "poster.jpg"
    *_, made = poster.make(PosterJob(source=str(source), target=str(picture), facts=encoded.facts))
    assert (made.width, made.height) == (160, 96)


@pytest.mark.parametrize(
    ("said", "labelled"),
    [((2, 2, 1), (1, 1, 1)), ((5, 2, 1), (5, 1, 1)), ((2, 2, 2), (BT601, BT601, BT601))],
)
def test_what_is_not_said_follows_from_a_matrix_of_hd(
    tmp_path: Path, said: tuple[int, int, int], labelled: tuple[int, int, int]
) -> None:
    source = make_card(tmp_path / "a.mkv", "yuv420p", *said)
    assert facts_of(source).video.colour == labelled

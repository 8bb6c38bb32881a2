"""Upright, square pixels, 8 bits, standard range: what comes out, whatever was stored."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from msgspec.structs import replace

from webapp.media.timeline import chunks

from .copying import obstacle_of
from .decoding import Rendition, Shown
from .encoding import Encoded, encode_chunk, encode_picture, facts_of, ladder_of
from .splicing import change_matrix, turn_interlaced
from .tampering import overwrite, say_turned, turn
from .testcard import (
    BLACK,
    BLUE,
    CARD,
    GREEN,
    GREY,
    RED,
    WHITE,
    Quarters,
    assert_close,
    card,
    card_of,
    colours_of,
    quarters,
)

Footage = Callable[..., Path]

# Of the card when it is shown turned clockwise by so many degrees.
TURNED = {
    0: CARD,
    90: Quarters(BLUE, RED, WHITE, GREEN),
    180: Quarters(WHITE, BLUE, GREEN, RED),
    270: Quarters(GREEN, WHITE, RED, BLUE),
}


def encode_card(source: Path, folder: Path) -> tuple[Encoded, Shown]:
    """The top rung of a short video of the test card, and its first frame."""
    encoded = encode_picture(source, folder)
    first = encoded.top.frames[0]
    assert first.frame.format.name == "yuv420p"
    assert {(shown.frame.width, shown.frame.height) for shown in encoded.top.frames} == {
        (encoded.rungs[0].width, encoded.rungs[0].height)
    }
    return encoded, first


@pytest.mark.parametrize("degrees", TURNED)
def test_a_picture_filmed_sideways_or_upside_down_stands_upright(
    footage: Footage, tmp_path: Path, degrees: int
) -> None:
    source = turn(footage("phone.mp4", seconds=0.5, picture=card), degrees)
    encoded, first = encode_card(source, tmp_path)
    size = (96, 160) if degrees in (90, 270) else (160, 96)
    assert (first.frame.width, first.frame.height) == size
    assert first.frame.rotation == 0
    assert (encoded.facts.video.width, encoded.facts.video.height) == size
    assert_close(colours_of(first.frame), TURNED[degrees])


@pytest.mark.parametrize("name", ["a.ts", "a.flv"])
def test_what_the_first_frame_alone_says_of_turning_holds_for_all(
    footage: Footage, tmp_path: Path, name: str
) -> None:
    source = say_turned(footage("a.mkv", seconds=3, picture=card), tmp_path / name, degrees=90)
    encoded, _ = encode_card(source, tmp_path / "out")
    assert (encoded.facts.video.width, encoded.facts.video.height) == (96, 160)
    assert len(encoded.top.frames) == 30
    for shown in encoded.top.frames:
        assert_close(colours_of(shown.frame), TURNED[270])


@pytest.mark.parametrize("degrees", TURNED)
def test_a_picture_filmed_as_in_a_mirror_is_shown_like_that(
    footage: Footage, tmp_path: Path, degrees: int
) -> None:
    source = turn(footage("selfie.mp4", seconds=0.5, picture=card), degrees, mirrored=True)
    _, first = encode_card(source, tmp_path)
    left_top, right_top, left_bottom, right_bottom = TURNED[degrees]
    assert_close(colours_of(first.frame), Quarters(right_top, left_top, right_bottom, left_bottom))
    assert obstacle_of(source) is not None


def test_a_display_matrix_that_turns_everything_into_nothing_turns_nothing(
    footage: Footage, tmp_path: Path
) -> None:
    source = overwrite(footage("a.mp4", seconds=0.5, picture=card), b"tkhd", 44, bytes(36))
    encoded, first = encode_card(source, tmp_path)
    assert encoded.facts.video.rotation == 0 and obstacle_of(source) is None
    assert_close(colours_of(first.frame), CARD)


@pytest.mark.parametrize(("aspect", "size"), [("2:1", (320, 96)), ("1:2", (160, 192)), ("16:11", (232, 96))])
def test_stored_pixels_that_are_not_square_become_square(
    footage: Footage, tmp_path: Path, aspect: str, size: tuple[int, int]
) -> None:
    source = footage("anamorphic.mp4", seconds=0.5, picture=card, options={"aspect": aspect})
    encoded, first = encode_card(source, tmp_path)
    assert (first.frame.width, first.frame.height) == size
    assert_close(colours_of(first.frame), CARD)
    assert pixel_aspect(encoded.top) == 1


@pytest.mark.parametrize("aspect", ["9:1", "1:100"])
def test_pixels_too_oblong_to_be_meant_are_taken_for_square(footage: Footage, aspect: str) -> None:
    source = footage("a.mp4", seconds=0.5, options={"aspect": aspect})
    video = facts_of(source).video
    assert (video.width, video.height) == (160, 96)


def test_a_sideways_picture_of_oblong_pixels_is_stretched_along_the_stored_width(
    footage: Footage, tmp_path: Path
) -> None:
    source = turn(footage("a.mp4", seconds=0.5, picture=card, options={"aspect": "2:1"}), 90)
    _, first = encode_card(source, tmp_path)
    assert (first.frame.width, first.frame.height) == (96, 320)
    assert_close(colours_of(first.frame), TURNED[90])


@pytest.mark.parametrize(("name", "codec"), [("a.webm", "libvpx-vp9"), ("a.mkv", "ffv1")])
def test_odd_sizes_become_even(footage: Footage, tmp_path: Path, name: str, codec: str) -> None:
    pixel_format = "yuv420p" if codec == "libvpx-vp9" else "yuv444p"
    source = footage(
        name, width=161, height=121, seconds=0.5, codec=codec, pixel_format=pixel_format, picture=card
    )
    encoded, first = encode_card(source, tmp_path)
    assert (encoded.facts.video.width, encoded.facts.video.height) == (161, 121)
    assert (first.frame.width, first.frame.height) == (160, 120)
    assert_close(colours_of(first.frame), CARD)


@pytest.mark.parametrize("size", [(16, 16), (64, 2), (2, 64), (400, 18)])
def test_the_smallest_pictures_come_out(footage: Footage, tmp_path: Path, size: tuple[int, int]) -> None:
    width, height = size
    source = footage(
        "a.mkv", width=width, height=height, seconds=0.5, codec="ffv1", pixel_format="bgr0", picture=card
    )
    encoded = encode_picture(source, tmp_path)
    with av.open(str(tmp_path / encoded.rungs[0].name / "init.mp4")) as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == size
    assert encoded.chunks[0].frames == 5


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"),
    [
        ("a.mkv", "libx264rgb", "rgb24"),
        ("a.mkv", "ffv1", "bgr0"),
        ("a.mov", "png", "rgb24"),
        ("a.mp4", "libx264", "yuv420p10le"),
        ("a.mp4", "libx264", "yuv444p"),
        ("a.mov", "prores_ks", "yuv422p10le"),
        ("a.mp4", "libx264", "yuv420p"),
    ],
)
def test_colours_stay_what_they_were(
    footage: Footage, tmp_path: Path, name: str, codec: str, pixel_format: str
) -> None:
    source = footage(name, seconds=0.5, codec=codec, pixel_format=pixel_format, picture=card)
    _, first = encode_card(source, tmp_path)
    assert_close(colours_of(first.frame), CARD)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p", "yuvj420p"])
@pytest.mark.parametrize(("name", "matrix"), [("bt709", 1), ("smpte240m", 7)])
def test_colours_are_by_the_matrix_that_is_named_in_every_rung(
    footage: Footage, tmp_path: Path, pixel_format: str, name: str, matrix: int
) -> None:
    options = {"x264-params": f"colormatrix={name}"}
    source = footage(
        "a.mp4",
        width=320,
        height=180,
        seconds=0.5,
        picture=card_of(matrix),
        pixel_format=pixel_format,
        options=options,
    )
    encoded = encode_picture(source, tmp_path)
    assert len(encoded.renditions) == 2
    for rendition in encoded.renditions:
        assert rendition.frames[0].frame.colorspace == matrix
        assert_close(colours_of(rendition.frames[0].frame), CARD, tolerance=5)


def test_colours_stay_what_they_were_where_the_matrix_changes(tmp_path: Path) -> None:
    source = change_matrix(tmp_path / "a.ts", 1, 6, seconds_each=2)
    for rendition in encode_picture(source, tmp_path / "out").renditions:
        assert len(rendition.frames) == 100
        for shown in (rendition.frames[0], rendition.frames[-1]):
            assert shown.frame.colorspace == 1
            assert_close(colours_of(shown.frame), CARD, tolerance=5)


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx264"), ("a.mov", "mjpeg")])
def test_full_range_is_brought_to_limited_range(
    footage: Footage, tmp_path: Path, name: str, codec: str
) -> None:
    wanted = Quarters(BLACK, WHITE, GREY, RED)
    source = footage(
        name,
        seconds=0.5,
        codec=codec,
        pixel_format="yuvj420p",
        picture=lambda number, width, height: quarters(width, height, wanted),
    )
    _, first = encode_card(source, tmp_path)
    luma = first.frame.to_ndarray()[: first.frame.height]
    assert abs(int(np.median(luma[:40, :72])) - 16) <= 2
    assert abs(int(np.median(luma[:40, 88:])) - 235) <= 2
    assert_close(colours_of(first.frame), wanted)


def test_fields_of_an_interlaced_picture_are_not_shown_together(footage: Footage, tmp_path: Path) -> None:
    combs = {}
    for name, options in (("progressive.mp4", ""), ("interlaced.mp4", "tff=1")):
        source = footage(name, picture=combed, options={"x264-params": options} if options else {})
        encoded = encode_picture(source, tmp_path / name.partition(".")[0])
        assert encoded.facts.video.interlaced == bool(options)
        assert len(encoded.top.frames) == 66
        combs[name] = comb(encoded.top.frames[30].frame)
    assert combs["interlaced.mp4"] < combs["progressive.mp4"] / 4


def test_a_picture_that_turns_interlaced_later_is_deinterlaced_from_there_on(tmp_path: Path) -> None:
    source = turn_interlaced(tmp_path / "a.ts", combed, seconds_each=4)
    encoded = encode_picture(source, tmp_path / "out")
    assert not encoded.facts.video.interlaced
    assert len(encoded.top.frames) == 200
    combs = [comb(shown.frame) for shown in encoded.top.frames]
    assert max(combs[101:]) < min(combs[:100]) / 2


def test_frames_of_which_none_is_interlaced_stay_as_they_are(footage: Footage, tmp_path: Path) -> None:
    # Where the deinterlacer is there for others it leaves them alone, and only costs time.
    source = footage("a.mp4", picture=combed)
    facts = facts_of(source)
    assert not facts.video.interlaced
    prepared = replace(facts, picture=replace(facts.video, interlaced=True))
    plain, passed = (
        encode_picture(source, tmp_path / name, told).top.data()
        for name, told in (("plain", facts), ("passed", prepared))
    )
    assert plain == passed


def test_where_a_chunk_begins_interlaced_its_neighbours_are_looked_at(tmp_path: Path) -> None:
    source = turn_interlaced(tmp_path / "a.ts", combed, seconds_each=4)
    facts = facts_of(source)
    known = replace(facts, picture=replace(facts.video, interlaced=True))
    span = chunks(facts.duration_s)[2]
    assert span.bounds_s[0] == 6
    found = [
        Rendition(
            tmp_path / name, encode_chunk(source, tmp_path / name, told, ladder_of(told), span).tracks[0]
        )
        for name, told in (("noticed", facts), ("known", known))
    ]
    assert found[0].data() == found[1].data()


def comb(frame: VideoFrame) -> float:
    """How much a row differs from the next on average."""
    return float(np.abs(np.diff(frame.reformat(format="gray").to_ndarray().astype(int), axis=0)).mean())


def combed(number: int, width: int, height: int) -> VideoFrame:
    """A bar that moves evenly from field to field: in odd rows it is half a frame further."""
    picture = np.full((height, width, 3), 60, dtype=np.uint8)
    left = number * 24 % (width - 50)
    picture[0::2, left : left + 30] = 200
    picture[1::2, left + 12 : left + 42] = 200
    return VideoFrame.from_ndarray(picture, format="rgb24")


def test_high_dynamic_range_becomes_standard(footage: Footage, tmp_path: Path) -> None:
    options = {"x264-params": "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"}
    source = footage("hdr.mp4", seconds=0.5, pixel_format="yuv420p10le", picture=card, options=options)
    encoded, first = encode_card(source, tmp_path)
    assert encoded.facts.video.hdr
    frame = first.frame
    assert (frame.color_primaries, frame.color_trc, frame.colorspace) == (1, 1, 1)
    # By how much is the tone mapper's affair, but what was red, green, blue and white still is.
    red, green, blue, white = colours_of(frame)
    assert red[0] == max(red) and green[1] == max(green) and blue[2] == max(blue)
    assert min(white) > 200


def pixel_aspect(rendition: Rendition) -> float:
    """As the track says it; 1 where it says nothing."""
    with av.open(str(rendition.folder / rendition.track.name / "init.mp4")) as container:
        return float(container.streams.video[0].sample_aspect_ratio or 1)

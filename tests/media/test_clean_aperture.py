"""What a clean aperture leaves of a picture. The numbers are those of ffmpeg 9.0.2."""

import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import av
import imageio_ffmpeg
import pytest

from tests.support.trickle import trickling
from webapp.media.clean_aperture import cropping
from webapp.media.facts import WHOLE, Cropping, Facts

from .apertures import aperture, around, show
from .encoding import claims_of, encode_picture, facts_of

Footage = Callable[..., Path]

SIZE = 160, 96
USUAL, HIDDEN = aperture((120, 1), (72, 1)), Cropping(20, 12, 20, 12)


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        (USUAL, HIDDEN),
        (aperture((120, 1), (72, 1), (-8, 1), (4, 1)), Cropping(12, 16, 28, 8)),
        (aperture((120, 1), (72, 1), (20, 1), (-12, 1)), Cropping(40, 0, 0, 24)),  # up to a corner
        (aperture((120, 1), (72, 1), (-41, 2)), Cropping(0, 12, 41, 12)),  # half a column beyond
        (aperture((121, 1), (73, 1)), Cropping(19, 11, 20, 12)),
        (aperture((475, 3), (333, 4)), Cropping(0, 6, 1, 7)),
        (aperture((475, 3), (333, 4), (5, 3), (-7, 4)), Cropping(2, 4, 0, 9)),
        (aperture((318, 2), (960, 10), (1, 2)), Cropping(1, 0, 0, 0)),
        (aperture(*((side, 1) for side in SIZE)), WHOLE),
    ],
)
def test_what_is_around_it_is_hidden(said: bytes, hidden: Cropping) -> None:
    assert cropping(said, *SIZE) == hidden


@pytest.mark.parametrize(
    "said",
    [
        aperture((161, 1), (96, 1)),
        aperture((160, 1), (97, 1)),
        aperture((120, 1), (72, 1), (21, 1)),
        aperture((120, 1), (72, 1), (-21, 1)),
        aperture((120, 1), (72, 1), (0, 1), (0, 0)),
        aperture((120, 0), (72, 1)),
        aperture((0, 0), (0, 0), (0, 0), (0, 0)),
        aperture((0, 1), (0, 1)),
        aperture((-120, -1), (72, 1)),
        aperture((120, 1), (72, 1), (8, -1)),
        USUAL[:-1],
        b"",
    ],
)
def test_one_that_cannot_be_meant_hides_nothing(said: bytes) -> None:
    assert cropping(said, *SIZE) == WHOLE


@pytest.mark.parametrize("left", [1, 2, 3, 4, 5])
def test_a_picture_of_which_next_to_nothing_is_left_can_be_encoded(
    footage: Footage, tmp_path: Path, left: int
) -> None:
    source = show(footage("a.mp4", seconds=0.3), aperture((left, 1), (left, 1)))
    encoded = encode_picture(source, tmp_path / "out")
    assert len(encoded.chunks) == 1
    assert (encoded.facts.video.cropping == WHOLE) == (left < 4)


def test_each_track_has_its_own(footage: Footage, tmp_path: Path) -> None:
    source, both = footage("a.mov", seconds=0.5), tmp_path / "both.mov"
    with av.open(str(source)) as given, av.open(str(both), "w") as made:
        streams = [made.add_stream_from_template(given.streams.video[0]) for _ in range(2)]
        for packet in list(given.demux(video=0)):
            for stream in streams:
                if packet.size:
                    packet.stream = stream
                    made.mux(packet)
    show(both, USUAL, track=1)
    assert facts_of(both).video.cropping == WHOLE
    show(both, around(Cropping(2, 4, 6, 8), *SIZE), track=0)
    assert facts_of(both).video.cropping == Cropping(2, 4, 6, 8)


def test_pixels_that_are_oblong_stay_so(footage: Footage) -> None:
    source = footage("a.mov", width=720, height=480, seconds=0.3, options={"aspect": "10:11"})
    video = facts_of(show(source, aperture((704, 1), (480, 1)))).video
    assert (video.width, video.height) == (704, 528)


def test_it_is_known_while_the_upload_comes(footage: Footage, tmp_path: Path) -> None:
    source, whole = show(footage("a.mp4"), USUAL), tmp_path / "whole.mp4"
    index_first = ["-c", "copy", "-movflags", "+faststart", str(whole)]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(source), *index_first]
    subprocess.run(command, check=True, timeout=60)
    with trickling(whole, tmp_path, 0.5) as trickle:
        facts = claims_of(trickle)
        assert not trickle.complete
    assert isinstance(facts, Facts) and facts.video.cropping == HIDDEN


@pytest.mark.parametrize("size", [0, 7, 8, 39])
def test_a_box_of_a_wrong_size_hides_nothing(footage: Footage, size: int) -> None:
    source = show(footage("a.mp4", seconds=0.3), USUAL)
    data = bytearray(source.read_bytes())
    struct.pack_into(">I", data, data.index(b"clap") - 4, size)
    source.write_bytes(data)
    assert facts_of(source).video.cropping == WHOLE

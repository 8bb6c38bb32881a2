"""Pictures that people send."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.support.pictures import BLUE, RED, interlaced_png, is_like, opened, picture, top_left
from webapp.media import still
from webapp.media.answers import Failed, Still
from webapp.media.failures import FAILURES, Unprocessable
from webapp.media.jobs import Limits, StillJob
from webapp.media.limits import GIBIBYTES
from webapp.media.still import TIMES_THE_PIXELS

from . import child
from .hostile import concat_script, hls_playlist

USUAL = Limits()


def made_of(data: bytes, folder: Path, limits: Limits = USUAL) -> PIL.Image.Image:
    source, target = folder / "picture", folder / "poster.jpg"
    source.write_bytes(data)
    (made,) = still.make(StillJob(source=str(source), target=str(target), limits=limits))
    image = opened(target.read_bytes())
    assert image.size == (made.width, made.height)
    return image


def refusal(data: bytes, folder: Path, limits: Limits = USUAL) -> str:
    with pytest.raises(Unprocessable) as caught:
        made_of(data, folder, limits)
    assert not (folder / "poster.jpg").exists()
    return caught.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_jpeg_that_shows_the_same(tmp_path: Path, kind: str) -> None:
    image = made_of(picture(kind), tmp_path)
    assert image.size == (640, 360)
    assert is_like(top_left(image), RED)


def test_nothing_of_the_file_as_it_came_is_kept(tmp_path: Path) -> None:
    data = picture() + b"<script>alert(1)</script>"
    made_of(data, tmp_path)
    written = (tmp_path / "poster.jpg").read_bytes()
    assert b"script" not in written and b"Exif" not in written


def test_a_large_picture_is_made_smaller(tmp_path: Path) -> None:
    assert made_of(picture(width=4000, height=3000), tmp_path).size == (1280, 960)


def test_a_photo_that_was_taken_sideways_stands_upright(tmp_path: Path) -> None:
    image = made_of(picture(orientation=6), tmp_path)
    assert image.size == (360, 640)
    assert is_like(top_left(image), BLUE)


@pytest.mark.parametrize(
    "data",
    [
        b"no picture at all",
        hls_playlist("/etc/passwd").encode(),
        concat_script("/etc/passwd").encode(),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + bytes(50),
        b"\xff\xd8\xff\xe0" + bytes(500),
    ],
)
def test_what_is_no_picture_is_refused(tmp_path: Path, data: bytes) -> None:
    assert refusal(data, tmp_path) == "not_a_picture"


def test_of_a_webp_that_moves_the_hint_says_so(tmp_path: Path) -> None:
    first, second = (PIL.Image.new("RGB", (64, 64), colour) for colour in (RED, BLUE))
    first.save(tmp_path / "moving.webp", save_all=True, append_images=[second])
    code = refusal((tmp_path / "moving.webp").read_bytes(), tmp_path)
    assert code == "not_a_picture" and "WebP that does not move" in FAILURES[code].hint


def test_nothing_is_refused_as_empty(tmp_path: Path) -> None:
    assert refusal(b"", tmp_path) == "empty_file"


def test_a_picture_sent_in_passes_keeps_all_of_its_rows(tmp_path: Path) -> None:
    shown = np.asarray(made_of(interlaced_png(rows=64), tmp_path).convert("L"))
    assert shown[0::2].max() < 40 and shown[1::2].min() > 215


def test_a_photo_of_more_pixels_than_a_video_may_have_is_made_smaller(tmp_path: Path) -> None:
    image = made_of(picture(width=8160, height=6120, orientation=6), tmp_path)
    assert image.size == (960, 1280)
    assert is_like(top_left(image), BLUE)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_of_too_many_pixels_is_refused_as_that(tmp_path: Path, kind: str) -> None:
    data, most = picture(kind), 640 * 360 // TIMES_THE_PIXELS
    assert made_of(data, tmp_path, Limits(pixels=most)).size == (640, 360)
    (tmp_path / "poster.jpg").unlink()
    assert refusal(data, tmp_path, Limits(pixels=most - 1)) == "too_large_picture"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_so_is_one_of_more_than_libavcodec_ever_takes(tmp_path: Path, kind: str) -> None:
    image = PIL.Image.new("1" if kind == "PNG" else "L", (17_000, 17_000))
    image.save(tmp_path / "large", kind)
    assert refusal((tmp_path / "large").read_bytes(), tmp_path) == "too_large_picture"
    assert "video" not in FAILURES["too_large_picture"].hint


@pytest.mark.parametrize(("width", "answer"), [(6000, Still), (14_000, Failed)])
def test_what_may_take_more_memory_than_there_is_for_it_is_refused_as_that(
    tmp_path: Path, width: int, answer: type[Still | Failed]
) -> None:
    # The photo that takes most: a coefficient of two bytes for each of four colours.
    PIL.Image.new("CMYK", (width, 8000)).save(tmp_path / "large", progressive=True, format="JPEG")
    job = StillJob(source=str(tmp_path / "large"), target=str(tmp_path / "poster.jpg"))
    said = child.run(job, memory_bytes=GIBIBYTES)
    assert isinstance(said.answers[-1], answer)
    assert said.failure == ("too_demanding" if answer is Failed else None)


def test_a_video_is_no_picture(tmp_path: Path, small_video: Path) -> None:
    assert refusal(small_video.read_bytes(), tmp_path) == "not_a_picture"

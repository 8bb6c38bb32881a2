"""Pictures that people send."""

from pathlib import Path

import PIL.Image
import pytest

from tests.support.pictures import BLUE, RED, is_like, opened, picture, top_left
from webapp.media import still
from webapp.media.failures import Unprocessable
from webapp.media.jobs import Limits, StillJob

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


def test_nothing_is_refused_as_empty(tmp_path: Path) -> None:
    assert refusal(b"", tmp_path) == "empty_file"


def test_a_picture_of_too_many_pixels_is_refused(tmp_path: Path) -> None:
    assert refusal(picture(), tmp_path, Limits(pixels=640 * 360 - 1)) == "too_large_picture"


def test_a_video_is_no_picture(tmp_path: Path, small_video: Path) -> None:
    assert refusal(small_video.read_bytes(), tmp_path) == "not_a_picture"

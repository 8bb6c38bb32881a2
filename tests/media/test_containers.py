"""Containers beside those that every test uses: what people have of cameras, broadcasters and phones."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.pictures import picture
from tests.support.sound import make_sound
from tests.support.video import make_video
from webapp.media.failures import Unprocessable

from .encoding import encode_picture, facts_of

PICTURES: dict[str, dict[str, Any]] = {
    "a.dv": {"codec": "dvvideo", "width": 720, "height": 576, "audio": "pcm_s16le"},
    "a.mxf": {"codec": "mpeg2video", "gop": 12, "audio": "pcm_s16le", "options": {"bf": "2"}},
    "a.gif": {"codec": "gif", "pixel_format": "rgb8", "audio": None},
    "a.avif": {"codec": "libsvtav1", "audio": None, "options": {"preset": "9", "crf": "20"}},
    "a.vob": {"codec": "mpeg2video", "gop": 12, "audio": "mp2"},
}


@pytest.mark.parametrize("name", PICTURES)
def test_all_frames_of_it_are_there(tmp_path: Path, name: str) -> None:
    source = make_video(tmp_path / name, seconds=3, **PICTURES[name])
    encoded = encode_picture(source, tmp_path / "out")
    assert [shown.number for shown in encoded.top.frames] == list(range(75))
    assert bool(encoded.facts.audio) == bool(PICTURES[name]["audio"])


def test_dv_is_interlaced_and_of_oblong_pixels(tmp_path: Path) -> None:
    video = facts_of(make_video(tmp_path / "a.dv", seconds=1, **PICTURES["a.dv"])).video
    assert (video.width, video.height, video.interlaced) == (768, 576, True)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.caf", "pcm_s16le"),
        ("alac.caf", "alac"),
        ("a.wav", "pcm_s16le"),
        ("a.aiff", "pcm_s16be"),
        ("a.flac", "flac"),
        ("a.opus", "libopus"),
    ],
)
def test_sound_alone(tmp_path: Path, name: str, codec: str) -> None:
    facts = facts_of(make_sound(tmp_path / name, codec, seconds=2))
    assert facts.picture is None and facts.audio
    assert facts.duration_s == pytest.approx(2, abs=0.1)


def heif(brand: bytes) -> bytes:
    """How such a file begins; nobody reads on."""
    return b"\x00\x00\x00\x18ftyp" + brand + b"\x00\x00\x00\x00mif1" + bytes(1000)


STILLS = {kind: picture(kind) for kind in ("JPEG", "PNG", "WEBP", "TIFF", "GIF")} | {
    brand.decode(): heif(brand) for brand in (b"heic", b"avif", b"mif1")
}


@pytest.mark.parametrize("kind", STILLS)
def test_a_picture_is_called_one(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "video.mp4"
    path.write_bytes(STILLS[kind])
    with pytest.raises(Unprocessable) as caught:
        facts_of(path)
    assert caught.value.code == "still_picture"

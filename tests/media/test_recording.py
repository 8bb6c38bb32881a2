"""Uploads of sound alone."""

from pathlib import Path
from random import Random

import PIL.Image
import pytest

from tests.support.sound import make_sound
from webapp.media import waveform
from webapp.media.answers import Progress, Still
from webapp.media.failures import Unprocessable
from webapp.media.jobs import WaveformJob

from .decoding import Rendition
from .encoding import encode_sound, facts_of
from .hearing import beeps, duration_s
from .test_source import failure_of

IN_SYNC_S = 0.02
# Of the picture, from the left: in the middle of a beep of a second, and in the silence after it.
LOUD_S, QUIET_S = 1.05, 1.6
KINDS = {
    "sound.m4a": "aac",
    "sound.mp3": "libmp3lame",
    "sound.wav": "pcm_s16le",
    "sound.flac": "flac",
    "sound.ogg": "libopus",
    "sound.aac": "aac",
    "sound.aiff": "pcm_s16be",
    "sound.mkv": "flac",
    "sound.ts": "mp2",
}


@pytest.mark.parametrize("name", KINDS)
def test_sound_alone_is_heard_as_it_is(tmp_path: Path, name: str) -> None:
    source = make_sound(tmp_path / name, KINDS[name])
    facts = facts_of(source)
    assert facts.picture is None and facts.audio is not None
    assert facts.duration_s == pytest.approx(6.6, abs=0.06)
    encoded = encode_sound(source, tmp_path / "out", facts)
    assert encoded.track is not None and not encoded.damaged
    wave = Rendition(tmp_path / "out", encoded.track).wave()
    # What starts with the encoder's run-up, of which the container says nothing, is late by that.
    late_s = beeps(wave)[0]
    assert 0 <= late_s < 0.06
    assert beeps(wave) == pytest.approx([second + late_s for second in range(7)], abs=IN_SYNC_S)
    assert duration_s(wave) == pytest.approx(6.6, abs=0.08)


def test_the_timeline_begins_with_the_sound(tmp_path: Path) -> None:
    source = make_sound(tmp_path / "late.mkv", "pcm_s16le", seconds=4, begin_s=10)
    facts = facts_of(source)
    assert facts.zero_s == 10
    assert facts.duration_s == pytest.approx(4, abs=0.002)  # Matroska counts milliseconds
    encoded = encode_sound(source, tmp_path / "out", facts)
    assert encoded.track is not None
    assert beeps(Rendition(tmp_path / "out", encoded.track).wave()) == pytest.approx([0, 1, 2, 3], abs=0.02)


def test_it_is_cut_where_a_picture_would_be(tmp_path: Path) -> None:
    encoded = encode_sound(make_sound(tmp_path / "a.m4a", seconds=9), tmp_path / "out")
    assert encoded.track is not None
    assert [segment.index for segment in encoded.track.segments] == [0, 1, 2]


def make_waveform(source: Path) -> PIL.Image.Image:
    target = source.with_name("poster.jpg")
    job = WaveformJob(source=str(source), target=str(target), facts=facts_of(source))
    *progress, made = waveform.make(job)
    assert isinstance(made, Still)
    assert progress and all(isinstance(answer, Progress) for answer in progress)
    with PIL.Image.open(target) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (made.width, made.height) == (waveform.WIDTH, waveform.HEIGHT)
        return picture.convert("L")


def bar_at(picture: PIL.Image.Image, share: float) -> int:
    """How many pixels tall the bar is that lies at this share of the width."""
    pitch = waveform.BAR + waveform.GAP
    across = int(share * waveform.BARS) * pitch + waveform.BAR // 2
    return sum(picture.getpixel((across, down)) > 90 for down in range(picture.height))  # type: ignore[operator]


def test_the_waveform_shows_what_is_loud_and_what_is_not(tmp_path: Path) -> None:
    picture = make_waveform(make_sound(tmp_path / "a.wav", "pcm_s16le", seconds=6))
    assert bar_at(picture, LOUD_S / 6) > waveform.TALLEST * 0.9
    assert bar_at(picture, QUIET_S / 6) <= waveform.SHORTEST + 2


def test_a_moment_of_sound_has_a_waveform_too(tmp_path: Path) -> None:
    picture = make_waveform(make_sound(tmp_path / "a.wav", "pcm_s16le", seconds=0.05))
    assert max(bar_at(picture, number / waveform.BARS) for number in range(waveform.BARS)) > 100


@pytest.mark.parametrize("name", ["sound.mp3", "sound.flac"])
def test_garbage_that_looks_like_sound_is_refused(tmp_path: Path, name: str) -> None:
    source = make_sound(tmp_path / name, KINDS[name], seconds=1)
    data = source.read_bytes()
    source.write_bytes(data[:200] + Random(2).randbytes(len(data)))
    try:
        facts = facts_of(source)
    except Unprocessable as failure:
        assert failure.code in ("not_media", "undecodable")  # noqa: PT017 - or it is used as far as it goes
    else:
        assert facts.duration_s < 1


def test_sound_in_a_format_nobody_knows_is_named_as_the_reason(tmp_path: Path) -> None:
    source = make_sound(tmp_path / "a.wav", "pcm_s16le", seconds=1)
    data = source.read_bytes()
    at = data.index(b"fmt ") + 8
    source.write_bytes(data[:at] + b"\x99\x99" + data[at + 2 :])
    assert failure_of(source) == "unknown_codec"

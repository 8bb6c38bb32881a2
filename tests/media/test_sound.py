"""Sound lined up with the picture, however it lies in the upload."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.sound import make_sound
from webapp.media.aac import SAMPLE_RATE

from .decoding import Rendition
from .encoding import encode_sound
from .hearing import Wave, beeps, duration_s, is_silent
from .splicing import change_sample_rate, speak_in_turn
from .tampering import overwrite

Footage = Callable[..., Path]

# Less than a frame of film; to be noticed, sound has to be 45 ms early (ITU-R BT.1359).
IN_SYNC_S = 0.02
PCM = {"audio": "pcm_s16le"}
SAMPLE_RATES = [48_000, 44_100, 22_050, 96_000]
# From the name of a WAV's data to the samples: only the length is between (IBM and Microsoft, 1991).
BEFORE_SAMPLES = 8
REALTIME = {"deadline": "realtime", "cpu-used": "8"}


def heard(source: Path) -> Wave:
    """What a player plays of the finished sound."""
    folder = source.parent / "sound"
    encoded = encode_sound(source, folder)
    assert encoded.track is not None and encoded.track.timescale == SAMPLE_RATE
    return Rendition(folder, encoded.track).wave()


def assert_beeps(wave: Wave, *seconds: float) -> None:
    found = beeps(wave)
    assert found == pytest.approx(list(seconds), abs=IN_SYNC_S)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("a.mp4", {"audio": "aac"}),
        ("a.mov", PCM),
        ("a.mkv", {"audio": "ac3"}),
        ("a.mkv", {"audio": "flac"}),
        ("a.webm", {"audio": "libopus", "codec": "libvpx", "options": REALTIME}),
        ("a.ts", {"audio": "mp2"}),
        ("a.ts", {"audio": "aac"}),
        ("a.flv", {"audio": "aac"}),
        ("a.mp4", {"audio": "libmp3lame"}),
    ],
)
def test_beeps_come_out_at_the_seconds_at_which_they_went_in(
    footage: Footage, name: str, changes: dict[str, Any]
) -> None:
    wave = heard(footage(name, **changes))
    assert_beeps(wave, 0, 1, 2, 3, 4, 5, 6)
    assert is_silent(wave, 1.2, 1.9)


@pytest.mark.parametrize("rate", SAMPLE_RATES)
def test_sound_that_starts_late_has_silence_before_it(footage: Footage, rate: int) -> None:
    wave = heard(footage("a.mkv", **PCM, sample_rate=rate, sound_spans_s=[(2.5, 6.6)]))
    assert_beeps(wave, 3, 4, 5, 6)
    assert is_silent(wave, 0, 2.9)


@pytest.mark.parametrize("rate", SAMPLE_RATES)
def test_a_little_sound_before_the_first_picture_is_cut(footage: Footage, rate: int) -> None:
    times = [800 + number * 100 for number in range(50)]
    changes = {**PCM, "sample_rate": rate, "seconds": 5.8, "times": times, "time_base": Fraction(1, 1000)}
    wave = heard(footage("a.mkv", **changes))
    assert_beeps(wave, 0.2, 1.2, 2.2, 3.2, 4.2)
    assert duration_s(wave) == pytest.approx(5, abs=0.05)


def test_the_cut_is_where_the_first_picture_is_and_not_at_a_packet(footage: Footage) -> None:
    times = [510 + number * 100 for number in range(40)]
    wave = heard(footage("a.mkv", **PCM, seconds=4.6, times=times, time_base=Fraction(1, 1000)))
    assert_beeps(wave, 0.49, 1.49, 2.49, 3.49)


@pytest.mark.parametrize("rate", SAMPLE_RATES)
@pytest.mark.parametrize(("begin_s", "end_s"), [(2.5, 3.3), (2.5, 4.7)])
def test_a_hole_becomes_silence(footage: Footage, begin_s: float, end_s: float, rate: int) -> None:
    wave = heard(footage("a.mkv", **PCM, sample_rate=rate, sound_spans_s=[(0, begin_s), (end_s, 6.6)]))
    assert_beeps(wave, *(second for second in range(7) if not begin_s < second < end_s))
    assert is_silent(wave, begin_s, end_s)


def test_a_long_hole_becomes_silence(footage: Footage) -> None:
    source = footage("a.mkv", **PCM, seconds=60, rate=1, sound_spans_s=[(0, 1.5), (58.5, 60)])
    wave = heard(source)
    assert_beeps(wave, 0, 1, 59)
    assert is_silent(wave, 1.5, 58.5)


@pytest.mark.parametrize("lost_s", [0.03, 0.05, 0.09])
def test_after_a_short_hole_sound_is_not_early(footage: Footage, lost_s: float) -> None:
    wave = heard(footage("a.mkv", **PCM, sound_spans_s=[(0, 2.5), (2.5 + lost_s, 6.6)]))
    assert_beeps(wave, 0, 1, 2, 3, 4, 5, 6)


def test_short_holes_do_not_add_up(footage: Footage) -> None:
    spans = [(number + 0.55 if number else 0, number + 1.5) for number in range(6)]
    wave = heard(footage("a.mkv", **PCM, sound_spans_s=spans))
    assert_beeps(wave, 0, 1, 2, 3, 4, 5, 6)


def test_sound_that_ends_early_is_silent_until_the_picture_ends(footage: Footage) -> None:
    wave = heard(footage("a.mp4", audio="aac", sound_spans_s=[(0, 3.5)]))
    assert_beeps(wave, 0, 1, 2, 3)
    assert is_silent(wave, 3.6, 6.6)
    assert duration_s(wave) == pytest.approx(6.6, abs=0.03)


def test_sound_that_goes_on_after_the_picture_is_kept(footage: Footage) -> None:
    wave = heard(footage("a.mp4", audio="aac", sound_spans_s=[(0, 8.5)]))
    assert_beeps(wave, *range(9))
    assert duration_s(wave) == pytest.approx(8.5, abs=0.03)


def test_sound_of_which_nothing_lies_beside_the_picture_is_silence(footage: Footage) -> None:
    times = [900 + number * 100 for number in range(30)]
    source = footage("a.mkv", **PCM, times=times, time_base=Fraction(1, 1000), sound_spans_s=[(0, 0.5)])
    wave = heard(source)
    assert is_silent(wave, 0, 3)


def test_a_sample_rate_that_changes_on_the_way_does_not_shift_the_sound(tmp_path: Path) -> None:
    wave = heard(change_sample_rate(tmp_path / "a.ts", 44_100, 48_000, 32_000, seconds_each=2))
    assert_beeps(wave, *range(6))


@pytest.mark.parametrize("channels", ["mono", "5.1"])
def test_however_many_channels_become_two(footage: Footage, channels: str) -> None:
    source = footage("a.mkv", seconds=3, audio="flac", channels=channels)
    wave = heard(source)
    assert wave.shape[0] == 2
    assert np.allclose(wave[0], wave[1], atol=0.02)
    assert_beeps(wave, 0, 1, 2)


@pytest.mark.parametrize(
    ("layout", "heard_in"),
    [
        ("FL+FR+TFL+TFC", ["left", "right", "left", "both"]),
        ("FL+FR+SL+TFR", ["left", "right", "left", "right"]),
        ("TFL+TFC", ["left", "both"]),
        ("BL+BR", ["left", "right"]),
    ],
)
def test_channels_that_nobody_mixes_are_heard_where_they_belong(
    tmp_path: Path, layout: str, heard_in: list[str]
) -> None:
    assert_heard_in(heard(speak_in_turn(tmp_path / "a.mov", layout)), heard_in)


def test_of_sound_from_all_around_the_left_and_the_right_are_heard(tmp_path: Path) -> None:
    source = speak_in_turn(tmp_path / "a.mkv", "ambisonic 1", "libopus", mapping_family="2")
    assert_heard_in(heard(source), ["both", "both", "neither", "neither"])


def assert_heard_in(wave: Wave, sides: list[str]) -> None:
    """Of each channel, which has a second of its own, on which side it is heard."""
    for second, side in enumerate(sides):
        found = [not is_silent(one, second + 0.2, second + 0.8) for one in (wave[:1], wave[1:])]
        assert found == [side in ("left", "both"), side in ("right", "both")], second
    assert np.abs(wave).max() < 0.6  # as loud as before, and a little ringing where a tone begins


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_samples_that_are_no_numbers_are_silent(tmp_path: Path, value: float) -> None:
    source = make_sound(tmp_path / "a.wav", "pcm_f32le", seconds=3)
    # A quarter of a second of two channels, in the midst of the silence after a beep.
    begin, samples = round(1.5 * SAMPLE_RATE), SAMPLE_RATE // 4
    overwrite(
        source, b"data", BEFORE_SAMPLES + begin * 2 * 4, np.full(2 * samples, value, np.float32).tobytes()
    )
    wave = heard(source)
    assert_beeps(wave, 0, 1, 2)
    assert is_silent(wave, 1.2, 1.9)

"""Sound whose timestamps jump: at a splice, in a pause, or by damage."""

from collections.abc import Callable, Collection
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from tests.support.sound import make_sound
from webapp.media import audio
from webapp.media.answers import Audio
from webapp.media.continuity import Continuity
from webapp.media.jobs import AudioJob, Limits

from .decoding import Rendition
from .encoding import encode_sound, facts_of
from .hearing import Wave, beeps, duration_s, is_silent
from .tampering import retime_sound

Footage = Callable[..., Path]
IN_SYNC_S = 0.02


def heard(source: Path) -> Wave:
    facts, folder = facts_of(source), source.with_suffix(".out")
    encoded = encode_sound(source, folder, facts)
    assert encoded.track is not None
    return Rendition(folder, encoded.track).wave()


def assert_beeps(wave: Wave, *seconds: float) -> None:
    assert beeps(wave) == pytest.approx(list(seconds), abs=IN_SYNC_S)


@pytest.mark.parametrize(("name", "codec"), [("a.opus", "libopus"), ("a.ogg", "flac")])
def test_recordings_put_one_behind_the_other_are_heard_one_after_the_other(
    tmp_path: Path, name: str, codec: str
) -> None:
    source = make_sound(tmp_path / name, codec, seconds=3)
    source.write_bytes(source.read_bytes() * 3)
    assert facts_of(source).duration_s == pytest.approx(9, abs=0.1)
    wave = heard(source)
    assert duration_s(wave) == pytest.approx(9, abs=0.1)
    assert beeps(wave) == pytest.approx(range(9), abs=0.06)  # each begins with the encoder's run-up


def test_a_pause_of_sound_alone_is_kept(tmp_path: Path) -> None:
    wave = heard(make_sound(tmp_path / "a.mka", "pcm_s16le", seconds=2, again_s=100))
    assert_beeps(wave, 0, 1, 100, 101)
    assert is_silent(wave, 2, 99)


@pytest.mark.parametrize("again_s", [1000, 1_000_000])
def test_no_silence_of_many_minutes_is_made_of_a_jump(tmp_path: Path, again_s: int) -> None:
    source = make_sound(tmp_path / "a.mka", "pcm_s16le", seconds=2, again_s=again_s)
    assert facts_of(source).duration_s == pytest.approx(4, abs=0.1)
    assert_beeps(heard(source), 0, 1, 2, 3)


@pytest.mark.parametrize("jump_s", [10 * 3600, 3, -3])
@pytest.mark.parametrize("numbers", [[0], [100], range(100, 300), [308, 309]])
def test_packets_whose_times_are_elsewhere_stay_in_their_row(
    footage: Footage, jump_s: int, numbers: Collection[int]
) -> None:
    source = footage("a.flv", audio="aac")
    retime_sound(source, numbers, lambda was: max(0, was + jump_s * 1000))
    wave = heard(source)
    assert_beeps(wave, *range(7))
    assert duration_s(wave) == pytest.approx(6.6, abs=0.1)


def test_sound_goes_on_in_sync_where_times_are_off_from_somewhere_on(footage: Footage) -> None:
    source = retime_sound(footage("a.flv", audio="aac"), range(100, 400), lambda was: was + 5_000_000)
    assert_beeps(heard(source), *range(7))


def test_what_is_behind_the_picture_follows_when_that_has_ended(footage: Footage) -> None:
    wave = heard(footage("a.mkv", audio="pcm_s16le", sound_spans_s=[(0, 2), (70, 71)]))
    assert_beeps(wave, 0, 1, 6.6)


class Piece(NamedTuple):
    pts: int | None


@pytest.mark.parametrize("begins", [[48], [0, 96]])
def test_a_last_piece_without_a_time_is_no_reason_to_move_those_before(begins: list[int]) -> None:
    # As decoders of WMA give it out; each lasts a 24th of a second.
    timed = [tick for begin in begins for tick in range(begin, begin + 24)]
    continuity = Continuity[Piece](Fraction(1, 24), 0, lambda _: 2000, picture_ends=48_000 * 10)
    placed = list(continuity.placed([*map(Piece, timed), Piece(None)]))
    assert [start for _, start in placed] == [tick * 2000 for tick in [*timed, timed[-1] + 1]]


def test_sound_is_no_longer_than_a_video_may_be(footage: Footage, tmp_path: Path) -> None:
    # As it is recorded live: what claims its length has the picture held until the sound ends.
    live, spans = {"live": "1"}, [(0, 9)]
    source = footage("a.mkv", audio="pcm_s16le", seconds=1, sound_spans_s=spans, container_options=live)
    job = AudioJob(source=str(source), folder=str(tmp_path / "out"), facts=facts_of(source))
    *_, encoded = audio.encode(msgspec.structs.replace(job, limits=Limits(duration_s=5)))
    assert isinstance(encoded, Audio) and encoded.track
    assert duration_s(Rendition(tmp_path / "out", encoded.track).wave()) == pytest.approx(5, abs=0.05)

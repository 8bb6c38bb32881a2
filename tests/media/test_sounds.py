"""Several tracks of sound in one file: found, named, and each encoded from its own stream."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.support.tracks import SoundTrack, add_tracks
from tests.support.video import SAMPLE_RATE
from webapp.media import audio
from webapp.media.answers import Audio
from webapp.media.jobs import AudioJob
from webapp.media.recording import MOST_SOUNDS
from webapp.pipeline import describe

from .decoding import Rendition
from .encoding import facts_of
from .hearing import Wave

ENGLISH, FRENCH = SoundTrack(440, "eng"), SoundTrack(880, "fre", "Commentaire", channels=1)


def pitch(wave: Wave) -> float:
    """The loudest frequency, in hertz."""
    spectrum = np.abs(np.fft.rfft(wave[0]))
    return float(np.argmax(spectrum) * SAMPLE_RATE / wave.shape[1])


@pytest.mark.parametrize("name", ["two.mkv", "two.mp4", "two.ts"])
def test_each_track_is_encoded_from_its_own_stream(small_video: Path, tmp_path: Path, name: str) -> None:
    source = add_tracks(small_video, tmp_path / name, [ENGLISH, FRENCH])
    facts = facts_of(source)
    assert [(sound.language, sound.channels) for sound in facts.sounds] == [("eng", 2), ("fre", 1)]
    for number, hertz in enumerate((440, 880)):
        job = AudioJob(source=str(source), folder=str(tmp_path / "out"), facts=facts, number=number)
        *_, encoded = audio.encode(job)
        assert isinstance(encoded, Audio) and encoded.track
        assert encoded.track.name == ("audio", "audio1")[number]
        assert pitch(Rendition(tmp_path / "out", encoded.track).wave()) == pytest.approx(hertz, rel=0.01)


def test_the_track_flagged_as_default_is_the_main_one(small_video: Path, tmp_path: Path) -> None:
    chosen = SoundTrack(660, "ger", "Deutsch", default=True)
    facts = facts_of(add_tracks(small_video, tmp_path / "a.mkv", [ENGLISH, chosen, FRENCH]))
    assert facts.audio is not None and (facts.audio.language, facts.audio.title) == ("ger", "Deutsch")
    assert [sound.language for sound in facts.more_audio] == ["eng", "fre"]


def test_there_are_no_more_tracks_than_can_be_encoded(small_video: Path, tmp_path: Path) -> None:
    many = [SoundTrack(100 + number) for number in range(MOST_SOUNDS + 2)]
    facts = facts_of(add_tracks(small_video, tmp_path / "a.mkv", many))
    assert len(facts.sounds) == MOST_SOUNDS == 8
    assert facts.other_sounds == 2
    assert describe.facts(facts).endswith(", 2 more tracks of sound left out")


@pytest.mark.parametrize("kind", ["truehd", "ac3"])
def test_what_blu_ray_may_have_beside_a_track_is_one_only_where_it_is(
    recording: Callable[..., Path], kind: str
) -> None:
    sound = ("-c:a", kind, "-strict", "-2")
    facts = facts_of(recording("a.m2ts", "-c:v", "mpeg2video", *sound, "-mpegts_m2ts_mode", "1"))
    assert [track.codec for track in facts.sounds] == [kind]
    assert facts.other_sounds == 0

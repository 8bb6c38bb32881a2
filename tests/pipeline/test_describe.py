"""What the history says in a few words."""

import pytest

from tests.support.facts import facts
from webapp.media.answers import Audio
from webapp.media.facts import AudioTrack, Facts
from webapp.media.obstacles import Obstacle, ObstacleCode
from webapp.media.segment import Track
from webapp.pipeline import describe


@pytest.mark.parametrize(
    ("packets", "missing_s", "words"),
    [
        (0, 0.0, ""),
        (1, 0.0, ", 1 damaged packet"),
        (12, 0.88, ", 12 damaged packets, 0.9 s missing"),
        (0, 2.0, ", 2.0 s missing"),
        (0, 0.001, ""),
    ],
)
def test_damage_is_said_in_packets_and_seconds(packets: int, missing_s: float, words: str) -> None:
    assert describe.damage(packets, missing_s) == words


def test_what_is_missing_of_the_sound_is_said_once_for_all_tracks() -> None:
    track = Track(name="audio", timescale=1, codec="", init_sha256="", segments=[])
    encoded = [Audio(track=track, damaged=damaged, missing_s=1.4) for damaged in (1, 2)]
    tracks = [AudioTrack(stream=number, codec="aac", channels=2, sample_rate=48_000) for number in range(2)]
    assert describe.encoded_sounds(tracks, encoded) == (
        "Sound encoded, 3 damaged packets, 1.4 s missing",
        "AAC stereo, AAC stereo, 3 damaged packets, 1.4 s missing",
    )


@pytest.mark.parametrize(
    ("channels", "unusual", "words"),
    [
        (1, False, "FLAC mono"),
        (5, False, "FLAC 5 channels"),
        (6, False, "FLAC 5.1"),
        (6, True, "FLAC 6 channels"),
        (8, False, "FLAC 7.1"),
        (8, True, "FLAC 8 channels"),
    ],
)
def test_only_channels_around_a_screen_are_called_that(channels: int, unusual: bool, words: str) -> None:
    track = AudioTrack(stream=0, codec="flac", channels=channels, sample_rate=48_000, unusual_layout=unusual)
    assert describe.sound(track) == words


def test_what_is_left_out_of_a_file_with_several_pictures_is_said() -> None:
    found = Facts(container="mpegts", duration_s=8, other_pictures=1, other_sounds=2)
    assert describe.facts(found).endswith(
        "0:08, 1 more track of picture left out, 2 more tracks of sound left out"
    )


def test_how_much_is_missing_of_what_the_file_claims_is_said() -> None:
    assert describe.facts(Facts(container="flv", duration_s=8, missing_s=4.04)).endswith(
        "0:08, the last 4.0 s missing"
    )
    broken = Facts(container="ogg", duration_s=8, breaks_off=True)
    assert describe.facts(broken).endswith("0:08, the file breaks off")
    assert "missing" not in describe.facts(Facts(container="flv", duration_s=8))


def test_how_much_is_left_out_in_another_coding_is_said() -> None:
    told = describe.facts(Facts(container="mpegts", duration_s=8, left_out_s=3.52))
    assert told.endswith("0:08, 3.5 s in another coding left out")


@pytest.mark.parametrize("code", ObstacleCode)
def test_every_obstacle_has_words(code: ObstacleCode) -> None:
    assert describe.obstacle(Obstacle(code=code), facts())


def test_what_an_obstacle_says_of_the_file_is_filled_in() -> None:
    apart = Obstacle(code=ObstacleCode.KEYFRAMES, seconds=12.3)
    timeless, early = Obstacle(code=ObstacleCode.CONTAINER), Obstacle(code=ObstacleCode.CUT_OFF)
    assert describe.obstacle(apart, facts()) == "keyframes are 12 s apart"
    assert describe.obstacle(timeless, facts()) == "MP4 has no times of frames"
    assert describe.obstacle(early) == "it breaks off before its end"

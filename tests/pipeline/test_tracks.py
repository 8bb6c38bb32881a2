"""Several tracks of sound, from the upload to what a player is offered."""

from pathlib import Path

import pytest

from tests.support.hls import ffmpeg_complaints
from tests.support.tracks import SoundTrack, add_tracks
from tests.support.working import Working
from webapp.config import Settings
from webapp.events import StageName, Status

MULTIVARIANT = "multivariant.m3u8"


@pytest.fixture
def two_sounds(small_video: Path, tmp_path: Path) -> Path:
    sounds = [SoundTrack(440, "eng"), SoundTrack(880, "fre", 'The "other" one', channels=6)]
    return add_tracks(small_video, tmp_path / "two.mkv", sounds)


async def test_tracks_of_sound_become_one_group(settings: Settings, two_sounds: Path) -> None:
    async with Working.started(settings) as working:
        video_id = await working.upload(two_sounds, "two.mkv")
        run = await working.ended(video_id)
        document = await working.document(video_id)
        package = working.package(video_id)
    assert run.status is Status.READY
    sounds = package.sounds
    assert [(each["LANGUAGE"], each["NAME"], each["DEFAULT"]) for each in sounds] == [
        ("en", "English", "YES"),
        ("fr", "The 'other' one", "NO"),
    ]
    assert {each["GROUP-ID"] for each in sounds} == {"audio"}
    lengths = [sum(package.media(each["URI"]).durations) for each in sounds]
    assert lengths == pytest.approx([9, 9], abs=0.05)
    assert [(each["name"], each.get("language")) for each in document["renditions"]] == [
        ("180p", None),
        ("144p", None),
        ("audio", "en"),
        ("audio1", "fr"),
    ]
    stage = next(stage for stage in run.stages if stage.name is StageName.AUDIO)
    assert stage.detail == "AAC stereo (English), AAC 5.1 (French)"
    assert ffmpeg_complaints(str(working.folder(video_id) / "hls" / MULTIVARIANT)) == ""

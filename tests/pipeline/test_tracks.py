"""Several tracks of sound, and of subtitles, from the upload to what a player is offered."""

from pathlib import Path

import pytest

from tests.support.hls import ffmpeg_complaints
from tests.support.tracks import SoundTrack, SubtitleTrack, add_tracks
from tests.support.working import Working
from webapp.config import Settings
from webapp.events import StageName, Status

MULTIVARIANT = "multivariant.m3u8"
SRT = "1\n00:00:01,000 --> 00:00:04,000\nHello\n"


@pytest.fixture
def two_sounds(small_video: Path, tmp_path: Path) -> Path:
    sounds = [SoundTrack(440, "eng"), SoundTrack(880, "fre", 'The "other" one', channels=6)]
    return add_tracks(small_video, tmp_path / "two.mkv", sounds)


async def test_tracks_of_sound_become_one_group(settings: Settings, two_sounds: Path) -> None:
    async with Working.started(settings) as working:
        video_id = await working.upload(two_sounds, "two.mkv")
        run = await working.ended(video_id)
        document, page = await working.document(video_id), await working.page(video_id)
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
    assert [(each["name"], each.get("language"), each.get("label")) for each in document["renditions"]] == [
        ("180p", None, None),
        ("144p", None, None),
        ("audio", "en", "English"),
        ("audio1", "fr", "The 'other' one"),
    ]
    assert "Sound (English)" in page and "Sound (The &#39;other&#39; one)" in page
    stage = next(stage for stage in run.stages if stage.name is StageName.AUDIO)
    assert stage.detail == "AAC stereo (English), AAC 5.1 (French)"
    assert ffmpeg_complaints(str(working.folder(video_id) / "hls" / MULTIVARIANT)) == ""


async def test_tracks_of_sound_without_a_name_are_told_apart(
    settings: Settings, small_video: Path, tmp_path: Path
) -> None:
    source = add_tracks(small_video, tmp_path / "two.mkv", [SoundTrack(440), SoundTrack(880)])
    async with Working.started(settings) as working:
        video_id = await working.upload(source, "two.mkv")
        await working.ended(video_id)
        page, package = await working.page(video_id), working.package(video_id)
    assert [each["NAME"] for each in package.sounds] == ["Sound", "Sound 2"]
    for name in ("Sound", "Sound 2"):
        assert f'<th scope="row">{name}</th>' in page


async def test_subtitles_are_taken_out_and_listed(
    settings: Settings, small_video: Path, tmp_path: Path
) -> None:
    texts = [SubtitleTrack(SRT, "eng"), SubtitleTrack(SRT, "ger", "Schilder", disposition="forced")]
    pictures = SubtitleTrack(SRT, "fre", codec="ass")
    source = add_tracks(small_video, tmp_path / "a.mkv", subtitles=[*texts, pictures])
    source.write_bytes(source.read_bytes().replace(b"S_TEXT/ASS", b"S_HDMV/PGS"))
    async with Working.started(settings) as working:
        video_id = await working.upload(source, "a.mkv")
        run = await working.ended(video_id)
        package = working.package(video_id)
        events = await working.events(video_id)
    assert run.status is Status.READY
    found = package.subtitles
    assert [(each["LANGUAGE"], each["NAME"], each["FORCED"]) for each in found] == [
        ("en", "English", "NO"),
        ("de", "Schilder", "YES"),
    ]
    assert {variant.attributes["SUBTITLES"] for variant in package.variants} == {"subtitles"}
    for each in found:
        lines = package.read(each["URI"]).decode().splitlines()
        text = package.read(each["URI"].replace("playlist.m3u8", lines[-2])).decode()
        assert "#EXTINF:9.000000," in lines and "Hello" in text
    stage = next(stage for stage in run.stages if stage.name is StageName.SUBTITLES)
    assert stage.detail == "English, Schilder, 1 of pictures left out"
    assert "Subtitles: English, Schilder, 1 of pictures left out" in [event.message for event in events]
    assert ffmpeg_complaints(str(working.folder(video_id) / "hls" / MULTIVARIANT)) == ""

"""Sound alone becomes something to listen to, by the real engine in real children."""

import asyncio
from pathlib import Path

import httpx
import PIL.Image
import pytest

from tests.support.facts import facts
from tests.support.hls import ffmpeg_complaints
from tests.support.http import listening
from tests.support.sound import make_sound, make_sounds
from tests.support.working import Working
from webapp.events import StageName, Status
from webapp.media.facts import Facts
from webapp.media.track_names import AUDIO_NAME
from webapp.pipeline.meter import ENCODED, PROBED, Meter
from webapp.pipeline.plan import Plan
from webapp.stages import StageState


async def test_an_upload_of_sound_alone_becomes_something_to_listen_to(
    working: Working, tmp_path: Path
) -> None:
    video_id = await working.upload(make_sound(tmp_path / "song.mp3", "libmp3lame", seconds=9))
    run = await working.ended(video_id)
    document, package = await working.document(video_id), working.package(video_id)
    states = {stage.name: stage.state for stage in run.stages}
    assert run.status is Status.READY
    assert states.pop(StageName.VIDEO) is StageState.SKIPPED
    assert states[StageName.AUDIO] is states[StageName.POSTER] is StageState.DONE
    (variant,) = package.sound_variants
    assert variant.uri == "r1/audio/playlist.m3u8" and package.audio is None
    assert variant.attributes["CODECS"] == "mp4a.40.2" and "RESOLUTION" not in variant.attributes
    assert package.media(variant.uri).ended
    assert document["playable"] and "width" not in document
    assert [rendition["name"] for rendition in document["renditions"]] == ["audio"]
    assert not document["conformance"] and "Conformance: not checked" in await working.page(video_id)
    with PIL.Image.open(working.folder(video_id) / "poster.jpg") as poster:
        assert poster.format == "JPEG"
    events = await working.events(video_id)
    assert any("no picture, MP3 stereo, 0:09" in event.message for event in events)
    progress = [event.progress for event in events]
    assert progress == sorted(progress) and progress[-1] == 100


async def test_its_package_plays_without_a_complaint(working: Working, tmp_path: Path) -> None:
    video_id = await working.upload(make_sound(tmp_path / "song.m4a", seconds=9))
    await working.ended(video_id)
    async with listening(working.app) as address:
        url = f"{address.url}/videos/{video_id}/hls/multivariant.m3u8"
        async with httpx.AsyncClient() as client:
            assert (await client.get(url)).status_code == 200
        assert await asyncio.to_thread(ffmpeg_complaints, url) == ""


async def test_several_tracks_of_sound_alone_become_one_group(working: Working, tmp_path: Path) -> None:
    video_id = await working.upload(make_sounds(tmp_path / "talk.mka", ["eng", "fre"]))
    run = await working.ended(video_id)
    package = working.package(video_id)
    assert run.status is Status.READY
    assert [(each["LANGUAGE"], each["DEFAULT"]) for each in package.sounds] == [("en", "YES"), ("fr", "NO")]
    (variant,) = package.sound_variants
    assert variant.uri == package.audio and variant.attributes["AUDIO"] == package.sounds[0]["GROUP-ID"]
    assert [sum(package.media(each["URI"]).durations) for each in package.sounds] == pytest.approx(
        [6.6, 6.6], abs=0.05
    )
    assert ffmpeg_complaints(str(working.folder(video_id) / "hls/multivariant.m3u8")) == ""


def test_its_progress_is_that_of_the_sound() -> None:
    found = facts(30)
    plan = Plan.of(Facts(container="mp3", duration_s=30, audio=found.audio))
    assert not plan.chunks and not plan.rungs
    moment = 0.0
    meter = Meter(plan, lambda: moment)
    assert meter.percent == PROBED and meter.speed() is None
    moment = 3.0
    meter.audio(AUDIO_NAME, 15)
    assert PROBED < meter.percent < ENCODED
    assert (meter.speed(), meter.left_s(5.0)) == (5.0, 3.0)
    meter.audio_ended(AUDIO_NAME)
    assert meter.percent == ENCODED

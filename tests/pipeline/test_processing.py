"""Whole runs, by the real engine in real children."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from tests.support.files import files_in
from tests.support.hls import Package
from tests.support.video import VideoSpec, make_video, noisy_frame
from tests.support.waiting import until
from tests.support.working import Working, children
from webapp.config import Settings
from webapp.events import StageName, Status, VideoEvent
from webapp.runs import Run
from webapp.stages import StageState

pytestmark = pytest.mark.asyncio(loop_scope="module")

Make = Callable[[VideoSpec], Path]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> AsyncIterator[Working]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("shared") / "data")
    shutil.copytree(migrated, settings.data_dir)
    async with Working.started(settings) as working:
        yield working
        assert not children()
        assert not working.scratch("*")
        assert not list(settings.data_dir.rglob("*.unfinished"))


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def make(spec: VideoSpec) -> Path:
        spec.options = {"preset": "ultrafast"}
        return make_video(tmp_path / "made.mp4", spec)

    return make


def states(run: Run) -> dict[StageName, StageState]:
    return {stage.name: stage.state for stage in run.stages}


def is_whole(package: Package, frames: int, rate: int = 25) -> bool:
    """Whether every rendition shows every frame once, at its time."""
    expected = [(number, Fraction(number, rate)) for number in range(frames)]
    return bool(package.variants) and all(
        [(shown.number, shown.second) for shown in package.frames(variant.uri)] == expected
        for variant in package.variants
    )


def assert_in_order(events: list[VideoEvent]) -> None:
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.timestamp for event in events] == sorted(event.timestamp for event in events)
    progress = [event.progress for event in events]
    assert progress == sorted(progress)


async def test_an_upload_becomes_a_video(shared: Working, small_video: Path) -> None:
    video_id = await shared.upload(small_video)
    run = await shared.ended(video_id)
    video, document = await shared.video(video_id), await shared.document(video_id)
    assert (run.status, video.status, document["status"]) == (Status.READY,) * 3
    assert (video.width, video.height) == (320, 180)
    assert video.duration_s == pytest.approx(9.0)
    assert video.playable and video.poster and not video.failure
    assert set(states(run).values()) == {StageState.DONE}
    assert all(stage.started_at and stage.finished_at for stage in run.stages)
    package = shared.package(video_id)
    assert {package.media(uri).ended for uri in package.renditions} == {True}
    assert is_whole(package, frames=9 * 25)
    assert [rendition["name"] for rendition in document["renditions"]] == ["180p", "144p", "audio"]
    assert (shared.folder(video_id) / "storyboard.jpg").stat().st_size
    assert video.storyboard and video.storyboard["count"] == 5
    assert (shared.folder(video_id) / "preview.webp").stat().st_size
    assert {"storyboard", "preview"} <= set(document["links"])


async def test_its_events_tell_the_story_in_order(shared: Working, small_video: Path) -> None:
    video_id = await shared.upload(small_video)
    await shared.ended(video_id)
    events = await shared.events(video_id)
    assert_in_order(events)
    assert (events[-1].status, events[-1].progress, events[-1].playable) == (Status.READY, 100, True)
    told = [re.split("[:.]", event.message)[0] for event in events]
    story = [
        "Waiting to be processed",
        "Processing started",
        "Inspected",
        "Encoding 180p 144p",
    ]
    assert [message for message in told if message in story] == story
    for stage in (StageName.PROBE, StageName.POSTER, StageName.VIDEO, StageName.AUDIO):
        assert stage in {event.stage for event in events}


async def test_a_video_without_sound_is_whole_without_it(shared: Working, make: Make) -> None:
    video_id = await shared.upload(make(VideoSpec(seconds=3, audio=None)))
    run = await shared.ended(video_id)
    package = shared.package(video_id)
    assert (run.status, states(run)[StageName.AUDIO]) == (Status.READY, StageState.SKIPPED)
    assert package.audio is None
    assert "mp4a" not in package.read("multivariant.m3u8").decode()
    assert is_whole(package, frames=75)


async def test_a_portrait_video_keeps_its_detail(shared: Working, make: Make) -> None:
    video_id = await shared.upload(make(VideoSpec(width=360, height=640, seconds=3, picture=noisy_frame)))
    run = await shared.ended(video_id)
    package = shared.package(video_id)
    assert run.status is Status.READY
    assert {variant.attributes["RESOLUTION"] for variant in package.variants} == {
        "360x640",
        "240x426",
        "144x256",
    }


async def test_several_uploads_are_processed_side_by_side(shared: Working, small_video: Path) -> None:
    ids = [await shared.upload(small_video, process=False) for _ in range(3)]
    for video_id in ids:
        await shared.control.process(video_id)
    runs = [await shared.ended(video_id) for video_id in ids]
    assert {run.status for run in runs} == {Status.READY}
    first_end = min(run.finished_at for run in runs if run.finished_at)
    assert all(run.started_at and run.started_at < first_end for run in runs)


async def test_while_it_grows_only_what_is_stored_is_listed_and_nothing_is_taken_back(
    shared: Working, slow_444_video: Path
) -> None:
    video_id = await shared.upload(slow_444_video)
    package, hls = shared.package(video_id), shared.folder(video_id) / "hls"
    lengths: dict[str, list[int]] = {}
    ending = asyncio.create_task(shared.ended(video_id))
    while not ending.done():
        await asyncio.wait([ending], timeout=0.03)
        if not (hls / "multivariant.m3u8").exists():
            continue
        for uri in package.renditions:
            media = package.media(uri)
            assert all((hls / name).stat().st_size for name in [media.init, *media.segments])
            lengths.setdefault(uri, []).append(len(media.segments))
    assert ending.result().status is Status.READY
    assert len(lengths) == 3
    for seen in lengths.values():
        assert seen == sorted(seen)
    assert all(0 < lengths[variant.uri][0] < lengths[variant.uri][-1] for variant in package.variants)
    events = await shared.events(video_id)
    assert any(event.playable and event.progress < 90 for event in events)


async def test_a_child_that_is_killed_in_the_middle_of_a_chunk_costs_nothing_but_time(
    shared: Working, slow_video: Path
) -> None:
    video_id = await shared.upload(slow_video)
    await until(lambda: bool(shared.scratch("*.chunk2/*/init.mp4")))
    kill_children()
    run = await shared.ended(video_id)
    assert run.status is Status.READY
    assert is_whole(shared.package(video_id), frames=20 * 25)
    assert_in_order(await shared.events(video_id))


async def test_a_file_that_kills_its_child_each_time_fails_as_such(shared: Working, make: Make) -> None:
    video_id = await shared.upload(make(VideoSpec(seconds=9, pixel_format="yuv444p")))
    ending = asyncio.create_task(shared.ended(video_id))
    while not ending.done():
        await asyncio.wait([ending], timeout=0.01)
        if shared.scratch("*.chunk*"):
            kill_children()
    run, video = ending.result(), await shared.video(video_id)
    assert (run.status, video.playable) == (Status.FAILED, False)
    assert video.error and video.error.code == "crashed"
    assert states(run)[StageName.VIDEO] is StageState.FAILED
    hls = shared.folder(video_id) / "hls"
    await until(lambda: not files_in(hls))  # taken away once it is recorded that it failed


def kill_children() -> None:
    for child in children():
        with suppress(psutil.NoSuchProcess):
            child.kill()

"""Videos that take long to encode: watched in a sketch at first, until the whole ladder takes its place."""

import asyncio
from pathlib import Path

import pytest

from tests.support.resuming import Remembered, interrupted_after, process
from tests.support.waiting import until
from tests.support.watcher import Watcher
from tests.support.working import Working
from webapp.events import StageName, Status
from webapp.pipeline import plan
from webapp.stages import Stage, StageState


@pytest.fixture(autouse=True)
def _everything_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that really does would take a test minutes."""
    monkeypatch.setattr(plan, "LONGER_THAN_FULL_HD", 0)


async def stage(working: Working, video_id: str) -> Stage | None:
    run = await working.run(video_id)
    return next((stage for stage in run.stages if stage.name is StageName.SKETCH), None)


def frames(working: Working, video_id: str) -> list[list[int]]:
    package = working.package(video_id)
    return [[shown.number for shown in package.frames(variant.uri)] for variant in package.variants]


async def test_the_sketch_is_watched_until_the_whole_ladder_takes_its_place(
    working: Working, slow_444_video: Path
) -> None:
    video_id = await working.upload(slow_444_video)
    watcher = Watcher(working, video_id, "sketch")
    ending = asyncio.create_task(working.ended(video_id))
    await watcher.until(lambda: watcher.kinds.get("sketch", [""])[-1] == "VOD" or ending.done())
    assert frames(working, video_id) == [list(range(500))]
    await watcher.until(ending.done)
    assert ending.result().status is Status.READY
    assert watcher.shown == [{"sketch"}, {"360p", "144p"}]
    assert watcher.lengths["sketch"] == sorted(watcher.lengths["sketch"])
    assert frames(working, video_id) == [list(range(500))] * 2
    sketch = await stage(working, video_id)
    assert sketch and (sketch.state, sketch.detail) == (StageState.DONE, "144p")
    assert "Quick version encoded: 144p" in [event.message for event in await working.events(video_id)]
    progress = [event.progress for event in await working.events(video_id)]
    assert progress == sorted(progress) and progress[-1] == 100


async def test_what_can_be_copied_or_watched_already_needs_none(
    working: Working, small_video: Path, slow_444_video: Path
) -> None:
    copied = await working.upload(small_video)
    await working.ended(copied)
    again = await working.upload(slow_444_video)
    await working.ended(again)
    await working.control.process(again, again=True)
    await working.ended(again)
    for video_id, number in ((copied, 1), (again, 2)):
        run = await working.run(video_id)
        assert (run.number, run.status) == (number, Status.READY)
        assert await stage(working, video_id) is None
        assert not (working.folder(video_id) / f"hls/r{number}/sketch").exists()


async def test_a_sketch_outlives_a_run_that_is_cancelled(working: Working, slow_444_video: Path) -> None:
    video_id = await working.upload(slow_444_video)
    watcher = Watcher(working, video_id, "sketch")
    await watcher.until(lambda: watcher.kinds.get("sketch", [""])[-1] == "VOD")
    found = await stage(working, video_id)

    async def look() -> None:
        nonlocal found
        found = await stage(working, video_id)

    await until(lambda: found is not None and found.state is StageState.DONE, look=look)
    await working.control.cancel(video_id)
    video = await working.video(video_id)
    assert (video.status, video.playable) == (Status.CANCELLED, True)
    assert "in its quick version" in (await working.events(video_id))[-1].message
    page = await working.page(video_id)
    assert "This is a quick version in one quality; other qualities were not made" in page
    folder = working.folder(video_id)
    await until(lambda: not [*folder.glob("hls/r1/*p"), *folder.glob("runs/1/*-*.json")])
    assert frames(working, video_id) == [list(range(500))]


async def test_a_sketch_that_is_killed_goes_on_where_it_was(idle: Working, slow_444_video: Path) -> None:
    video_id, steps = await idle.upload(slow_444_video), Remembered()
    watcher = Watcher(idle, video_id, "sketch")
    await interrupted_after(process(idle, video_id, 1, steps), watcher.sees(2, stored=2))
    sketched = idle.folder(video_id) / "hls/r1/sketch"
    noted = list((idle.folder(video_id) / "runs/1").glob("sketch-*.json"))
    before = {path: path.stat().st_mtime_ns for path in sorted(sketched.glob("s*.m4s"))[: len(noted)]}
    processing = asyncio.create_task(process(idle, video_id, 1, steps))
    await watcher.until(processing.done)
    await processing
    assert (await idle.run(video_id)).status is Status.READY
    assert watcher.lengths["sketch"] == sorted(watcher.lengths["sketch"])
    assert before and before == {path: path.stat().st_mtime_ns for path in before}

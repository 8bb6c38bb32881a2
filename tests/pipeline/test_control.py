from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.support.files import files_in
from tests.support.waiting import until
from tests.support.working import Working, children
from webapp.errors import Conflict, NotFound
from webapp.events import Status
from webapp.pipeline.control import Control
from webapp.stages import StageState


async def until_playable(working: Working, video_id: str) -> None:
    video = await working.video(video_id)

    async def look() -> None:
        nonlocal video
        video = await working.video(video_id)

    await until(lambda: video.playable, look=look)


async def test_processing_makes_a_run_that_waits_in_the_queue(idle: Working) -> None:
    first, second = await idle.upload(b"any"), await idle.upload(b"any")
    video, run = await idle.video(first), await idle.run(first)
    assert (video.status, video.run, run.number) == (Status.PROCESSING, 1, 1)
    assert {stage.state for stage in run.stages} == {StageState.WAITING}
    assert (await idle.events(first))[-1].queue_position == 1
    assert (await idle.events(second))[-1].queue_position == 2


async def test_asking_again_while_it_is_processed_changes_nothing(idle: Working) -> None:
    video_id = await idle.upload(b"any")
    before = await idle.events(video_id)
    for again in (False, True):
        video = await idle.control.process(video_id, again=again)
        assert (video.status, video.run) == (Status.PROCESSING, 1)
    assert await idle.events(video_id) == before


async def test_nothing_can_be_processed_before_it_was_uploaded(idle: Working) -> None:
    video = await idle.parts.uploads.create("clip.mp4")
    with pytest.raises(Conflict) as caught:
        await idle.control.process(video.id)
    assert caught.value.code == "nothing_uploaded"
    assert (await idle.video(video.id)).run == 0


async def test_cancelling_where_nothing_is_processed_changes_nothing(idle: Working) -> None:
    video_id = await idle.upload(b"any", process=False)
    before = await idle.events(video_id)
    assert (await idle.control.cancel(video_id)).status is Status.UPLOADED
    assert await idle.events(video_id) == before


async def test_cancelled_and_failed_videos_can_be_processed_again(idle: Working) -> None:
    video_id = await idle.upload(b"any")
    assert (await idle.control.cancel(video_id)).status is Status.CANCELLED
    video = await idle.control.process(video_id)
    assert (video.status, video.run, video.progress) == (Status.PROCESSING, 2, 0)


async def test_what_does_not_exist_is_not_found(idle: Working) -> None:
    for asked in (idle.control.process, idle.control.cancel, idle.control.delete):
        with pytest.raises(NotFound):
            await asked("no-such-video")


async def test_a_waiting_run_that_is_cancelled_never_starts(idle: Working, small_video: Path) -> None:
    cancelled = await idle.upload(small_video)
    # As if it had been watched while it came.
    for name, data in (
        ("hls/multivariant.m3u8", b"r1/copy/playlist.m3u8"),
        ("hls/r1/copy/s00000.m4s", b"any"),
    ):
        await idle.parts.storage.put_bytes(f"videos/{cancelled}/{name}", data)
    await idle.parts.storage.put_bytes(f"videos/{cancelled}/runs/1/early.json", b"{}")
    await idle.control.cancel(cancelled)
    waiting = await idle.upload(small_video)
    async with Working.started(idle.settings) as working:
        await working.ended(waiting)
    run = await idle.run(cancelled)
    assert (run.status, run.started_at) == (Status.CANCELLED, None)
    left = [path.name for path in idle.folder(cancelled).rglob("*") if path.is_file()]
    assert left == ["original"]


async def test_cancelling_stops_the_children_and_leaves_nothing_to_play(
    working: Working, slow_444_video: Path
) -> None:
    video_id = await working.upload(slow_444_video)
    await until_playable(working, video_id)
    await until(lambda: bool(children()))
    await working.control.cancel(video_id)
    await until(lambda: not children())
    await until(lambda: not working.notes(video_id))
    video, run = await working.video(video_id), await working.run(video_id)
    assert (video.status, video.playable) == (Status.CANCELLED, False)
    assert StageState.STOPPED in {stage.state for stage in run.stages}
    assert StageState.RUNNING not in {stage.state for stage in run.stages}
    assert (await working.events(video_id))[-1].status is Status.CANCELLED
    assert not working.scratch("*")
    hls = working.folder(video_id) / "hls"
    await until(lambda: not files_in(hls))


async def test_deleting_while_it_is_processed_leaves_nothing(working: Working, slow_video: Path) -> None:
    video_id = await working.upload(slow_video)
    await until_playable(working, video_id)
    await working.control.delete(video_id)
    await until(lambda: not children())
    await until(lambda: not working.folder(video_id).exists() and not working.scratch("*"))
    with pytest.raises(NotFound):
        await working.run(video_id, 1)
    assert not await working.events(video_id)


async def test_another_run_leaves_the_old_package_playable_until_it_is_complete(
    working: Working, small_video: Path, slow_video: Path
) -> None:
    video_id = await working.upload(slow_video)
    await working.ended(video_id)
    package = working.package(video_id)
    before = package.read("multivariant.m3u8")

    assert (await working.control.process(video_id)).status is Status.READY  # nobody said again
    assert (await working.control.process(video_id, again=True)).run == 2
    await until(lambda: len(working.notes(video_id, run=2)) > 2)
    video = await working.video(video_id)
    assert (video.status, video.published_run) == (Status.PROCESSING, 1)
    assert package.read("multivariant.m3u8") == before
    await working.control.cancel(video_id)
    await until(lambda: not working.notes(video_id, run=2))
    video = await working.video(video_id)
    assert (video.status, video.published_run) == (Status.CANCELLED, 1)
    assert all(package.read(name) for uri in package.renditions for name in package.media(uri).segments)

    await working.control.process(video_id, again=True)
    run = await working.ended(video_id)
    assert (run.number, run.status) == (3, Status.READY)
    assert (await working.video(video_id)).published_run == 3
    assert all(uri.startswith("r3/") for uri in package.renditions)


class DeafQueue:
    """A queue that takes runs and then hears nothing."""

    async def enqueue(self, session: AsyncSession, video_id: str, number: int) -> None:
        pass

    async def cancel(self, video_id: str, number: int) -> None:
        raise ConnectionError

    async def forget(self, video_id: str) -> None:
        raise ConnectionError


async def test_a_queue_that_does_not_hear_keeps_nobody_from_cancelling_and_deleting(idle: Working) -> None:
    control = Control(idle.parts.history, idle.parts.storage, DeafQueue())
    video_id = await idle.upload(b"any", process=False)
    await control.process(video_id)
    assert (await control.cancel(video_id)).status is Status.CANCELLED
    await control.process(video_id)
    await control.delete(video_id)
    assert not idle.folder(video_id).exists()
    with pytest.raises(NotFound):
        await idle.video(video_id)


async def test_deleting_removes_rows_and_files(working: Working, small_video: Path) -> None:
    video_id = await working.upload(small_video)
    await working.ended(video_id)
    await working.control.delete(video_id)
    assert not working.folder(video_id).exists()
    assert not await working.events(video_id)
    with pytest.raises(NotFound):
        await working.video(video_id)

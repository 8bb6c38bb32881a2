"""Uploads that nobody receives any more, or so it seems."""

import asyncio
from collections.abc import AsyncIterator

from tests.support.content import content, pieces
from tests.support.desk import Desk
from tests.support.waiting import until
from webapp.events import Status
from webapp.keys import original_key
from webapp.videos import Video

from .interruption import assert_interrupted

FILE = b"not a video, but nobody looks at this point"


async def seen_long_ago(desk: Desk, video_id: str) -> None:
    async with desk.station.history.recording(video_id) as recorder:
        recorder.video.status = Status.UPLOADING
        recorder.video.upload_started_at = recorder.video.upload_seen_at = recorder.video.created_at


async def watched_until(desk: Desk, video_id: str, status: Status) -> Video:
    found = await desk.video(video_id)

    async def look() -> None:
        nonlocal found
        found = await desk.video(video_id)

    watching = asyncio.create_task(desk.uploads.abandoned.watch())
    await until(lambda: found.status is status, look=look)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    return found


async def test_uploads_of_a_process_that_is_gone_are_found(desk: Desk) -> None:
    video, other = await desk.uploads.create("x.mp4"), await desk.uploads.create("y.mp4")
    await seen_long_ago(desk, video.id)
    watching = asyncio.create_task(desk.uploads.abandoned.watch())
    async with desk.station.watching(video.id) as stream:
        last = (await stream.rest())[-2]
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert last.json["error"]["code"] == "upload_interrupted"
    assert_interrupted(await desk.video(video.id), (await desk.events(video.id))[-1])
    assert (await desk.video(other.id)).status is Status.CREATED
    await desk.uploads.receive(video.id, pieces(FILE), None)


async def test_an_upload_whose_process_was_killed_after_the_last_byte_is_whole(desk: Desk) -> None:
    video = await desk.uploads.create("x.mp4")
    await seen_long_ago(desk, video.id)
    await desk.storage.put_bytes(original_key(video.id), FILE)
    found = await watched_until(desk, video.id, Status.UPLOADED)
    assert (found.size_bytes, found.error) == (len(FILE), None)
    assert await content(desk.storage, original_key(video.id)) == FILE


async def test_what_was_watched_of_an_upload_before_its_process_was_killed_is_gone(desk: Desk) -> None:
    video = await desk.uploads.create("x.mp4")
    await seen_long_ago(desk, video.id)
    async with desk.station.history.recording(video.id) as recorder:
        recorder.video.published_run = 1
    await desk.storage.put_bytes(original_key(video.id), FILE)
    await desk.storage.put_bytes(f"videos/{video.id}/hls/r1/copy/playlist.m3u8", b"with no end")
    found = await watched_until(desk, video.id, Status.UPLOADED)
    assert (found.published_run, desk.files()) == (0, ["original"])


async def test_an_upload_that_was_silent_for_long_goes_on_although_it_was_given_up(desk: Desk) -> None:
    video = await desk.uploads.create("x.mp4")
    go_on = asyncio.Event()

    async def paused() -> AsyncIterator[bytes]:
        yield FILE[:9]
        await asyncio.sleep(0.3)
        yield FILE[9:20]
        await go_on.wait()
        yield FILE[20:]

    receiving = asyncio.create_task(desk.patient.receive(video.id, paused(), None))
    await until(lambda: any(name.endswith(".unfinished") for name in desk.files()))
    await seen_long_ago(desk, video.id)
    await watched_until(desk, video.id, Status.FAILED)
    go_on.set()
    await receiving
    assert await content(desk.storage, original_key(video.id)) == FILE

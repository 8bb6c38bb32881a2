"""A process is killed between the last byte of an upload and what says that it is there."""

import asyncio

import pytest

from tests.support.content import pieces
from tests.support.waiting import until
from tests.support.working import Working
from webapp.config import Settings
from webapp.events import Status
from webapp.history import Recorder
from webapp.uploads.journal import UploadJournal
from webapp.videos import Video

FILE = b"not a video, but nobody looks at this point"


class Killed(Exception):
    pass


async def die(recorder: Recorder) -> None:
    raise Killed


async def killed_at_its_end(idle: Working, process: bool) -> str:
    """All of the file is stored, and its last transaction never was."""
    uploads = idle.parts.uploads
    video = await uploads.create("x.mp4")
    if process:
        with pytest.raises(Killed):
            await uploads.receive(video.id, pieces(FILE), None, then=die)
    else:
        await uploads.receive(video.id, pieces(FILE), None)
    async with idle.parts.history.recording(video.id) as recorder:
        found = recorder.video
        found.status, found.uploaded_at, found.upload_seen_at = Status.UPLOADING, None, found.created_at
    return video.id


async def found_by_the_next_start(idle: Working, video_id: str) -> Video:
    video = await idle.video(video_id)

    async def look() -> None:
        nonlocal video
        video = await idle.video(video_id)

    watching = asyncio.create_task(idle.parts.uploads.abandoned.watch())
    await until(lambda: video.status is not Status.UPLOADING, look=look)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    return video


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """An upload that was silent for a moment counts as gone."""
    return settings.model_copy(update={"upload_idle_s": 0.05})


@pytest.mark.parametrize(
    ("wanted", "status", "runs"), [(True, Status.PROCESSING, 1), (False, Status.UPLOADED, 0)]
)
async def test_it_is_processed_if_that_was_wanted(
    idle: Working, wanted: bool, status: Status, runs: int
) -> None:
    video = await found_by_the_next_start(idle, await killed_at_its_end(idle, wanted))
    assert (video.status, video.run, video.size_bytes) == (status, runs, len(FILE))


async def test_whoever_says_so_later_starts_no_second_run(idle: Working) -> None:
    video_id = await killed_at_its_end(idle, process=True)
    await found_by_the_next_start(idle, video_id)
    events = await idle.events(video_id)
    journal = UploadJournal(idle.parts.history, video_id)
    video = await journal.complete(len(FILE), idle.control.start)
    assert video.run == 1 and await idle.events(video_id) == events

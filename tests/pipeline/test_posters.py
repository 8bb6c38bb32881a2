"""Posters of the owner's choice, on a disk that is slow or beside a deletion."""

import asyncio

import pytest

from tests.support.content import pieces
from tests.support.files import files_in
from tests.support.pictures import picture
from tests.support.storages import SlowStorage
from tests.support.waiting import LONGEST_S
from tests.support.working import Working
from webapp.errors import NotFound
from webapp.pipeline.posters import Posters


async def replacing(idle: Working, video_id: str) -> tuple[SlowStorage, asyncio.Task[None]]:
    """A poster that is being stored, on a disk that waits at its gate."""
    storage = SlowStorage(idle.parts.storage)
    storage.gate.clear()
    posters = Posters(idle.settings, idle.parts.history, storage)
    task = asyncio.create_task(posters.replace(video_id, pieces(picture())))
    await storage.waiting.wait()
    return storage, task


async def test_others_do_not_wait_for_the_disk_that_stores_one(idle: Working) -> None:
    video_id, other = [await idle.upload(b"any", process=False) for _ in range(2)]
    storage, task = await replacing(idle, video_id)
    async with asyncio.timeout(LONGEST_S):
        await idle.parts.uploads.rename(other, "Another")
    assert not (await idle.video(video_id)).own_poster
    storage.gate.set()
    await task
    assert (await idle.video(video_id)).own_poster


async def test_none_is_left_of_a_video_that_is_deleted_meanwhile(idle: Working) -> None:
    video_id = await idle.upload(b"any", process=False)
    storage, task = await replacing(idle, video_id)
    async with asyncio.timeout(LONGEST_S):
        await idle.control.delete(video_id)
    storage.gate.set()
    with pytest.raises(NotFound):
        await task
    assert not list(files_in(idle.folder(video_id)))


async def test_who_sends_one_in_vain_is_told_so_while_others_write(idle: Working) -> None:
    video_id = await idle.upload(b"any", process=False)
    history, posters = idle.parts.history, Posters(idle.settings, idle.parts.history, idle.parts.storage)
    with pytest.raises(NotFound):
        async with history.recording(video_id), asyncio.timeout(LONGEST_S):
            await posters.replace("gone", pieces(picture()))

"""What an upload is found to be, also when others take long to be looked into."""

import asyncio
import contextlib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.media import hostile
from tests.support.waiting import until
from webapp.errors import NotFound
from webapp.keys import original_key
from webapp.pipeline.core_wait import CoreWait
from webapp.pipeline.pieces.probe import probe
from webapp.pipeline.slots import EXPRESS_SLOTS
from webapp.pipeline.work import Work

COSTLY = "a-costly-upload"


@pytest.fixture
async def costly(work: Work, tmp_path: Path) -> Work:
    """For which libavformat takes ten seconds and more."""
    await work.storage.put_file(original_key(COSTLY), hostile.comments(tmp_path / "a.mp3", 100_000))
    return replace(work, video_id=COSTLY, core_wait=CoreWait())


async def test_an_upload_that_is_gone_is_said_to_be(work: Work) -> None:
    await work.storage.delete(original_key(work.video_id))
    with pytest.raises(NotFound):
        await probe(work)


async def test_no_upload_waits_for_one_that_takes_long(work: Work, costly: Work) -> None:
    async with contextlib.AsyncExitStack() as others:
        for _ in range(EXPRESS_SLOTS - 1):
            await others.enter_async_context(work.slots.probing)
        await others.enter_async_context(work.slots.aside.turn())
        taking_long = asyncio.create_task(probe(costly))
        await until(work.slots.probing.locked)
        assert (await probe(work)).picture
        assert not taking_long.done() and costly.core_wait.waiting
        taking_long.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await taking_long

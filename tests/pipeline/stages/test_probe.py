"""What is said of an upload while it waits to be looked into, and after."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.support.waiting import until
from tests.support.working import Working
from webapp.media.facts import Facts
from webapp.media.wanted import WANTED_OF_NEW_RUNS
from webapp.pipeline.children import Children
from webapp.pipeline.journal import Journal
from webapp.pipeline.slots import EXPRESS_SLOTS, Slots
from webapp.pipeline.stages.probe import look_into_it
from webapp.pipeline.work import Work
from webapp.stages import StageState

WAITS = "Waiting to be inspected: other uploads are before it"


@pytest.fixture
async def work(idle: Working, small_video: Path, tmp_path: Path) -> Work:
    video_id = await idle.upload(small_video)
    return Work(idle.parts.storage, Children(60, 60), Slots(1), tmp_path / "scratch", video_id, run=1)


async def at_once(step: Callable[[], Awaitable[Facts]]) -> Facts:
    return await step()


async def test_it_is_not_inspected_while_others_are(idle: Working, work: Work) -> None:
    journal = Journal(idle.parts.history, work.video_id, 1)
    await journal.begin()
    async with contextlib.AsyncExitStack() as others:
        for _ in range(EXPRESS_SLOTS):
            await others.enter_async_context(work.slots.probing)
        looking = asyncio.create_task(look_into_it(work, journal, at_once, WANTED_OF_NEW_RUNS))
        await until(lambda: work.core_wait.waiting)
        assert (await idle.run(work.video_id)).stages[0].state is StageState.WAITING
        page = await idle.page(work.video_id)
        assert WAITS in page and "Inspecting" not in page
    assert (await looking).picture
    assert (await idle.run(work.video_id)).stages[0].state is StageState.DONE
    assert WAITS not in await idle.page(work.video_id)
    states = [event.message for event in await idle.events(work.video_id)]
    assert states[-1].startswith("Inspected: ")

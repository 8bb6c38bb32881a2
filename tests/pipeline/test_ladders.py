"""Ladders of videos that are watched already, beside others that want the same cores."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.support.resuming import Remembered, process
from tests.support.waiting import until
from tests.support.working import Working, children
from webapp.events import StageName, Status
from webapp.pipeline import plan
from webapp.pipeline.slots import Slots
from webapp.runs import Run
from webapp.stages import StageState


@asynccontextmanager
async def processing(idle: Working, source: Path, slots: Slots) -> AsyncIterator[str]:
    """Its id while it is processed; waits for that to end well."""
    video_id = await idle.upload(source)
    task = asyncio.create_task(process(idle, video_id, 1, Remembered(), slots=slots))
    try:
        yield video_id
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert (await idle.run(video_id)).status is Status.READY


async def until_run(idle: Working, video_id: str, so: Callable[[Run], bool]) -> None:
    run = await idle.run(video_id)

    async def look() -> None:
        nonlocal run
        run = await idle.run(video_id)

    await until(lambda: so(run), look=look)


def state(run: Run, name: StageName) -> StageState | None:
    return next((stage.state for stage in run.stages if stage.name is name), None)


async def test_a_ladder_waits_for_none_of_a_run_that_is_still_making_its_sketch(
    idle: Working, slow_444_video: Path, small_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "LONGER_THAN_FULL_HD", 0)
    slots = Slots(1, ladders=1)
    async with AsyncExitStack() as stack:
        others = AsyncExitStack()
        while not slots.sketching.locked():
            await others.enter_async_context(slots.sketching)
        first = await stack.enter_async_context(processing(idle, slow_444_video, slots))
        await until_run(idle, first, lambda run: state(run, StageName.AUDIO) is StageState.DONE)
        async with processing(idle, small_video, slots):
            pass
        assert state(await idle.run(first), StageName.SKETCH) is StageState.WAITING
        await others.aclose()


async def test_that_it_has_no_core_is_said_of_a_ladder_that_is_made_as_a_whole(
    idle: Working, small_video: Path
) -> None:
    slots = Slots(1)
    async with AsyncExitStack() as stack, slots.take("another run"):
        video_id = await stack.enter_async_context(processing(idle, small_video, slots))
        await until_run(
            idle,
            video_id,
            lambda run: state(run, StageName.COPY) is StageState.DONE and run.waits_for_core,
        )


async def test_who_waits_for_a_core_after_the_first_chunk_keeps_no_child(
    idle: Working, slow_444_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "LONGER_THAN_FULL_HD", 1000)
    slots = Slots(1)
    async with AsyncExitStack() as stack, slots.take("another run"):
        video_id = await stack.enter_async_context(processing(idle, slow_444_video, slots))
        await until_run(idle, video_id, lambda run: run.published_segments > 0)
        await until_run(idle, video_id, lambda run: state(run, StageName.AUDIO) is StageState.DONE)
        await until(lambda: not children())

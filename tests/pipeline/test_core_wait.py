"""A run that has no core, because others have them, says so."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.support.facts import facts
from tests.support.waiting import until
from tests.support.working import Working
from webapp.config import Settings
from webapp.events import Status
from webapp.pipeline.core_wait import CoreWait
from webapp.pipeline.journal import Journal
from webapp.pipeline.plan import Plan
from webapp.pipeline.progress import Progress
from webapp.pipeline.slots import Slots


class Clock:
    moment = 100.0

    def __call__(self) -> float:
        return self.moment


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_only_the_time_without_any_core_counts() -> None:
    clock, slots = Clock(), Slots(1)
    wait = CoreWait(clock)
    others, ours = AsyncExitStack(), AsyncExitStack()
    await others.enter_async_context(slots.take("others"))
    first = asyncio.create_task(ours.enter_async_context(wait.during(slots.take("ours"))))
    await settle()
    clock.moment += 3
    assert wait.waiting and wait.waited_s == 3
    await others.aclose()
    await first
    assert not wait.waiting
    second = asyncio.create_task(wait.during(slots.take("ours")).__aenter__())
    await settle()
    clock.moment += 5
    assert not wait.waiting and wait.waited_s == 3  # it has one core, and would have another
    second.cancel()
    await settle()
    await ours.aclose()
    clock.moment += 7
    assert not wait.waiting and wait.waited_s == 3


async def test_whoever_gives_up_waits_no_longer() -> None:
    clock, slots = Clock(), Slots(1)
    wait = CoreWait(clock)
    async with slots.take("others"):
        task = asyncio.create_task(wait.during(slots.take("ours")).__aenter__())
        await settle()
        clock.moment += 2
        task.cancel()
        await settle()
        clock.moment += 2
        assert not wait.waiting and wait.waited_s == 2


async def test_what_is_no_core_is_waited_for_but_not_had() -> None:
    clock, slots, permit = Clock(), Slots(1), asyncio.Semaphore(1)
    wait = CoreWait(clock)
    async with slots.take("others"):
        async with permit:
            ours = asyncio.create_task(wait.during(permit, core=False).__aenter__())
            await settle()
            assert wait.waiting
            clock.moment += 3
        await ours
        assert not wait.waiting and wait.waited_s == 3
        core = asyncio.create_task(wait.during(slots.take("ours")).__aenter__())
        await settle()
        clock.moment += 4
        assert wait.waiting and wait.waited_s == 7
        core.cancel()
        await settle()


@pytest.fixture
async def video_id(idle: Working) -> str:
    return await idle.upload(b"any")


async def test_page_document_and_events_say_it_at_once_and_as_long_as_it_is_so(
    idle: Working, video_id: str
) -> None:
    journal, slots, wait = Journal(idle.parts.history, video_id, 1), Slots(1), CoreWait()
    await journal.begin()
    progress = Progress(journal, Plan.of(facts(30)), 0.01, wait)
    reporting = asyncio.create_task(progress.report())
    said: list[bool | None] = []

    async def look() -> None:
        said.append((await idle.document(video_id)).get("waitingForCore"))

    async with slots.take("others"):
        waiting = asyncio.create_task(wait.during(slots.take("ours")).__aenter__())
        await until(lambda: said[-1] is True, look=look)
        assert "Waiting for a free core" in await idle.page(video_id)
    await waiting
    await until(lambda: said[-1] is None, look=look)
    assert "Waiting for a free core" not in await idle.page(video_id)
    reporting.cancel()
    told = [event.waiting_for_core for event in await idle.events(video_id)]
    assert True in told and told[-1] is None


async def test_a_run_that_ends_or_starts_anew_waits_no_longer(idle: Working, video_id: str) -> None:
    journal = Journal(idle.parts.history, video_id, 1)
    for end in (journal.begin, journal.begin, lambda: idle.control.cancel(video_id)):
        await end()
        assert not (await idle.run(video_id)).waits_for_core
        if (await idle.run(video_id)).status is Status.PROCESSING:
            await journal.tick(10, {}, None, None, waits_for_core=True)
            assert (await idle.events(video_id))[-1].message == "10 % done, waiting for a free core"


async def test_of_two_that_share_a_core_each_says_when_the_other_has_it(
    settings: Settings, slow_444_video: Path
) -> None:
    one_core = settings.model_copy(update={"encoder_slots": 1, "progress_interval_s": 0.05})
    async with Working.started(one_core) as working:
        videos = [await working.upload(slow_444_video) for _ in range(2)]
        for video_id in videos:
            assert (await working.ended(video_id)).status is Status.READY
        for video_id in videos:
            events = await working.events(video_id)
            assert {True, None} == {event.waiting_for_core for event in events}
            assert events[-1].waiting_for_core is None
        run = await working.run(videos[-1])
        assert run.started_at and run.waited_s
        assert run.waited_s > (run.started_at - run.created_at).total_seconds()

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import sqlalchemy as sa

from tests.support.waiting import until
from webapp.config import Settings
from webapp.db import Database
from webapp.pipeline.engine import ATTEMPTS, Cancelled, DbosQueue, Engine, GaveUp, Process, Steps, engine_url
from webapp.pipeline.passing import Passing

VIDEO = "a-video"


@asynccontextmanager
async def started(settings: Settings, process: Process) -> AsyncIterator[Engine]:
    engine = Engine(settings.database_url, process, concurrent_runs=2)
    await engine.start()
    yield engine
    await engine.stop()


@pytest.fixture
async def queue(settings: Settings) -> AsyncIterator[DbosQueue]:
    queue = DbosQueue(settings.database_url)
    yield queue
    await queue.close()


async def enqueue(db: Database, queue: DbosQueue, number: int = 1) -> None:
    async with db.write() as session:
        await queue.enqueue(session, VIDEO, number)


class Job:
    """A workflow of steps, one after the other, whatever becomes of them.

    Attributes:
        runs: how often each was run.
        outcomes: what each returned or raised.
    """

    def __init__(self, **steps: Callable[[], Awaitable[object]]) -> None:
        self._steps = steps
        self.runs: Counter[str] = Counter()
        self.outcomes: dict[str, object] = {}

    async def process(self, video_id: str, number: int, steps: Steps) -> None:
        for name in self._steps:
            self.outcomes[name] = await self._outcome(steps, name)

    async def _outcome(self, steps: Steps, name: str) -> object:
        async def step() -> object:
            self.runs[name] += 1
            return await self._steps[name]()

        try:
            return await steps.reserve(name)(step)
        except Exception as error:
            return error


async def quick() -> object:
    return {"answer": 42}


async def endless() -> object:
    await asyncio.Event().wait()
    return None


async def crash() -> object:
    raise Passing("again, please")


async def refuse() -> object:
    raise LookupError("this will not change")


async def test_place_in_the_queue_and_rows_are_committed_together_or_not_at_all(
    settings: Settings, db: Database, queue: DbosQueue
) -> None:
    calls: list[tuple[str, int]] = []

    async def process(video_id: str, number: int, steps: Steps) -> None:
        calls.append((video_id, number))

    async with db.write() as session:
        await queue.enqueue(session, VIDEO, 1)
        await session.rollback()
    await enqueue(db, queue, number=2)
    async with started(settings, process):
        await until(lambda: bool(calls))
        await enqueue(db, queue, number=3)
        await until(lambda: len(calls) == 2)
    assert calls == [(VIDEO, 2), (VIDEO, 3)]


async def test_a_finished_step_is_not_done_again_after_a_restart(
    settings: Settings, db: Database, queue: DbosQueue
) -> None:
    await enqueue(db, queue)
    first = Job(one=quick, two=endless)
    async with started(settings, first.process):
        await until(lambda: first.runs["two"] == 1)
    second = Job(one=quick, two=quick)
    async with started(settings, second.process):
        await until(lambda: "two" in second.outcomes)
    assert second.outcomes == {"one": {"answer": 42}, "two": {"answer": 42}}
    assert second.runs == {"two": 1}


async def test_a_failure_in_passing_is_tried_a_few_times_and_then_remembered(
    settings: Settings, db: Database, queue: DbosQueue
) -> None:
    first = Job(flaky=crash, then=endless)
    await enqueue(db, queue)
    async with started(settings, first.process):
        await until(lambda: first.runs["then"] == 1)
    assert first.runs["flaky"] == ATTEMPTS
    gave_up = first.outcomes["flaky"]
    assert isinstance(gave_up, GaveUp) and isinstance(gave_up.__cause__, Passing)
    second = Job(flaky=quick, then=quick)
    async with started(settings, second.process):
        await until(lambda: "then" in second.outcomes)
    assert isinstance(second.outcomes["flaky"], GaveUp)
    assert not second.runs["flaky"]


async def test_what_will_not_change_is_not_tried_again(
    settings: Settings, db: Database, queue: DbosQueue
) -> None:
    job = Job(hopeless=refuse)
    await enqueue(db, queue)
    async with started(settings, job.process):
        await until(lambda: bool(job.outcomes))
    assert isinstance(job.outcomes["hopeless"], LookupError)
    assert job.runs == {"hopeless": 1}


async def test_cancelling_ends_a_step_in_its_middle(
    settings: Settings, db: Database, queue: DbosQueue
) -> None:
    job = Job(long=endless)
    await enqueue(db, queue)
    async with started(settings, job.process):
        await until(lambda: job.runs["long"] == 1)
        await queue.cancel(VIDEO, 1)
        await until(lambda: bool(job.outcomes))
    assert isinstance(job.outcomes["long"], Cancelled)


async def test_a_cancelled_run_is_not_taken_up_by_the_next_start(
    settings: Settings, db: Database, queue: DbosQueue
) -> None:
    await enqueue(db, queue, number=1)
    await queue.cancel(VIDEO, 1)
    await enqueue(db, queue, number=2)
    numbers: list[int] = []

    async def process(video_id: str, number: int, steps: Steps) -> None:
        numbers.append(number)

    async with started(settings, process):
        await until(lambda: bool(numbers))
    assert numbers == [2]


def kept(settings: Settings, video_id: str) -> dict[str, int]:
    """How many rows the engine has of a video's runs, by its tables."""
    engine = sa.create_engine(engine_url(settings.database_url))
    tables = ("workflow_status", "workflow_input", "workflow_output", "operation_outputs")
    query = "SELECT count(*) FROM {} WHERE workflow_uuid LIKE :run"
    with engine.connect() as connection:
        found = {
            table: connection.execute(sa.text(query.format(table)), {"run": f"{video_id}/%"}).scalar_one()
            for table in tables
        }
    engine.dispose()
    return {table: count for table, count in found.items() if count}


async def test_nothing_is_kept_of_the_runs_of_a_video_that_is_forgotten(
    settings: Settings, db: Database, queue: DbosQueue
) -> None:
    job = Job(quick=quick)
    async with started(settings, job.process):
        for number in (1, 2):
            await enqueue(db, queue, number)
        await until(lambda: job.runs["quick"] == 2)
        await until(lambda: kept(settings, VIDEO).get("workflow_output") == 2)
        await queue.forget("a_video")  # not the same, but for a pattern
        assert kept(settings, VIDEO)
        await queue.forget(VIDEO)
        assert not kept(settings, VIDEO)


async def test_a_run_that_goes_on_is_not_forgotten(
    settings: Settings, db: Database, queue: DbosQueue
) -> None:
    job = Job(long=endless)
    async with started(settings, job.process):
        await enqueue(db, queue)
        await until(lambda: bool(job.runs["long"]))
        before = kept(settings, VIDEO)
        await queue.forget(VIDEO)
        await queue.cancel(VIDEO, 1)
        await queue.forget(VIDEO)  # it may not have ended yet
        assert kept(settings, VIDEO) == before
        await until(lambda: "long" in job.outcomes)

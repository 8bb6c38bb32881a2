"""A child that is kept from chunk to chunk, as long as that does no harm."""

import asyncio
import resource
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from tests.support.video import make_video
from tests.support.waiting import until
from tests.support.working import children
from webapp.media.answers import Chunk
from webapp.media.facts import Facts
from webapp.media.jobs import ChunkJob, ProbeJob
from webapp.media.limits import MOST_JOBS, MOST_JOBS_AFTER_A_LONG_WAY
from webapp.pipeline.child import ChildCrashed
from webapp.pipeline.children import Children, last_answer
from webapp.pipeline.encoder import SHORT_WAY_FRAMES, Encoder
from webapp.pipeline.plan import Plan

PLENTY = 120


@pytest.fixture
async def plan(small_video: Path) -> Plan:
    facts = await last_answer(Children(PLENTY, PLENTY).answers(ProbeJob(source=str(small_video))))
    assert isinstance(facts, Facts)
    return Plan.of(facts)


@pytest.fixture
async def encoder(small_video: Path) -> AsyncIterator[Encoder]:
    async with Encoder(Children(PLENTY, PLENTY), Lent(small_video)) as encoder:
        yield encoder
    assert not children()


class Lent:
    """A file, and how often somebody has it."""

    def __init__(self, path: Path) -> None:
        self._path, self.times, self.out = path, 0, 0

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[str]:
        self.times, self.out = self.times + 1, self.out + 1
        yield str(self._path)
        self.out -= 1


def job_for(plan: Plan, number: int, folder: Path) -> Callable[[str], ChunkJob]:
    span, folder = plan.chunks[number], folder / str(number)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return lambda source: ChunkJob(
        source=source, folder=str(folder), facts=plan.facts, rungs=plan.rungs[-1:], **span._asdict()
    )


async def encode(encoder: Encoder, plan: Plan, number: int, folder: Path) -> Chunk:
    async with aclosing(encoder.answers(job_for(plan, number, folder), PLENTY)) as answers:
        *_, chunk = [answer async for answer in answers]
    assert isinstance(chunk, Chunk)
    return chunk


def processes() -> set[int]:
    return {child.pid for child in children()}


async def test_a_child_does_one_chunk_after_another(encoder: Encoder, plan: Plan, tmp_path: Path) -> None:
    chunks = [await encode(encoder, plan, 0, tmp_path)]
    only = processes()
    chunks += [await encode(encoder, plan, number, tmp_path) for number in (1, 2)]
    assert [chunk.frames for chunk in chunks] == [50, 100, 75]
    assert processes() == only and len(only) == 1


async def test_when_it_rests_it_has_neither_child_nor_file(
    small_video: Path, plan: Plan, tmp_path: Path
) -> None:
    lent = Lent(small_video)
    async with Encoder(Children(PLENTY, PLENTY), lent) as encoder:
        await encode(encoder, plan, 0, tmp_path)
        assert (len(processes()), lent.out) == (1, 1)
        await encoder.rest()
        assert (len(processes()), lent.out) == (0, 0)
        await encode(encoder, plan, 1, tmp_path)
    assert (len(processes()), lent.out, lent.times) == (0, 0, 2)


async def test_after_a_crash_there_is_another(encoder: Encoder, plan: Plan, tmp_path: Path) -> None:
    await encode(encoder, plan, 0, tmp_path)
    for child in children():
        child.kill()
        child.wait(PLENTY)  # it has ended before this process can notice
    with pytest.raises(ChildCrashed):
        await encode(encoder, plan, 1, tmp_path)
    assert (await encode(encoder, plan, 1, tmp_path)).frames == 100


async def test_who_stops_listening_ends_the_child(encoder: Encoder, plan: Plan, tmp_path: Path) -> None:
    async with aclosing(encoder.answers(job_for(plan, 1, tmp_path), PLENTY)) as answers:
        await anext(answers)
    assert not processes()


async def test_a_cancelled_task_ends_it_too(encoder: Encoder, plan: Plan, tmp_path: Path) -> None:
    task = asyncio.create_task(encode(encoder, plan, 1, tmp_path))
    await until(lambda: bool(processes()))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: not processes())  # one that was just being born ends by itself


async def test_no_child_grows_old(encoder: Encoder, plan: Plan, tmp_path: Path) -> None:
    seen: list[int] = []
    for _ in range(MOST_JOBS + 1):
        assert (await encode(encoder, plan, 0, tmp_path)).frames == 50
        seen += processes()
    assert len(set(seen)) == 2 and seen.count(seen[0]) == MOST_JOBS


async def test_a_child_that_came_a_long_way_grows_older(tmp_path: Path) -> None:
    seconds = (SHORT_WAY_FRAMES + 200) // 50
    source = make_video(
        tmp_path / "a.mp4",
        width=32,
        height=32,
        rate=50,
        seconds=seconds,
        gop=50 * seconds,
        audio=None,
        options={"x264-params": "scenecut=0:bframes=0"},
    )
    facts = await last_answer(Children(PLENTY, PLENTY).answers(ProbeJob(source=str(source))))
    assert isinstance(facts, Facts)
    plan = Plan.of(facts)
    seen: set[int] = set()
    async with Encoder(Children(PLENTY, PLENTY), Lent(source)) as encoder:
        for _ in range(MOST_JOBS + 1):
            await encode(encoder, plan, len(plan.chunks) - 1, tmp_path / "out")
            seen |= processes()
        (child,) = children()
        soft, hard = child.rlimit(resource.RLIMIT_CPU)
    assert len(seen) == 1
    assert soft > PLENTY  # counted anew for each job
    assert hard > MOST_JOBS_AFTER_A_LONG_WAY * PLENTY  # SIGXCPU says why, and SIGKILL does not

import asyncio
import gc
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.waiting import until
from tests.support.working import children
from webapp.media.answers import Answer
from webapp.media.births import Birth
from webapp.media.facts import Facts
from webapp.media.jobs import Limits, ProbeJob
from webapp.media.limits import ADDRESS_SPACE_BYTES
from webapp.pipeline import nursery
from webapp.pipeline.child import Child, ChildCrashed, ChildStalled
from webapp.pipeline.children import Children, last_answer
from webapp.pipeline.nursery import Nursery, Process

BIRTH = Birth(cpu_s=60, memory_bytes=ADDRESS_SPACE_BYTES)
PLENTY = 120
# Beside stdin, stdout and stderr a child has what it opens itself, which is nothing before its first job.
ITS_OWN = 3
NOBODY, MORE_THAN_THE_KERNEL_KEEPS = 0, 10_000


@pytest.fixture(autouse=True)
def no_process_or_descriptor_stays() -> Iterator[None]:
    gc.collect()  # of what others have left
    descriptors = psutil.Process().num_fds()
    yield
    gc.collect()
    assert not psutil.Process().children()
    assert psutil.Process().num_fds() == descriptors


def only_nursery() -> psutil.Process:
    (nursery,) = psutil.Process().children()
    return nursery


async def probe(working: Children, video: Path) -> Answer:
    return await last_answer(working.answers(ProbeJob(source=str(video))))


async def test_many_children_come_from_one_nursery(small_video: Path) -> None:
    working = Children(PLENTY, PLENTY)
    answers = await asyncio.gather(*(probe(working, small_video) for _ in range(6)))
    assert isinstance(answers[0], Facts) and all(answer == answers[0] for answer in answers)
    assert not only_nursery().children()


async def test_to_be_prepared_twice_makes_no_second_nursery(small_video: Path) -> None:
    working = Children(PLENTY, PLENTY)
    for _ in range(2):
        working.prepare()
    prepared = only_nursery()
    assert isinstance(await probe(working, small_video), Facts)
    working.prepare()
    assert only_nursery() == prepared
    working.kill()
    working.prepare()
    assert not psutil.Process().children()


async def test_a_child_has_descriptors_of_no_other() -> None:
    nursery = Nursery()
    born = [await Process.start(nursery, BIRTH) for _ in range(3)]
    await until(lambda: len(children()) == len(born))
    for child in children():
        assert child.num_fds() == ITS_OWN
    for process in born:
        process.kill()
        assert await process.wait() == -signal.SIGKILL
        await process.close()
    assert not children()


async def test_a_child_ends_once_nobody_can_ask_it_for_anything() -> None:
    process = await Process.start(Nursery(), BIRTH)
    process.ask(b"", last=True)
    assert await process.wait() == 0
    await process.close()


async def test_killing_one_that_has_ended_kills_nobody_else(small_video: Path) -> None:
    nursery = Nursery()
    ended, alive = [await Process.start(nursery, BIRTH) for _ in range(2)]
    ended.ask(b"", last=True)
    await ended.wait()
    ended.kill()
    alive.ask(b"", last=True)
    assert await alive.wait() == 0
    for process in (ended, alive):
        await process.close()


async def test_who_does_not_wait_for_a_birth_leaves_nothing() -> None:
    nursery = Nursery()
    nursery.start()
    only_nursery().suspend()
    birth = asyncio.create_task(Process.start(nursery, BIRTH))
    await asyncio.sleep(0.01)
    birth.cancel()
    with pytest.raises(asyncio.CancelledError):
        await birth
    only_nursery().resume()
    await until(lambda: not only_nursery().children())
    process = await Process.start(nursery, BIRTH)
    process.kill()
    await process.close()


async def test_a_nursery_that_is_killed_takes_its_children_along_and_another_takes_its_place(
    small_video: Path,
) -> None:
    working = Children(PLENTY, PLENTY)
    async with working.start() as child:
        await until(lambda: bool(children()))
        alive = children()
        only_nursery().kill()
        assert not psutil.wait_procs(alive, timeout=PLENTY)[1]
        with pytest.raises(ChildCrashed) as crash:  # else it might have answered yet
            await anext(child.answers(ProbeJob(source=str(small_video)), last=True))
        assert crash.value.exit_code == -signal.SIGKILL
    assert isinstance(await probe(working, small_video), Facts)


async def test_who_ends_a_child_of_a_nursery_that_was_killed_hears_nothing_of_that() -> None:
    """Killed with something unread, the kernel says so to whoever writes next."""
    nursery = Nursery()
    alive = await Process.start(nursery, BIRTH)
    killed = only_nursery()
    killed.suspend()
    unread = asyncio.create_task(Process.start(nursery, BIRTH))
    await asyncio.sleep(0)  # it is asked by now
    killed.kill()
    killed.wait(PLENTY)  # before this process can notice
    alive.kill()
    assert await alive.wait() == -signal.SIGKILL
    await alive.close()
    with pytest.raises(ConnectionError):
        await unread
    assert not psutil.Process().children()  # nor is there a new one, to which that child would be nobody


async def test_a_nursery_that_takes_nothing_more_keeps_nobody_waiting() -> None:
    nursery = Nursery()
    alive = await Process.start(nursery, BIRTH)
    stuck = only_nursery()
    stuck.suspend()
    for _ in range(MORE_THAN_THE_KERNEL_KEEPS):
        nursery.kill(NOBODY)
    assert not stuck.is_running()
    assert await alive.wait() == -signal.SIGKILL
    await alive.close()
    process = await Process.start(nursery, BIRTH)
    process.kill()
    await process.close()


async def test_a_child_whose_end_nobody_waits_for_any_more_ends_all_the_same() -> None:
    working = Children(PLENTY, PLENTY)

    async def use() -> None:
        async with working.start():
            await asyncio.Event().wait()

    using = asyncio.create_task(use())
    await until(lambda: bool(children()))
    stuck = only_nursery()
    stuck.suspend()
    descriptors = psutil.Process().num_fds()
    for _ in range(2):  # the first ends the use, the second what waits for the child to be gone
        using.cancel()
        await asyncio.sleep(0.01)
    with pytest.raises(asyncio.CancelledError):
        await using
    del using
    gc.collect()
    stuck.resume()
    await until(lambda: not children())
    await until(lambda: psutil.Process().num_fds() < descriptors)


async def test_a_nursery_that_hangs_before_a_birth_is_followed_by_another() -> None:
    nursery = Nursery()
    nursery.start()
    only_nursery().suspend()
    with pytest.raises(ChildStalled):
        await Child.start(nursery, BIRTH, 0.1, Limits())
    child = await Child.start(nursery, BIRTH, PLENTY, Limits())
    await child.end()


async def test_a_nursery_that_hangs_is_ended_when_a_child_of_it_should_be_gone(
    monkeypatch: pytest.MonkeyPatch, small_video: Path
) -> None:
    monkeypatch.setattr(nursery, "LONGEST_END_S", 0.1)
    working = Children(PLENTY, PLENTY)
    async with working.start():
        await until(lambda: bool(children()))
        stuck = only_nursery()
        stuck.suspend()
    assert not stuck.is_running()
    assert isinstance(await probe(working, small_video), Facts)


def test_a_child_that_is_still_ending_when_the_loop_is_closed_leaves_no_connection_open() -> None:
    async def begin(working: Children) -> None:
        async with working.start():
            await until(lambda: bool(children()))
            only_nursery().suspend()

    with asyncio.Runner() as runner:
        working = Children(PLENTY, PLENTY)
        beginning = runner.get_loop().create_task(begin(working))
        runner.run(until(lambda: bool(children()) and only_nursery().status() == psutil.STATUS_STOPPED))
    assert beginning.cancelled()

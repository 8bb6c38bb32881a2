"""Who waits for a turn, and does without it."""

import asyncio

from tests.support.waiting import LONGEST_S
from webapp.pipeline.excused import unless


async def test_it_has_its_turn_and_gives_it_back() -> None:
    turn, excused = asyncio.Semaphore(1), asyncio.Event()
    async with unless(excused, turn):
        assert turn.locked()
        excused.set()
        assert turn.locked()
    assert not turn.locked()


async def test_who_is_excused_takes_none() -> None:
    turn, excused = asyncio.Semaphore(1), asyncio.Event()
    excused.set()
    async with unless(excused, turn):
        assert not turn.locked()


async def test_who_is_excused_while_waiting_goes_on_and_leaves_the_turn_to_others() -> None:
    turn, excused, begun = asyncio.Semaphore(1), asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        async with unless(excused, turn):
            begun.set()
            await asyncio.sleep(0)

    async with turn:
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0.01)
        assert not begun.is_set()
        excused.set()
        await waiting
        assert begun.is_set() and turn.locked()
    assert not turn.locked()


async def test_who_is_cancelled_while_waiting_leaves_it_too() -> None:
    turn, excused = asyncio.Semaphore(1), asyncio.Event()

    async def wait() -> None:
        async with unless(excused, turn):
            raise AssertionError("it has its turn")

    async with turn:
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert waiting.cancelled()
    async with asyncio.timeout(LONGEST_S), turn:
        pass

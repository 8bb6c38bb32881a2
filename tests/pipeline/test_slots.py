import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import given, strategies as st

from tests.support.waiting import LONGEST_S
from webapp.pipeline.slots import Slots


@dataclass
class Office:
    """Jobs that take a slot and hold it until they are told to leave."""

    slots: Slots
    entered: list[str] = field(default_factory=list)
    inside: set[str] = field(default_factory=set)
    doors: dict[str, asyncio.Event] = field(default_factory=dict)
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def come(self, name: str, run: str, lasting: bool = False, ready: bool = False) -> None:
        """Has a job ask for a slot."""
        self.doors[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._work(name, run, lasting, ready))
        await settle()

    async def leave(self, name: str) -> None:
        self.doors[name].set()
        await self.tasks[name]
        await settle()

    async def _work(self, name: str, run: str, lasting: bool, ready: bool) -> None:
        async with self.slots.take(run, lasting, ready):
            self.entered.append(name)
            self.inside.add(name)
            try:
                await self.doors[name].wait()
            finally:
                self.inside.remove(name)


async def settle() -> None:
    """Lets everything happen that can happen by itself."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_no_more_than_the_slots_are_held_at_a_time() -> None:
    office = Office(Slots(2))
    for name in "abc":
        await office.come(name, run="one")
    assert office.inside == {"a", "b"}
    await office.leave("a")
    assert office.inside == {"b", "c"}
    await office.leave("b")
    await office.leave("c")


async def test_a_run_that_came_later_gets_every_other_slot() -> None:
    office = Office(Slots(2))
    for name in ("a1", "a2", "a3", "a4"):
        await office.come(name, run="a")
    for name in ("b1", "b2"):
        await office.come(name, run="b")
    await office.leave("a1")
    assert office.inside == {"a2", "b1"}
    await office.leave("a2")
    assert office.inside == {"a3", "b1"}
    await office.leave("b1")
    assert office.inside == {"a3", "b2"}
    for name in ("a3", "b2", "a4"):
        await office.leave(name)


async def test_what_lasts_waits_for_what_does_not() -> None:
    office = Office(Slots(1))
    await office.come("holder", run="one", lasting=True)
    await office.come("patient", run="one", lasting=True)
    await office.come("short", run="one")
    for name in ("holder", "short", "patient"):
        await office.leave(name)
    assert office.entered == ["holder", "short", "patient"]


async def test_a_child_that_waits_goes_before_one_that_has_to_be_born() -> None:
    office = Office(Slots(1))
    await office.come("sound", run="one")
    await office.come("without", run="one", lasting=True)
    await office.come("with", run="one", lasting=True, ready=True)
    for name in ("sound", "with", "without"):
        await office.leave(name)
    assert office.entered == ["sound", "with", "without"]


async def test_a_slot_that_is_held_for_long_is_due_to_a_run_that_has_fewer() -> None:
    office = Office(Slots(2))
    for name in ("a1", "a2", "a3"):
        await office.come(name, run="a", lasting=True)
    assert not office.slots.due("a")
    await office.come("b1", run="b", lasting=True)
    assert office.slots.due("a") and office.slots.due_to_others("a")
    await office.leave("a1")
    assert office.inside == {"a2", "b1"}
    await office.come("b2", run="b", lasting=True)
    assert not office.slots.due("a") and not office.slots.due("b")
    for name in ("a2", "b1", "a3", "b2"):
        await office.leave(name)


async def test_a_slot_that_is_held_for_long_is_due_to_short_work_of_its_own_run() -> None:
    office = Office(Slots(1))
    await office.come("chunks", run="a", lasting=True)
    await office.come("sound", run="a")
    assert office.slots.due("a") and not office.slots.due_to_others("a")
    await office.leave("chunks")
    await office.leave("sound")


async def test_equals_get_their_slot_in_the_order_in_which_they_came() -> None:
    office = Office(Slots(1))
    for name in "abcd":
        await office.come(name, run=f"run of {name}")
    for name in "abcd":
        await office.leave(name)
    assert office.entered == ["a", "b", "c", "d"]


async def test_work_that_fails_gives_its_slot_back() -> None:
    slots = Slots(1)
    with pytest.raises(ValueError, match="no good"):
        async with slots.take("one"):
            raise ValueError("no good")
    async with asyncio.timeout(LONGEST_S), slots.take("one"):
        pass


async def test_whoever_is_cancelled_as_its_slot_comes_passes_it_on() -> None:
    office = Office(Slots(1))
    await office.come("holder", run="one")
    await office.come("unlucky", run="two")
    await office.come("next", run="three")
    office.doors["holder"].set()
    await office.tasks["holder"]  # the slot is granted now, but "unlucky" has not run yet
    office.tasks["unlucky"].cancel()
    await settle()
    assert office.inside == {"next"}
    await office.leave("next")


Move = Callable[[Office, str], None]


def _let_in(office: Office, name: str) -> None:
    office.doors[name].set()


def _cancel(office: Office, name: str) -> None:
    office.tasks[name].cancel()


JOBS = st.lists(
    st.tuples(st.sampled_from("abc"), st.booleans(), st.sampled_from([_let_in, _cancel])), max_size=12
)


@given(slots=st.integers(1, 3), jobs=JOBS, order=st.randoms(use_true_random=False), pauses=st.integers(0, 3))
def test_whoever_is_cancelled_whenever_no_slot_is_lost_or_held_twice(
    slots: int, jobs: list[tuple[str, bool, Move]], order: Random, pauses: int
) -> None:
    async def play() -> None:
        office = Office(Slots(slots))
        moves = []
        for number, (run, lasting, move) in enumerate(jobs):
            await office.come(f"{number}", run, lasting)
            moves.append((move, f"{number}"))
        order.shuffle(moves)
        for move, name in moves:
            assert len(office.inside) <= slots
            move(office, name)
            for _ in range(pauses):
                await asyncio.sleep(0)
        for name in office.tasks:
            office.doors[name].set()
            with suppress(asyncio.CancelledError):
                await office.tasks[name]
        for number in range(slots):
            await office.come(f"after {number}", run="a")
        assert len(office.inside) == slots
        await office.come("one too many", run="b")
        assert len(office.inside) == slots
        for task in office.tasks.values():
            task.cancel()
        await asyncio.gather(*office.tasks.values(), return_exceptions=True)

    asyncio.run(play())

"""What an upload is found to be."""

from collections.abc import Awaitable, Callable

from ...media.facts import Facts
from ...media.jobs import QUICK_PROBE_CPU_S, ProbeJob
from ...media.obstacles import Obstacle
from ...media.wanted import WANTED_OF_NEW_RUNS, Wanted
from ..child import ChildCrashed
from ..children import last_answer
from ..work import Work


async def nobody() -> None:
    pass


async def probe(
    work: Work, wanted: Wanted = WANTED_OF_NEW_RUNS, begun: Callable[[], Awaitable[None]] = nobody
) -> Facts:
    """A file for which that takes long gives way to others, and is looked into from the start again.

    `begun` is told once it is not waited for any more.
    """
    try:
        async with work.turn(work.slots.probing), work.source() as source:
            await begun()
            return await work.answer(ProbeJob(source=source, wanted=wanted, cpu_s=QUICK_PROBE_CPU_S), Facts)
    except ChildCrashed as crash:
        if not crash.out_of_time:
            raise
    async with work.turn(work.slots.aside.turn()), work.source() as source:
        return await work.answer(ProbeJob(source=source, wanted=wanted), Facts)


async def claims(work: Work, wanted: Wanted) -> Facts | Obstacle:
    """What an upload that is arriving says of itself, or why it says nothing yet."""
    async with work.source() as source:
        job = ProbeJob(source=source, arriving=work.arriving, wanted=wanted)
        found = await last_answer(work.children.answers(job))
    assert isinstance(found, Facts | Obstacle)
    return found

"""A run that is started, interrupted and started again, without the engine."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.support.waiting import until
from tests.support.working import Working
from webapp.media.wanted import WANTED_OF_NEW_RUNS, Wanted
from webapp.pipeline.children import Children
from webapp.pipeline.engine import Step
from webapp.pipeline.journal import Journal
from webapp.pipeline.processing import Processing
from webapp.pipeline.slots import Slots
from webapp.pipeline.work import Work


class Remembered:
    """Steps of a workflow that keep their outcome in memory, over as many starts as one likes."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def reserve(self, name: str) -> Callable[[Step], Awaitable[Any]]:
        async def run(step: Step) -> Any:
            if name not in self._kept:
                self._kept[name] = await step()
            return self._kept[name]

        return run

    def forget(self, *names: str) -> None:
        for name in names:
            self._kept.pop(name, None)


async def process(
    working: Working,
    video_id: str,
    number: int,
    steps: Remembered,
    wanted: Wanted = WANTED_OF_NEW_RUNS,
    slots: Slots | None = None,
) -> None:
    """One start of a run, as a worker does it, with one slot that nobody else wants unless it gets others."""
    children, slots = Children(60, 60), slots or Slots(1)
    work = Work(working.parts.storage, children, slots, working.settings.scratch_dir, video_id, number)
    journal = Journal(working.parts.history, video_id, number)
    try:
        await Processing(work, journal, steps, slots=1, progress_interval_s=0.25, wanted=wanted).run()
    finally:
        children.kill()


async def interrupted_after(start: Awaitable[None], enough: Callable[[], bool]) -> None:
    """Stops a worker's work the way a kill would, as soon as there is enough of it."""
    task = asyncio.ensure_future(start)
    await asyncio.sleep(0)
    await until(lambda: enough() or task.done())
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

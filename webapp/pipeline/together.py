"""Running things side by side, so that none is left behind."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any


async def together(
    *needed: Coroutine[Any, Any, None], beside: Sequence[Coroutine[Any, Any, None]] = ()
) -> None:
    """Runs all until every needed one has ended, or one of any kind fails: then that is raised.

    Whatever still runs at the end is cancelled, and waited for. Unlike asyncio.TaskGroup this raises the
    exception itself, which the engine's own must be to be recognised.
    """
    waiting = {asyncio.create_task(each) for each in needed}
    helpers = {asyncio.create_task(each) for each in beside}
    everything = waiting | helpers
    try:
        while waiting:
            done, _ = await asyncio.wait(waiting | helpers, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            waiting -= done
            helpers -= done
    finally:
        for task in everything:
            task.cancel()
        await asyncio.gather(*everything, return_exceptions=True)

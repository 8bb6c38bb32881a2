"""Waiting for something to become true, however busy the machine is."""

import asyncio
import time
from collections.abc import Awaitable, Callable

LONGEST_S = 120.0
PAUSE_S = 0.02


async def nothing() -> None:
    pass


async def until(
    condition: Callable[[], bool],
    within_s: float = LONGEST_S,
    look: Callable[[], Awaitable[None]] = nothing,
) -> None:
    """Waits in the event loop for a condition that somebody else makes true, after a `look` each time.

    Raises:
        TimeoutError: it did not come true.
    """
    async with asyncio.timeout(within_s):
        await look()
        while not condition():
            await asyncio.sleep(PAUSE_S)
            await look()


def until_true(condition: Callable[[], bool], within_s: float = LONGEST_S, why: str = "") -> None:
    """The same where there is no event loop; `why` says what was expected."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(why or "it did not come true")
        time.sleep(PAUSE_S)

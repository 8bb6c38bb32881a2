"""Runs that take long where others wait for them: one of these goes on at a time, and none is counted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# Whoever sends more of what takes long has others wait again.
MOST = 16


class Aside:
    """
    Attributes:
        changed: set whenever a run has stepped aside, or come back; who looks at it clears it.
    """

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self._turn = asyncio.Semaphore(1)
        self._runs = 0

    @property
    def runs(self) -> int:
        """How many are, for whom as many others may begin."""
        return min(self._runs, MOST)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits for the runs that stepped aside before this one, and holds up those after it."""
        self._runs += 1
        self.changed.set()
        try:
            async with self._turn:
                yield
        finally:
            self._runs -= 1
            self.changed.set()

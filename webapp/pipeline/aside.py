"""Runs that take long and that nobody has to wait for: they are not counted among those at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# With more of them others wait again: each run under way tells of itself once a second.
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
        """For a probe: one after the other, as they stepped aside."""
        async with self.stepped(), self._turn:
            yield

    @asynccontextmanager
    async def stepped(self) -> AsyncIterator[None]:
        """Has another run begin for this one."""
        self._runs += 1
        self.changed.set()
        try:
            yield
        finally:
            self._runs -= 1
            self.changed.set()

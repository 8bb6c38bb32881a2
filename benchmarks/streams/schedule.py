"""When which event is due."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Schedule:
    """`rate` events a second for each of `videos`, spread evenly, for so many seconds.

    Events are numbered from 0 through all videos; number n is about the video n modulo `videos`.
    """

    videos: int
    rate: float
    seconds: float

    @property
    def rounds(self) -> int:
        """Events of each video."""
        return int(self.rate * self.seconds)

    @property
    def total(self) -> int:
        return self.rounds * self.videos

    def due(self, elapsed_s: float) -> int:
        """How many events should have been published by now."""
        return min(self.total, int(elapsed_s * self.rate * self.videos) + 1)

    async def follow(self, publish: Callable[[range], Awaitable[None]], tick_s: float = 0.0) -> None:
        """Has events published as they fall due, at least `tick_s` apart."""
        clock = asyncio.get_running_loop().time
        began, done = clock(), 0
        while done < self.total:
            due = self.due(clock() - began)
            if due > done:
                await publish(range(done, due))
                done = due
            next_s = done / (self.rate * self.videos) - (clock() - began)
            await asyncio.sleep(max(0, tick_s, next_s))

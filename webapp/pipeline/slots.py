"""The cores, shared among the runs."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from .aside import Aside

# Beside those who encode. Encoders take seconds for a segment, and a new upload would wait for one to end.
EXPRESS_SLOTS = 2


@dataclass(slots=True, eq=False)
class Waiter:
    run: str
    lasting: bool
    ready: bool
    order: int
    granted: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Slots:
    """As many children at a time as there are slots.

    The run that has the fewest goes first, so that no run holds up another, then what does not last, who has
    a child already, and among equals who waited longest.

    Attributes:
        probing, copying, opening, sounding, sketching, posing: to be held, instead of a slot, for what makes
            an upload playable, for what is watched while it is made, and for the poster of a player. A chunk
            of 4K holds a slot for half a minute; and a copy may be as long as the upload's way from storage,
            so none of these kinds waits for another.
        aside: for probes that take longer than usual, and runs that are watched already: others do not wait
            for them either.
        ladders: to be held, beside slots, for the ladder of a run that is watched already.
    """

    def __init__(self, slots: int, ladders: int = 1) -> None:
        """`ladders`: how many of those runs share the slots."""
        express = (asyncio.Semaphore(EXPRESS_SLOTS) for _ in range(6))
        self.probing, self.copying, self.opening, self.sounding, self.sketching, self.posing = express
        self.aside, self.ladders = Aside(), asyncio.Semaphore(ladders)
        self._free = slots
        self._held: Counter[str] = Counter()
        self._waiting: list[Waiter] = []
        self._orders = count()

    @asynccontextmanager
    async def take(self, run: str, lasting: bool = False, ready: bool = False) -> AsyncIterator[None]:
        """Waits for a slot and holds it.

        Args:
            lasting: whether it is held for one piece of work after another; between them, ask whether it
                is `due`.
            ready: whether a child waits, with all its memory.
        """
        waiter = Waiter(run, lasting, ready, next(self._orders))
        self._waiting.append(waiter)
        self._grant()
        try:
            await waiter.granted
            yield
        finally:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
            elif waiter.granted.done():
                self._free += 1
                self._held[run] -= 1
                self._held += Counter()  # forgets those at zero
            self._grant()

    @property
    def taken(self) -> bool:
        """Whether all are, so that who wants one has to wait."""
        return not self._free

    def due(self, run: str) -> bool:
        """Whether somebody waits to whom `run` should leave a slot that it holds for long."""
        return self.due_to_others(run) or any(
            waiter.run == run and not waiter.lasting for waiter in self._waiting
        )

    def due_to_others(self, run: str) -> bool:
        """Whether a run waits that has fewer slots."""
        return any(self._held[waiter.run] < self._held[run] for waiter in self._waiting)

    def _grant(self) -> None:
        while self._free and self._waiting:
            chosen = min(self._waiting, key=self._turn)
            self._waiting.remove(chosen)
            self._free -= 1
            self._held[chosen.run] += 1
            if not chosen.granted.done():
                chosen.granted.set_result(None)

    def _turn(self, waiter: Waiter) -> tuple[int, bool, bool, int]:
        """The least goes first."""
        return self._held[waiter.run], waiter.lasting, not waiter.ready, waiter.order

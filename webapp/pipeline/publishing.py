"""Publishes a package while it grows."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

# Playlists are written at most so often; sound is encoded much faster than anybody could hear it.
SHORTEST_PAUSE_S = 0.5


class Watchable(Protocol):
    """A package that can be watched before it is complete."""

    @property
    def published(self) -> int:
        """How many segments from the start can be watched."""

    @property
    def playable(self) -> bool:
        """Whether there is a beginning to play."""

    @property
    def complete(self) -> bool:
        """Whether the lists that are written say that nothing will be added to them."""

    @property
    def end_s(self) -> float:
        """The second up to which there is a picture."""

    async def write(self) -> None:
        """Stores all playlists as of now."""

    async def listed(self) -> int:
        """How many segments the playlists in storage name, whoever has written them."""


class Publisher:
    """Writes a package's lists whenever there is news of it. No list gets shorter.

    Attributes:
        done: set once a package is published that is complete; no list is written any more then.
    """

    def __init__(
        self, package: Watchable, tell: Callable[[Watchable, int], Awaitable[None]], published: int = 0
    ) -> None:
        """
        Args:
            tell: hears each time of which package how many segments can be watched.
            published: what an earlier process told at last, which may be more than is known here yet.
        """
        self._package, self._tell, self._published = package, tell, published
        self._covered_s = 0.0
        self._news = asyncio.Event()
        self.done = asyncio.Event()

    def news(self) -> None:
        """There is more of the package, or nothing will be added to a part of it."""
        self._news.set()

    def turn_to(self, package: Watchable) -> None:
        """Has another package take the place of this one, as soon as it goes as far."""
        self._covered_s = self._package.end_s
        self._package = package
        self.news()

    async def grow(self) -> None:
        """Publishes whatever is new, until cancelled."""
        await self._recall()
        while True:
            await self._news.wait()
            self._news.clear()
            if await self.publish():
                await asyncio.sleep(SHORTEST_PAUSE_S)

    async def _recall(self) -> None:
        """An earlier process may have been killed between writing its lists and saying so."""
        if self._published:
            self._published = max(self._published, await self._package.listed())

    async def publish(self) -> bool:
        """As of now, if it can be watched. Whether there was something, and more may come."""
        package = self._package
        if self.done.is_set() or not package.playable:
            return False
        # What comes while they are stored is not in the lists.
        published, complete = package.published, package.complete
        if published < self._published and not complete:
            return False
        if package.end_s < self._covered_s:
            return False
        await package.write()
        self._published = published
        await self._tell(package, published)
        if complete:
            self.done.set()
        return not complete

"""Who tells the streams that a video has news. Only a wake-up: what the news is stands in the database.

A wake-up may get lost; streams look for themselves now and then. Adapters are chosen by BROKER_URL in app.py.
"""

from collections.abc import Callable
from typing import Protocol

Listener = Callable[[str, int], None]


class Broker(Protocol):
    async def wake(self, video_id: str, seq: int) -> None:
        """Says that events up to `seq` are committed. Never fails: a broker that is away loses it."""
        ...

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener` with (video id, seq) in the event loop from now on; returns how to stop that."""
        ...

    async def close(self) -> None: ...

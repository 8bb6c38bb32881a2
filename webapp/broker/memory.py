"""Wake-ups inside one process."""

from collections.abc import Callable

from . import Listener


class MemoryBroker:
    def __init__(self) -> None:
        self._listeners: set[Listener] = set()

    async def wake(self, video_id: str, seq: int) -> None:
        for listener in list(self._listeners):
            listener(video_id, seq)

    def listen(self, listener: Listener) -> Callable[[], None]:
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    async def close(self) -> None:
        self._listeners.clear()

"""Wake-ups inside one process."""

from collections.abc import Callable

import structlog

from . import Listener

log = structlog.get_logger()


class MemoryBroker:
    def __init__(self) -> None:
        self._listeners: set[Listener] = set()

    async def wake(self, video_id: str, seq: int) -> None:
        for listener in list(self._listeners):
            try:
                listener(video_id, seq)
            except Exception:  # who tells has done nothing wrong
                log.exception("a listener failed", video=video_id, seq=seq)

    def listen(self, listener: Listener) -> Callable[[], None]:
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    async def close(self) -> None:
        self._listeners.clear()

"""The end of an upload whose last byte is there."""

import asyncio

from ..errors import NotFound
from ..history import History
from ..keys import storage_prefix
from ..storage import Storage
from ..videos import Video
from .journal import Then, UploadJournal
from .onlooker import Onlooker

COMPLETED_WITHIN_S = 10


class Completion:
    def __init__(self, history: History, storage: Storage, onlooker: Onlooker | None) -> None:
        self._history, self._storage, self._onlooker = history, storage, onlooker
        self._under_way: set[asyncio.Task[Video]] = set()

    async def assured(self, video_id: str, received: int, then: Then | None) -> Video:
        """Goes on to its end also if the client, who has sent everything, does not wait for it."""
        completing = asyncio.create_task(self.complete(video_id, received, then))
        self._under_way.add(completing)
        completing.add_done_callback(self._under_way.discard)
        return await asyncio.shield(completing)

    async def complete(self, video_id: str, received: int, then: Then | None = None) -> Video:
        """
        Raises:
            NotFound: the video was deleted.
        """
        if self._onlooker:
            await self._onlooker.ended(video_id, whole=True)
        try:
            return await UploadJournal(self._history, video_id).complete(received, then)
        except NotFound:  # deleted in between, when there was no file yet
            await self._storage.delete(storage_prefix(video_id))
            raise

    async def close(self) -> None:
        """Waits for uploads whose last byte is there to be called complete."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=COMPLETED_WITHIN_S)

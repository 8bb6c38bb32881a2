"""Deleting a video's files for good, and what the queue knows of its runs, also where somebody is killed in
the middle of it.

A mark is put down before the rows go. Whatever is left under a marked video without a row is removed by the
worker, at its start and every hour: files that a crash left, and those that a run, killed just then, still
stored. Without a mark nothing is touched: a video whose row is missing may be one to restore.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from ..errors import NotFound, Unavailable
from ..history import History
from ..keys import storage_prefix
from ..storage import Storage

log = structlog.get_logger()

MARKS = "deleted/"
SWEEP_S = 3600.0
MARKS_AT_ONCE = 1000
# A run notices within seconds that its video is gone; until then it may still store something.
MARK_LASTS_S = 60.0


class Deletion:
    def __init__(self, history: History, storage: Storage, forget: Callable[[str], Awaitable[None]]) -> None:
        """`forget` removes what a RunQueue knows of a video."""
        self._history, self._storage, self._forget = history, storage, forget

    async def mark(self, video_id: str) -> bool:
        """Announces that the video's rows are about to go; whether that could be written down.

        A full disk is no reason to stop: deleting is how it gets empty.
        """
        try:
            await self._storage.put_bytes(MARKS + video_id, b"")
        except Unavailable as error:
            log.warning("deletion not marked", video=video_id, exc_info=error)
            return False
        return True

    async def forget(self, video_id: str) -> None:
        """Removes what the queue keeps of the video's runs; where that fails, a sweep does it."""
        try:
            await self._forget(video_id)
        except Exception as error:
            log.warning("queue not told", video=video_id, exc_info=error)

    async def run(self) -> None:
        """Sweeps until cancelled."""
        while True:
            try:
                await self.sweep()
            except Exception:
                log.exception("cannot sweep what was deleted")
            await asyncio.sleep(SWEEP_S)

    async def sweep(self) -> None:
        """Removes what is left of up to MARKS_AT_ONCE deleted videos."""
        for video_id in await self._storage.names(MARKS, MARKS_AT_ONCE):
            try:
                if not await self._history.knows(video_id):
                    await self._storage.delete(storage_prefix(video_id))
                    await self._forget(video_id)
                marked = (await self._storage.stat(MARKS + video_id)).modified
                if marked + MARK_LASTS_S < time.time():
                    await self._storage.delete(MARKS + video_id)
            except NotFound:
                continue  # another sweep was faster
            except Unavailable as error:
                log.warning("deleted video left behind", video=video_id, exc_info=error)

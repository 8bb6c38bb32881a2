"""All who watch one video: what is new is read once, encoded once per format, and handed to each."""

import asyncio
from collections import defaultdict

import structlog

from ..db import Database
from ..history import events_after, newest_event
from .formats import Format
from .replay import BATCH_ROWS
from .subscription import Subscription

log = structlog.get_logger()

AFTER_ERROR_S = 1.0


class Channel:
    """
    Attributes:
        cursor: the newest event that was handed out, or that was there before anybody watched; None until
            that is known. A subscription that is made earlier than it is read misses nothing.
    """

    def __init__(self, db: Database, video_id: str) -> None:
        self._db, self.video_id = db, video_id
        self.subscriptions: set[Subscription] = set()
        self.cursor: int | None = None
        self._ready, self._woken = asyncio.Event(), asyncio.Event()
        self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """There may be news."""
        self._woken.set()

    async def ready(self) -> None:
        """From here on everything new reaches the subscriptions."""
        await self._ready.wait()

    def close(self) -> None:
        self._task.cancel()

    async def _run(self) -> None:
        while True:
            try:
                await self._deliver()
                self._ready.set()
            except Exception:
                log.exception("cannot read events", video=self.video_id)
                await asyncio.sleep(AFTER_ERROR_S)
                continue
            await self._woken.wait()
            self._woken.clear()

    async def _deliver(self) -> None:
        async with self._db.read() as session:
            newest = await newest_event(session, self.video_id)
            if newest is None:
                self._end()
                return
            if self.cursor is None:
                self.cursor = newest.seq
            if newest.seq == self.cursor:
                return
            rows = await events_after(session, self.video_id, self.cursor, BATCH_ROWS)
        by_format: dict[Format, list[Subscription]] = defaultdict(list)
        for subscription in self.subscriptions:
            by_format[subscription.format].append(subscription)
        for format, subscriptions in by_format.items():
            frames = await format.frames(self.video_id, rows)
            for subscription in subscriptions:
                subscription.offer(frames)
        self.cursor = rows[-1].seq
        if self.cursor < newest.seq:
            self.wake()
        elif newest.status.terminal:
            self._end()

    def _end(self) -> None:
        for subscription in self.subscriptions:
            subscription.end()

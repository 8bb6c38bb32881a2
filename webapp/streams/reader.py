"""Reads what is new, for all channels that were woken in one go, and hands it to them."""

import asyncio
import time
from collections.abc import Sequence
from itertools import groupby

import structlog

from ..db import Database
from ..history import KeptEvent, events_beyond
from ..videos import newest_seqs
from .channel import Channel
from .metrics import Metrics
from .topic import VideoTopic

log = structlog.get_logger()

CHANNELS_PER_QUERY = 200  # two variables each, below SQLite's limit
ROWS_PER_QUERY = 2000
AFTER_ERROR_S = 1.0


class Reader:
    """One for all channels: under load a query serves as many of them as were woken since the last."""

    def __init__(self, db: Database, metrics: Metrics) -> None:
        self._db, self._metrics = db, metrics
        self._dirty: dict[Channel, float] = {}
        self._woken = asyncio.Event()

    def wake(self, channel: Channel) -> None:
        """The channel may have news."""
        self._dirty.setdefault(channel, time.monotonic())
        self._woken.set()

    async def run(self) -> None:
        """Reads until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            dirty, self._dirty = self._dirty, {}
            try:
                await self._read(dirty)
            except Exception:
                log.exception("cannot read events")
                await asyncio.sleep(AFTER_ERROR_S)
                for channel in dirty:
                    self.wake(channel)

    async def _read(self, dirty: dict[Channel, float]) -> None:
        videos = [c for c in dirty if c.primed and isinstance(c.topic, VideoTopic)]
        for first in range(0, len(videos), CHANNELS_PER_QUERY):
            await self._read_videos(videos[first : first + CHANNELS_PER_QUERY], dirty)
        for channel in dirty:
            if channel.primed and not isinstance(channel.topic, VideoTopic):
                await self._hand_over(channel, await channel.read_after(channel.number), dirty[channel])

    async def _read_videos(self, channels: Sequence[Channel], dirty: dict[Channel, float]) -> None:
        async with self._db.read() as session:
            cursors = [(channel.topic.key, channel.number) for channel in channels]
            rows = await events_beyond(session, cursors, ROWS_PER_QUERY)
            by_video = {key: list(group) for key, group in groupby(rows, lambda row: row.video_id)}
            silent = [channel for channel in channels if channel.topic.key not in by_video]
            alive = await newest_seqs(session, [channel.topic.key for channel in silent]) if silent else {}
        for channel in channels:
            if channel.topic.key in by_video:
                await self._hand_over(channel, by_video[channel.topic.key], dirty[channel])
            elif len(rows) == ROWS_PER_QUERY:
                self.wake(channel)
            elif channel.topic.key not in alive:
                channel.end()
        if len(rows) == ROWS_PER_QUERY:  # the last channel's may be incomplete
            for channel in channels:
                self.wake(channel)

    async def _hand_over(self, channel: Channel, rows: Sequence[KeptEvent], woken_at: float) -> None:
        if rows:
            await channel.take_in(rows)
            self._metrics.told_after(time.monotonic() - woken_at)

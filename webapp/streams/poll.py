"""Looks now and then whether anything watched has news, so that a lost wake-up only delays."""

import asyncio
from collections.abc import Mapping

import structlog

from ..db import Database
from ..videos import newest_seqs
from .channel import Channel
from .reader import Reader
from .topic import VideoTopic

log = structlog.get_logger()

IDS_PER_QUERY = 500  # below SQLite's limit on variables


class Poll:
    def __init__(self, db: Database, channels: Mapping[str, Channel], reader: Reader, every_s: float) -> None:
        self._db, self._channels, self._reader, self._every_s = db, channels, reader, every_s

    async def run(self) -> None:
        """Looks until cancelled."""
        while True:
            await asyncio.sleep(self._every_s)
            watched = [channel for channel in self._channels.values() if channel.primed]
            videos = [channel for channel in watched if isinstance(channel.topic, VideoTopic)]
            try:
                for first in range(0, len(videos), IDS_PER_QUERY):
                    await self._look(videos[first : first + IDS_PER_QUERY])
            except Exception:
                log.exception("cannot look for news")
            for channel in watched:
                if not isinstance(channel.topic, VideoTopic):
                    self._reader.wake(channel)  # one query, whatever the number of videos

    async def _look(self, channels: list[Channel]) -> None:
        async with self._db.read() as session:
            seqs = await newest_seqs(session, [channel.topic.key for channel in channels])
        for channel in channels:
            if seqs.get(channel.topic.key) != channel.number:
                self._reader.wake(channel)

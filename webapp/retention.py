"""Forgets events that are too old. How many there may be of a video is held where they are written."""

import asyncio
from datetime import timedelta

import structlog

from .config import Settings
from .db import Database, now
from .history import forget_older

log = structlog.get_logger()

LOOK_S = 3600.0
ROWS_AT_ONCE = 1000  # writers get their turn between


class Retention:
    def __init__(self, db: Database, settings: Settings) -> None:
        self._db, self._age = db, timedelta(seconds=settings.history_max_age_s)

    async def run(self) -> None:
        """Forgets until cancelled."""
        while True:
            try:
                while await self.forget_some() == ROWS_AT_ONCE:
                    pass
            except Exception:
                log.exception("cannot tidy up the history")
            await asyncio.sleep(LOOK_S)

    async def forget_some(self) -> int:
        """Forgets up to ROWS_AT_ONCE; returns how many it were."""
        async with self._db.write() as session:
            return await forget_older(session, now() - self._age, ROWS_AT_ONCE)

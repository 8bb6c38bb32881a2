"""Forgets events that are too old. How many there may be of a video is held where they are written."""

import asyncio
from datetime import timedelta

import structlog

from .config import Settings
from .db import Database, now
from .history import forget, older_than

log = structlog.get_logger()

LOOK_S = 3600.0
IDS_AT_ONCE = 50_000
ROWS_AT_ONCE = 500  # writers get their turn between


class Retention:
    def __init__(self, db: Database, settings: Settings) -> None:
        self._db, self._age = db, timedelta(seconds=settings.history_max_age_s)

    async def run(self) -> None:
        """Forgets until cancelled."""
        while True:
            try:
                while await self.forget_old() == IDS_AT_ONCE:
                    pass
            except Exception:
                log.exception("cannot tidy up the history")
            await asyncio.sleep(LOOK_S)

    async def forget_old(self) -> int:
        """Forgets up to IDS_AT_ONCE events that are too old; returns how many it were.

        Looking for them may read all that is kept, so it is done as a reader, who is in nobody's way.
        """
        async with self._db.read() as session:
            old = await older_than(session, now() - self._age, IDS_AT_ONCE)
        for first in range(0, len(old), ROWS_AT_ONCE):
            async with self._db.write() as session:
                await forget(session, old[first : first + ROWS_AT_ONCE])
        return len(old)

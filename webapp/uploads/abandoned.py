"""Uploads whose process was killed."""

import asyncio
from datetime import timedelta

import structlog

from ..db import Database, now
from ..history import History, Recorder
from ..keys import original_key
from ..storage import Storage
from ..videos import uploads_under_way
from . import shelf
from .completion import Completion
from .journal import Then, UploadJournal

log = structlog.get_logger()

# Of an upload whose process is gone storage may know; else it was last heard of so many idle limits ago.
ABANDONED_AFTER_IDLES = 2


class Abandoned:
    def __init__(
        self,
        db: Database,
        history: History,
        storage: Storage,
        completion: Completion,
        idle_s: float,
        start: Then | None = None,
    ) -> None:
        self._db, self._history, self._storage = db, history, storage
        self._completion, self._idle_s, self._start = completion, idle_s, start

    async def watch(self) -> None:
        """Marks them as broken off, until cancelled."""
        while True:
            oldest = now() - timedelta(seconds=self._idle_s * ABANDONED_AFTER_IDLES)
            try:
                async with self._db.read() as session:
                    under_way = await uploads_under_way(session)
            except Exception:
                log.exception("cannot look for abandoned uploads")
                under_way = {}
            for video_id, seen_at in under_way.items():
                try:
                    if await self._storage.discard_orphans(original_key(video_id)) or seen_at < oldest:
                        await self._give_up(video_id)
                except Exception:
                    log.exception("abandoned upload not cleared away yet", video=video_id)
            await asyncio.sleep(self._idle_s)

    async def _give_up(self, video_id: str) -> None:
        """What lies there first: who is marked is not looked at again."""
        # Not what may still be arriving: somebody may only have been silent for long.
        await shelf.clear_made_of_it(self._storage, video_id)
        journal = UploadJournal(self._history, video_id)
        whole = await shelf.size_of(self._storage, video_id)
        if whole is None:
            await journal.interrupt()
            return
        # Its process was killed before it could say so; what could be watched of it then is gone.
        await journal.withdraw()
        await self._completion.complete(video_id, whole, self._go_on)

    async def _go_on(self, recorder: Recorder) -> None:
        if self._start and recorder.video.process_wanted:
            await self._start(recorder)

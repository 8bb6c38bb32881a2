"""Lets people watch an upload before it is complete.

Beside the upload, and not durable: if this is lost, or fails, the run that follows does all of it. What it
got done is left in storage as that run would leave it, with a Handover that says so.
"""

import asyncio
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from ..errors import NotFound
from ..events import EventType, StageName, Status
from ..history import History
from ..keys import original_key, storage_prefix
from ..media.obstacles import Obstacle
from ..media.wanted import Wanted
from ..storage import Incoming, ReadableEarly, Storage
from . import describe
from .children import Children
from .early_release import EarlyRelease
from .pieces.probe import claims
from .slots import Slots
from .together import together
from .work import Work

log = structlog.get_logger()

# Each keeps a child or two that read along.
MOST_AT_A_TIME = 2
LOOK_S = 0.1
RESERVE_BYTES = 64_000_000  # for what others write meanwhile
# A child is killed at once; a file that is being written to a slow disk is not.
STOPPED_WITHIN_S = 60.0


class NoRoom(Exception):
    """The disk is needed for the upload itself."""


@dataclass(eq=False)
class Attempt:
    """One upload's early phase. `release` is there once there may be something to watch."""

    task: asyncio.Task[None]
    work: Work | None = None
    release: EarlyRelease | None = None


class Early:
    """An uploads.onlooker.Onlooker: hears of uploads, and has no say in them."""

    def __init__(
        self,
        history: History,
        storage: Storage,
        children: Children,
        slots: Slots,
        scratch: Path,
        chunks_ahead: int,
        wanted: Wanted,
    ) -> None:
        self._history, self._storage = history, storage
        self._children, self._slots, self._scratch = children, slots, scratch
        self._chunks_ahead, self._wanted = chunks_ahead, wanted
        self._turns = asyncio.Semaphore(MOST_AT_A_TIME)
        self._attempts: dict[str, Attempt] = {}

    def begun(self, video_id: str, size: int) -> None:
        if isinstance(self._storage, ReadableEarly):
            task = asyncio.create_task(self._watched(video_id, size, self._storage))
            self._attempts[video_id] = Attempt(task)

    async def ended(self, video_id: str, *, whole: bool) -> None:
        attempt = self._attempts.pop(video_id, None)
        if attempt is None:
            return
        try:
            await _stopped(attempt)
            if attempt.work is None:
                return
            handover = attempt.release and attempt.release.handover
            if whole and handover and attempt.task.done():
                await handover.write(attempt.work)
            else:
                await self._take_back(attempt.work)
        except Exception:
            log.exception("early phase not ended well", video=video_id)
            if attempt.work:
                await self._give_up(attempt.work)

    async def stop(self) -> None:
        """Ends all; the uploads are about to break off."""
        await _stopped(*self._attempts.values())

    async def _watched(self, video_id: str, size: int, storage: ReadableEarly) -> None:
        structlog.contextvars.bind_contextvars(video=video_id)
        try:
            async with self._turns:
                await self._release(video_id, size, storage)
        except NotFound:
            log.info("video deleted while it came")
        except Exception as error:
            log.warning("not watchable before the upload is complete", exc_info=error)

    async def _release(self, video_id: str, size: int, storage: ReadableEarly) -> None:
        incoming = await _arriving(storage, original_key(video_id))
        async with self._history.reading(video_id) as (_, video):
            number = video.run + 1
        work = Work(
            self._storage,
            self._children,
            self._slots,
            self._scratch,
            video_id,
            number,
            incoming=incoming,
            size=size,
        )
        await work.publication.discard(0)  # what is left of an upload that broke off
        attempt = self._attempts[video_id]
        attempt.work = work
        found = await claims(work, self._wanted)
        if isinstance(found, Obstacle):
            await self._tell_obstacle(video_id, found)
            return
        attempt.release = EarlyRelease(work, self._history, found, self._chunks_ahead)
        try:
            await together(attempt.release.run(), beside=[_room(incoming, size)])
        except NoRoom:
            attempt.release = None
            await self._take_back(work)
            raise

    async def _tell_obstacle(self, video_id: str, found: Obstacle) -> None:
        why = describe.obstacle(found)
        async with self._history.recording(video_id) as recorder:
            if recorder.video.status is Status.UPLOADING:
                recorder.video.watchable_later_because = why
                message = f"Can be watched once the upload is complete: {why}"
                recorder.record(EventType.UPLOADING, message, stage=StageName.RECEIVE)

    async def _give_up(self, work: Work) -> None:
        try:
            await self._take_back(work)
        except Exception:
            log.exception("left something of an early phase behind", video=work.video_id)

    async def _take_back(self, work: Work) -> None:
        """Leaves the video as if there had been nothing to watch."""
        try:
            async with self._history.recording(work.video_id) as recorder:
                if recorder.video.published_run == work.run:
                    recorder.video.published_run = 0
        except NotFound:  # deleted; what was stored after that goes, too
            await self._storage.delete(storage_prefix(work.video_id))
            return
        await work.publication.discard(0)


async def _arriving(storage: ReadableEarly, key: str) -> Incoming:
    """Once its first bytes are there."""
    while True:
        if incoming := storage.arriving(key):
            return incoming
        await asyncio.sleep(LOOK_S)


async def _room(incoming: Incoming, size: int) -> None:
    """Watches over the disk.

    Raises:
        NoRoom: what is still to come of the upload would not fit any more.
    """
    while True:
        with suppress(FileNotFoundError):  # it is complete
            to_come = size - incoming.draft.stat().st_size
            if shutil.disk_usage(incoming.draft.parent).free < to_come + RESERVE_BYTES:
                raise NoRoom
        await asyncio.sleep(LOOK_S)


async def _stopped(*attempts: Attempt) -> None:
    for attempt in attempts:
        attempt.task.cancel()
    if attempts:
        await asyncio.wait([attempt.task for attempt in attempts], timeout=STOPPED_WITHIN_S)

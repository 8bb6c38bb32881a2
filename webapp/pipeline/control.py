"""What people can ask of the pipeline: process this, stop that, delete it."""

from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import Conflict, Unavailable
from ..events import EventType, StageName, Status
from ..history import History, Recorder
from ..keys import storage_prefix
from ..runs import Run, get_run
from ..stages import Stage, StageState
from ..storage import Storage
from ..videos import Video, no_such_video
from .deletion import Deletion
from .places import Waiting, moved_up, tell_place, tell_places
from .publication import Publication
from .run_row import end_run

log = structlog.get_logger()

RUN_STAGES = (
    StageName.PROBE,
    StageName.COPY,
    StageName.POSTER,
    StageName.PREVIEWS,
    StageName.VIDEO,
    StageName.AUDIO,
    StageName.PUBLISH,
)


class RunQueue(Protocol):
    """Where runs wait for a worker."""

    async def enqueue(self, session: AsyncSession, video_id: str, number: int) -> None:
        """Within the session's transaction: the run and its place in the queue are committed together."""
        ...

    async def cancel(self, video_id: str, number: int) -> None:
        """Ends the run within about a second, also in the middle of a step."""
        ...

    async def forget(self, video_id: str) -> None:
        """Keeps nothing of the video's runs that are over; one that was just cancelled may not be yet."""
        ...


class Control:
    def __init__(self, history: History, storage: Storage, queue: RunQueue) -> None:
        self._history, self._storage, self._queue = history, storage, queue
        self._deletion = Deletion(history, storage, queue.forget)

    async def process(self, video_id: str, again: bool = False) -> Video:
        """Makes a run, unless one is under way or the video is ready and nobody wants it `again`.

        Raises:
            NotFound: there is no such video.
            Conflict: nothing was uploaded yet.
        """
        async with self._history.recording(video_id) as recorder:
            video = recorder.video
            if video.uploaded_at is None:
                raise Conflict(
                    "nothing_uploaded", "There is nothing to process yet.", "Upload the file first."
                )
            if video.status is Status.PROCESSING or (video.status is Status.READY and not again):
                return video
            await self.start(recorder)
        return recorder.video

    async def start(self, recorder: Recorder) -> None:
        """Makes a run of the recorder's video, whose file is there, in its transaction."""
        video, session = recorder.video, recorder.session
        video.run += 1
        video.status, video.progress, video.failure = Status.PROCESSING, 0, None
        run = Run(video_id=video.id, number=video.run, replaces=video.published_run)
        if video.published_run == video.run:  # of itself, before it began
            run.replaces, run.playable_s = 0, 0.0
        run.stages = [Stage(name=name) for name in RUN_STAGES]
        session.add(run)
        await session.flush()
        await tell_place(recorder, run, milestone=True)
        await self._queue.enqueue(session, video.id, run.number)

    async def cancel(self, video_id: str) -> Video:
        """Stops the run that is under way; harmless if there is none. What stands in for its ladder stays.

        Raises:
            NotFound: there is no such video.
        """
        behind: list[Waiting] = []
        async with self._history.recording(video_id) as recorder:
            video = recorder.video
            if video.status is not Status.PROCESSING:
                return video
            run = await get_run(recorder.session, video_id, video.run)
            queued = run.queued
            end_run(video, run, Status.CANCELLED, StageState.STOPPED)
            recorder.record(EventType.STATUS, f"Cancelled{_what_stays(run)}", run=run)
            if queued:
                behind = await moved_up(recorder.session, run)
        await self._stop(video_id, run.number)
        await tell_places(self._history, behind)
        if queued:  # no worker is going to clear away what was made while the file came
            try:
                await Publication(self._storage, video_id, run.number).discard(run.replaces)
            except Unavailable as error:
                log.warning("left something behind", video=video_id, run=run.number, exc_info=error)
        return video

    async def delete(self, video_id: str) -> None:
        """Removes the video with its files and its history.

        Raises:
            NotFound: there is no such video.
            Unavailable: its files could not be removed, and nobody will come back for them.
        """
        if not await self._history.knows(video_id):
            raise no_such_video()
        marked = await self._deletion.mark(video_id)
        # Not cancelled before: who watches would be told of that as the end, and of the deletion nothing.
        run, behind = None, list[Waiting]()
        async with self._history.recording(video_id) as recorder:
            video = recorder.video
            if video.status is Status.PROCESSING:
                run = await get_run(recorder.session, video_id, video.run)
                behind = await moved_up(recorder.session, run) if run.queued else []
            await recorder.delete()
        if run:
            await self._stop(video_id, run.number)
        await tell_places(self._history, behind)
        try:
            await self._storage.delete(storage_prefix(video_id))
        except Unavailable as error:
            if not marked:
                raise
            log.warning("files not deleted yet", video=video_id, exc_info=error)
        await self._deletion.forget(video_id)

    async def _stop(self, video_id: str, number: int) -> None:
        """The row is what counts: if this call is lost, the run notices at its next step."""
        try:
            await self._queue.cancel(video_id, number)
        except Exception as error:
            log.warning("queue not told", video=video_id, run=number, exc_info=error)


def _what_stays(run: Run) -> str:
    if run.copied:
        return ": it can be watched as it was uploaded"
    return ": it can be watched in its quick version" if run.sketched else ""

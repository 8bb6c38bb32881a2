"""Tells those who wait in the queue their places, whenever those change."""

from sqlalchemy.ext.asyncio import AsyncSession

from .. import words
from ..errors import NotFound
from ..events import EventType
from ..history import History, Recorder
from ..runs import Run, get_run
from ..waiting import queue, queue_position

Waiting = tuple[str, int]


async def moved_up(session: AsyncSession, left: Run) -> list[Waiting]:
    """Videos and numbers of the runs whose place is another one since that run has left the queue."""
    await session.flush()
    return [
        (video_id, number)
        for id, video_id, number in await queue(session, words.FARTHEST_PLACE)
        if left.id and id > left.id
    ]


async def tell_places(history: History, waiting: list[Waiting]) -> None:
    """Each in a transaction of its own; to be called once theirs is committed who left the queue."""
    for video_id, number in waiting:
        try:
            async with history.recording(video_id) as recorder:
                run = await get_run(recorder.session, video_id, number)
                if run.queued:
                    await tell_place(recorder, run, milestone=False)
        except NotFound:
            continue  # deleted meanwhile


async def tell_place(recorder: Recorder, run: Run, *, milestone: bool) -> None:
    position = await queue_position(recorder.session, run)
    message = f"Waiting to be processed: {words.place(position)}"
    recorder.record(EventType.STATUS, message, run=run, queue_position=position, milestone=milestone)

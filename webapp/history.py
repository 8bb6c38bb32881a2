"""The history of a video: its events, numbered without a gap, each in the transaction that made it true."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from .broker import Broker
from .db import BIG_KEY, Database, UtcDateTime, Word, now
from .events import EventType, Status, VideoEvent
from .runs import Run
from .videos import Video, get_video


class EventRow(SQLModel, table=True):
    """
    Attributes:
        milestone: says something new; otherwise a tick of progress, which a later one makes obsolete.
        status: the video's, after the event.
        data: the VideoEvent as JSON, as it goes over the wire.
    """

    __tablename__: ClassVar[str] = "video_event"

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG_KEY)
    video_id: str = Field(foreign_key="video.id", ondelete="CASCADE")
    seq: int
    run: int
    milestone: bool
    status: Status = Field(sa_type=Word(Status))
    data: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)

    # Replay reads a video's events from a number on. No id is given twice: clients come back with it.
    __table_args__ = (sa.UniqueConstraint("video_id", "seq"), {"sqlite_autoincrement": True})


class Recorder:
    """An open transaction on one video: change its rows, then say so."""

    def __init__(self, session: AsyncSession, video: Video) -> None:
        self.session, self.video = session, video
        self.news = False

    def record(
        self, kind: EventType, message: str, *, run: Run | None = None, milestone: bool = True, **extra: Any
    ) -> VideoEvent:
        """Adds the video's next event, which tells the rows as they now are; `extra` are fields of it."""
        video = self.video
        video.seq += 1
        event = VideoEvent(
            video_id=video.id,
            event_type=kind,
            status=video.status,
            message=message,
            progress=video.progress,
            timestamp=now(),
            seq=video.seq,
            run=video.run or None,
            playable=video.playable or None,
            eta_seconds=run.eta_s if run else None,
            speed=run.speed if run else None,
            waiting_for_core=(run.waits_for_core or None) if run else None,
            error=video.error,
            **extra,
        )
        self.session.add(
            EventRow(
                video_id=video.id,
                seq=video.seq,
                run=video.run,
                milestone=milestone,
                status=video.status,
                data=event.to_json(),
            )
        )
        self.news = True
        return event

    async def delete(self) -> None:
        """Removes the video and with it, in the database, its runs and events."""
        await self.session.delete(self.video)
        self.news = True


class History:
    """Writes events; whoever watches is woken once they are committed."""

    def __init__(self, db: Database, broker: Broker, most_events: int) -> None:
        """`most_events` are kept of a video."""
        self._db, self._broker, self._most_events = db, broker, most_events

    @asynccontextmanager
    async def recording(self, video_id: str) -> AsyncIterator[Recorder]:
        """A transaction on a video. Its rows and its events are committed together, or neither.

        Raises:
            NotFound: there is no such video.
        """
        async with self._db.write() as session:
            recorder = Recorder(session, await get_video(session, video_id))
            yield recorder
            if recorder.news and recorder.video.seq > self._most_events:
                await session.flush()
                await keep_newest(session, video_id, self._most_events)
        if recorder.news:
            await self._broker.wake(video_id, recorder.video.seq)

    @asynccontextmanager
    async def reading(self, video_id: str) -> AsyncIterator[tuple[AsyncSession, Video]]:
        """A video as it is, and the session for what else is asked of it; neither waits for who writes.

        Raises:
            NotFound: there is no such video.
        """
        async with self._db.read() as session:
            yield session, await get_video(session, video_id)

    async def knows(self, video_id: str) -> bool:
        """Whether there is such a video."""
        async with self._db.read() as session:
            return await session.get(Video, video_id) is not None

    @asynccontextmanager
    async def creating(self, video: Video) -> AsyncIterator[Recorder]:
        """The same for a video that does not exist yet."""
        async with self._db.write() as session:
            session.add(video)
            await session.flush()  # its events refer to it
            recorder = Recorder(session, video)
            yield recorder
        await self._broker.wake(video.id, video.seq)


class KeptEvent(NamedTuple):
    """An event as streams read it: without the weight of a mapped row."""

    id: int  # rises with each commit, over all videos
    video_id: str
    seq: int
    status: Status
    data: str

    @property
    def event(self) -> VideoEvent:
        return VideoEvent.model_validate_json(self.data)


_KEPT = (EventRow.id, EventRow.video_id, EventRow.seq, EventRow.status, EventRow.data)


def _kept() -> sa.Select[Any]:
    return sa.select(*_KEPT)  # type: ignore[call-overload,no-any-return]


async def _all(session: AsyncSession, query: sa.Select[Any]) -> list[KeptEvent]:
    return [KeptEvent._make(row) for row in await session.execute(query)]


async def events_after(session: AsyncSession, video_id: str, seq: int, limit: int) -> list[KeptEvent]:
    """Up to `limit` events of a video with numbers above `seq`, oldest first."""
    wanted = (col(EventRow.video_id) == video_id, col(EventRow.seq) > seq)
    return await _all(session, _kept().where(*wanted).order_by(col(EventRow.seq)).limit(limit))


async def events_beyond(
    session: AsyncSession, cursors: Sequence[tuple[str, int]], limit: int
) -> list[KeptEvent]:
    """Up to `limit` events with numbers above a video's cursor, each video's together and oldest first."""
    size = 1 << (len(cursors) - 1).bit_length()  # few different statements, so that each is prepared once
    asked: dict[str, Any] = {"most": limit}
    for number in range(size):
        asked[f"v{number}"], asked[f"s{number}"] = cursors[number] if number < len(cursors) else ("", 0)
    return [KeptEvent._make(row) for row in await session.execute(_beyond(size), asked)]


@lru_cache
def _beyond(size: int) -> Executable:
    values = ", ".join(f"(:v{number}, CAST(:s{number} AS INTEGER))" for number in range(size))
    statement = sa.text(
        f"WITH asked (video_id, seq) AS (VALUES {values}) "  # noqa: S608  numbers of ours
        "SELECT event.id, event.video_id, event.seq, event.status, event.data FROM asked "
        "JOIN video_event AS event ON event.video_id = asked.video_id AND event.seq > asked.seq "
        "ORDER BY event.video_id, event.seq LIMIT :most"
    )
    return statement.columns(*(getattr(EventRow, name) for name in KeptEvent._fields))


async def newest_event(session: AsyncSession, video_id: str) -> KeptEvent | None:
    """The last event. Every video has one from its creation on, so None means that it is gone."""
    wanted = _kept().where(col(EventRow.video_id) == video_id).order_by(col(EventRow.seq).desc()).limit(1)
    return next(iter(await _all(session, wanted)), None)


async def kept_after(session: AsyncSession, video_id: str, seq: int) -> int:
    """How many events of a video with numbers above `seq` are kept."""
    wanted = (col(EventRow.video_id) == video_id, col(EventRow.seq) > seq)
    return (await session.execute(sa.select(sa.func.count()).where(*wanted))).scalar_one()


async def all_after(session: AsyncSession, id: int, limit: int) -> list[KeptEvent]:
    """Up to `limit` events of all videos with ids above `id`, in the order of their commits."""
    return await _all(session, _kept().where(col(EventRow.id) > id).order_by(col(EventRow.id)).limit(limit))


async def newest_of_all(session: AsyncSession) -> KeptEvent | None:
    """The event that was committed last, of any video."""
    return next(iter(await _all(session, _kept().order_by(col(EventRow.id).desc()).limit(1))), None)


async def milestones(session: AsyncSession, video_id: str, limit: int) -> list[KeptEvent]:
    """The newest `limit` events that are more than a tick of progress, newest first."""
    wanted = (col(EventRow.video_id) == video_id, col(EventRow.milestone))
    return await _all(session, _kept().where(*wanted).order_by(col(EventRow.seq).desc()).limit(limit))


async def keep_newest(session: AsyncSession, video_id: str, most: int) -> None:
    """Forgets events of a video until `most` are left: ticks of progress first, changes of state last."""
    excess = await kept_after(session, video_id, 0) - most
    if excess > 0:
        order = (col(EventRow.milestone), col(EventRow.seq))
        chosen = _dispensable().where(col(EventRow.video_id) == video_id).order_by(*order).limit(excess)
        await session.execute(sa.delete(EventRow).where(col(EventRow.id).in_(chosen)))


async def older_than(session: AsyncSession, moment: datetime, limit: int) -> list[int]:
    """Ids of up to `limit` events from before `moment` that can be forgotten, of any video."""
    wanted = _dispensable().where(col(EventRow.created_at) < moment).order_by(col(EventRow.id)).limit(limit)
    return list((await session.execute(wanted)).scalars())


async def forget(session: AsyncSession, ids: Sequence[int]) -> None:
    """Forgets these events."""
    await session.execute(sa.delete(EventRow).where(col(EventRow.id).in_(ids)))


def _dispensable() -> sa.Select[Any]:
    """Ids of events that may go. The newest of a video always stays: it is the state of the video."""
    newest = sa.select(col(Video.seq)).where(col(Video.id) == col(EventRow.video_id)).scalar_subquery()
    return sa.select(col(EventRow.id)).where(col(EventRow.seq) < newest)

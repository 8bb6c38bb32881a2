"""The history of a video: its events, numbered without a gap, each in the transaction that made it true."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col, select

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

    # Replay reads a video's events from a number on.
    __table_args__ = (sa.UniqueConstraint("video_id", "seq"),)

    @property
    def event(self) -> VideoEvent:
        return VideoEvent.model_validate_json(self.data)


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

    def __init__(self, db: Database, broker: Broker) -> None:
        self._db, self._broker = db, broker

    @asynccontextmanager
    async def recording(self, video_id: str) -> AsyncIterator[Recorder]:
        """A transaction on a video. Its rows and its events are committed together, or neither.

        Raises:
            NotFound: there is no such video.
        """
        async with self._db.write() as session:
            recorder = Recorder(session, await get_video(session, video_id))
            yield recorder
        if recorder.news:
            await self._broker.wake(video_id, recorder.video.seq)

    @asynccontextmanager
    async def creating(self, video: Video) -> AsyncIterator[Recorder]:
        """The same for a video that does not exist yet."""
        async with self._db.write() as session:
            session.add(video)
            await session.flush()  # its events refer to it
            recorder = Recorder(session, video)
            yield recorder
        await self._broker.wake(video.id, video.seq)


async def events_after(session: AsyncSession, video_id: str, seq: int, limit: int) -> Sequence[EventRow]:
    """Up to `limit` events with numbers above `seq`, oldest first."""
    query = (
        select(EventRow)
        .where(EventRow.video_id == video_id, col(EventRow.seq) > seq)
        .order_by(col(EventRow.seq))
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()


async def newest_event(session: AsyncSession, video_id: str) -> EventRow | None:
    """The last event. Every video has one from its creation on, so None means that it is gone."""
    query = select(EventRow).where(EventRow.video_id == video_id).order_by(col(EventRow.seq).desc()).limit(1)
    return (await session.execute(query)).scalar_one_or_none()


async def oldest_seq(session: AsyncSession, video_id: str) -> int | None:
    """Number of the oldest event that is kept."""
    query = sa.select(sa.func.min(EventRow.seq)).where(col(EventRow.video_id) == video_id)
    return (await session.execute(query)).scalar_one()


async def milestones(session: AsyncSession, video_id: str, limit: int) -> Sequence[EventRow]:
    """The newest `limit` events that are more than a tick of progress, newest first."""
    query = (
        select(EventRow)
        .where(EventRow.video_id == video_id, col(EventRow.milestone))
        .order_by(col(EventRow.seq).desc())
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()

"""The runs that wait for a worker, in the order in which they start."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from .events import Status
from .runs import Run

_QUEUED = (col(Run.status) == Status.PROCESSING, col(Run.started_at).is_(None))


async def queue_position(session: AsyncSession, run: Run) -> int:
    """How many runs start before this waiting one, plus one."""
    ahead = sa.select(sa.func.count()).where(*_QUEUED, col(Run.id) < run.id)
    return (await session.execute(ahead)).scalar_one() + 1


async def queue(session: AsyncSession, most: int) -> list[tuple[int, str, int]]:
    """Ids, videos and numbers of the first `most` runs that wait, in the order in which they start."""
    first = select(Run.id, Run.video_id, Run.number).where(*_QUEUED).order_by(col(Run.id)).limit(most)
    return [(id, video_id, number) for id, video_id, number in await session.execute(first) if id]

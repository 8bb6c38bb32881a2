"""What can be watched: one video, or all of them. Where their events are read, and how they are numbered."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from ..history import KeptEvent, all_after, events_after, kept_after, newest_event, newest_of_all
from ..videos import no_such_video
from .formats import marked_reset


class Topic(Protocol):
    """
    Attributes:
        key: tells topics apart.
    """

    key: str

    def number(self, event: KeptEvent) -> int:
        """The event's place in this topic: what its clients are at, the id they come back with."""
        ...

    def ends_with(self, event: KeptEvent | None) -> bool:
        """Whether nothing more is to come after this newest event."""
        ...

    async def newest(self, session: AsyncSession) -> KeptEvent | None:
        """
        Raises:
            NotFound: there is nothing of this key to watch.
        """
        ...

    async def after(self, session: AsyncSession, number: int, limit: int) -> list[KeptEvent]:
        """Up to `limit` events after `number`, oldest first."""
        ...

    async def is_whole(self, session: AsyncSession, number: int, newest: int) -> bool:
        """Whether all that happened after `number` is still kept."""
        ...

    def marked(self, rows: Sequence[KeptEvent], number: int, since: int = 0) -> Sequence[KeptEvent]:
        """`rows`, for a client that is at `number`: what follows a hole says that there is one.

        Holes up to event `since` are not told.
        """
        ...


class VideoTopic:
    """One video; its events are numbered 1, 2, 3 … without a gap."""

    def __init__(self, video_id: str) -> None:
        self.key = video_id

    def number(self, event: KeptEvent) -> int:
        return event.seq

    def ends_with(self, event: KeptEvent | None) -> bool:
        return event is None or event.status.terminal

    async def newest(self, session: AsyncSession) -> KeptEvent | None:
        found = await newest_event(session, self.key)
        if found is None:
            raise no_such_video()
        return found

    async def after(self, session: AsyncSession, number: int, limit: int) -> list[KeptEvent]:
        return await events_after(session, self.key, number, limit)

    async def is_whole(self, session: AsyncSession, number: int, newest: int) -> bool:
        return await kept_after(session, self.key, number) == newest - number

    def marked(self, rows: Sequence[KeptEvent], number: int, since: int = 0) -> Sequence[KeptEvent]:
        if not rows or rows[-1].seq == number + len(rows):
            return rows
        numbers = (number, *(row.seq for row in rows))
        return [
            row if row.seq == before + 1 or row.seq <= since else row._replace(data=marked_reset(row))
            for before, row in zip(numbers, rows, strict=False)
        ]


class LibraryTopic:
    """All videos. Their events are numbered in the order of their commits, with gaps; there is no end."""

    key = "/videos"  # no video's id has a slash

    def number(self, event: KeptEvent) -> int:
        return event.id

    def ends_with(self, event: KeptEvent | None) -> bool:
        return False

    async def newest(self, session: AsyncSession) -> KeptEvent | None:
        return await newest_of_all(session)

    async def after(self, session: AsyncSession, number: int, limit: int) -> list[KeptEvent]:
        return await all_after(session, number, limit)

    async def is_whole(self, session: AsyncSession, number: int, newest: int) -> bool:
        return True  # what was pruned is told by the newer state of its video

    def marked(self, rows: Sequence[KeptEvent], number: int, since: int = 0) -> Sequence[KeptEvent]:
        return rows


LIBRARY = LibraryTopic()

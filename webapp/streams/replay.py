"""What a client is sent first: what it missed, or a snapshot if that cannot be told any more."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..db import Database
from ..errors import NotFound
from ..history import EventRow, events_after, newest_event, oldest_seq

# Rows are fetched so many at a time, so that a long absence does not fill memory.
BATCH_ROWS = 500
LONGEST_ID_DIGITS = 18  # fits a 64 bit integer


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a client says it is.

    Attributes:
        seq: the last event it has seen, 0 for none; None if it does not say.
        known: False if it says something that is no id of ours.
    """

    seq: int | None = None
    known: bool = True

    @classmethod
    def parse(cls, text: str | None) -> "Cursor":
        """From a Last-Event-ID as it came."""
        if not text:
            return cls()
        if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID_DIGITS:
            return cls(int(text))
        return cls(known=False)


@dataclass(frozen=True, slots=True)
class Missed:
    """
    Attributes:
        newest: the video's last event.
        rows: what to send first, in order; nothing if the client is up to date.
        reset: what followed the client's last event is not known here: `rows` is the newest event alone.
    """

    newest: EventRow
    rows: Sequence[EventRow]
    reset: bool = False

    @property
    def over(self) -> bool:
        """The client has seen the end of the story already."""
        return not self.rows and self.newest.status.terminal


async def missed(db: Database, video_id: str, cursor: Cursor) -> Missed:
    """
    Raises:
        NotFound: there is no such video.
    """
    async with db.read() as session:
        newest = await newest_event(session, video_id)
        if newest is None:
            raise NotFound(
                "video_not_found", "There is no video at this address.", "It may have been deleted."
            )
        if cursor.seq is None:
            return Missed(newest, [newest], reset=not cursor.known)
        oldest = await oldest_seq(session, video_id) or 1
        ahead, pruned = cursor.seq > newest.seq, 0 < cursor.seq < oldest - 1
        if ahead or pruned:
            return Missed(newest, [newest], reset=True)
        return Missed(newest, await events_after(session, video_id, cursor.seq, BATCH_ROWS))

"""What a client is sent first: what it missed, or a snapshot if that cannot be told any more."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from ..history import KeptEvent
from .topic import Topic

# Rows are fetched so many at a time, so that a long absence does not fill memory.
BATCH_ROWS = 100
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
        newest: the topic's last event; None where nothing has ever happened.
        number: the newest event's number, 0 if there is none.
        rows: what to send first, in order; nothing if the client is up to date.
        reset: what followed the client's last event is not known here: `rows` is the newest event alone.
        replayed: the client came back, and is told what it missed.
        everything: it asked for what is kept, and not to be told of what is not.
    """

    newest: KeptEvent | None
    number: int
    rows: Sequence[KeptEvent]
    reset: bool = False
    replayed: bool = False
    everything: bool = False


def without_rows(topic: Topic, newest: KeptEvent | None, cursor: Cursor) -> Missed | None:
    """What a client missed, where the newest event alone can tell; None where the rows have to be asked."""
    number = topic.number(newest) if newest else 0
    rows = [newest] if newest else []
    if cursor.seq is None:
        return Missed(newest, number, rows, reset=not cursor.known)
    if cursor.seq > number:
        return Missed(newest, number, rows, reset=True)
    return Missed(newest, number, []) if cursor.seq == number else None


async def missed(session: AsyncSession, topic: Topic, cursor: Cursor) -> Missed:
    """
    Raises:
        NotFound: there is no such video.
    """
    newest = await topic.newest(session)
    if (told := without_rows(topic, newest, cursor)) is not None:
        return told
    assert newest is not None and cursor.seq is not None
    number = topic.number(newest)
    # 0 asks for everything that is kept, whatever that is.
    if cursor.seq and not await topic.is_whole(session, cursor.seq, number):
        return Missed(newest, number, [newest], reset=True)
    rows = await topic.after(session, cursor.seq, BATCH_ROWS)
    return Missed(newest, number, rows, replayed=True, everything=not cursor.seq)

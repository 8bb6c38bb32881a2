"""All who watch one topic, in whatever format, and what is known of it."""

from collections.abc import Sequence

from ..db import Database
from ..history import KeptEvent
from .feed import Feed
from .formats import Format
from .metrics import Metrics
from .replay import BATCH_ROWS
from .topic import Topic


class Channel:
    """
    Attributes:
        primed: `newest` is known; before that nothing is told to anybody.
        newest, number: the topic's newest event that was read, and its number; None and 0 if there is none.
        over: nothing more is to come after that.
        gone: the video was deleted.
        woken: it was said that there is news, before it was primed.
    """

    def __init__(self, db: Database, topic: Topic, metrics: Metrics) -> None:
        self.topic = topic
        self.primed = self.over = self.gone = self.woken = False
        self.newest: KeptEvent | None = None
        self.number = 0
        self.feeds: dict[Format, Feed] = {}
        self._db, self._metrics = db, metrics

    def feed(self, format: Format) -> Feed:
        if format not in self.feeds:
            self.feeds[format] = Feed(self.topic.key, format, self.number, self.read_after, self._metrics)
        return self.feeds[format]

    def leave(self, format: Format) -> None:
        """Forgets the feed if nobody is left there."""
        if format in self.feeds and not self.feeds[format].subscriptions:
            self.feeds.pop(format).close()

    def prime(self, newest: KeptEvent | None) -> None:
        """From here on everything new reaches who watches; `newest` was read after they had come."""
        if self.primed:
            return
        self._know(newest)
        self.primed = True
        for feed in self.feeds.values():
            feed.start_at(self.number)

    async def take_in(self, rows: Sequence[KeptEvent]) -> None:
        """`rows` are new, in order and not empty."""
        marked = self.topic.marked(rows, self.number)
        self._know(rows[-1])
        for feed in tuple(self.feeds.values()):
            await feed.take_in(marked)
        if self.over:
            self._notify()

    def end(self) -> None:
        """There is no such video any more."""
        self.gone = True
        self._notify()

    def answers(self, seq: int | None) -> bool:
        """Whether a client that comes and was told events up to `seq` may be answered from `newest`.

        The rows may be ahead of it: who knows more than the channel is not to be told less, and after an end
        there may be a new run.
        """
        return self.primed and not (self.over or self.gone) and (seq is None or seq <= self.number)

    def ends_at(self, cursor: int) -> bool:
        """Whether a client that was told everything up to `cursor` has nothing to wait for.

        One that is ahead of the channel has: the event by which it is.
        """
        return self.gone or (self.over and cursor == self.number)

    async def read_after(self, number: int) -> Sequence[KeptEvent]:
        async with self._db.read() as session:
            return await self.topic.after(session, number, BATCH_ROWS)

    def _know(self, newest: KeptEvent | None) -> None:
        self.newest = newest
        self.number = self.topic.number(newest) if newest else 0
        self.over = self.topic.ends_with(newest)

    def _notify(self) -> None:
        for feed in self.feeds.values():
            feed.notify()

"""Everybody who watches anything: opens streams, keeps them alive, and ends them."""

import asyncio
import random
import time
from contextlib import suppress

import structlog

from ..broker import Broker
from ..config import Settings
from ..db import Database
from ..standing import standing
from .admission import Admission
from .channel import Channel
from .direct import DirectSubscription, Line
from .formats import Format
from .metrics import Metrics
from .poll import Poll
from .reader import Reader
from .replay import Cursor, Missed, missed, without_rows
from .stream import Stream
from .subscription import Subscription
from .sweeper import Sweeper
from .topic import LIBRARY, Topic

log = structlog.get_logger()

# Spread, so that clients that came together do not all come back together.
LIFETIME_SPREAD = (0.8, 1.2)
RECONNECT_SPREAD_MS = (1_000, 5_000)


def spread(low: float, high: float) -> float:
    """Somewhere between the two."""
    return random.uniform(low, high)  # noqa: S311  nothing secret about it


def reconnect_ms() -> int:
    """How long a client should wait before it comes back."""
    return round(spread(*RECONNECT_SPREAD_MS))


class Hub:
    """
    Attributes:
        metrics: what goes on here, counted.
    """

    def __init__(self, db: Database, broker: Broker, settings: Settings) -> None:
        self.metrics = Metrics()
        self._db, self._settings = db, settings
        self._channels: dict[str, Channel] = {}
        self._reader = Reader(db, self.metrics)
        self._admission = Admission(settings.stream_max_total, settings.stream_max_per_address)
        self._stop_listening = broker.listen(self._wake)
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = False
        self._empty = asyncio.Event()

    def start(self) -> None:
        poll = Poll(self._db, self._channels, self._reader, self._settings.stream_poll_s)
        sweeper = Sweeper(self._channels, self._settings, self.metrics)
        self._tasks = [standing(work) for work in (self._reader.run(), poll.run(), sweeper.run())]

    @property
    def open_streams(self) -> int:
        return self._admission.open

    @property
    def subscriptions(self) -> list[Subscription]:
        """Of all open streams, in no order."""
        feeds = (feed for channel in self._channels.values() for feed in channel.feeds.values())
        return [subscription for feed in feeds for subscription in feed.subscriptions]

    async def open(
        self, topic: Topic, format: Format, cursor: Cursor, line: Line | None = None, address: str = ""
    ) -> Stream:
        """A stream for a client at `cursor`, which has to be closed.

        Args:
            line: the client's connection, if events may be written to it directly.
            address: the client's.

        Raises:
            NotFound: there is no such video.
            Unavailable: too many streams are open.
        """
        try:
            self._admission.enter(address)
        except Exception:
            self.metrics.refused.inc()
            raise
        subscription = self._subscription(format, line)
        channel = self._channel(topic)
        channel.feed(format).subscriptions.add(subscription)
        path = self.metrics.subscribers.labels(path="direct" if line else "ordinary")
        path.inc()

        def leave() -> None:
            path.dec()
            self._admission.leave(address)
            self._leave(channel, subscription)

        try:
            start = await self._start(channel, cursor)
        except BaseException:
            leave()
            raise
        subscription.closing = self._closing
        return Stream(channel, subscription, start, reconnect_ms, leave)

    async def close(self) -> None:
        """Ends every stream; the clients are told when to come back."""
        self._closing = True
        self._stop_listening()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for channel in self._channels.values():
            for feed in channel.feeds.values():
                feed.close()
        for subscription in self.subscriptions:
            subscription.close()

    async def drained(self, within_s: float) -> None:
        """Waits until every stream has ended, but not longer than this."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s if self._channels else 0):
                await self._empty.wait()

    def _subscription(self, format: Format, line: Line | None) -> Subscription:
        expires_at = time.monotonic() + self._settings.stream_max_age_s * spread(*LIFETIME_SPREAD)
        capacity = self._settings.stream_buffer_events
        if line is None:
            return Subscription(format, capacity, expires_at)
        return DirectSubscription(format, capacity, expires_at, line)

    def _channel(self, topic: Topic) -> Channel:
        """The one there is, also of a deleted video: its streams have to be found until they have ended."""
        channel = self._channels.get(topic.key)
        if channel is None:
            channel = self._channels[topic.key] = Channel(self._db, topic, self.metrics)
            self._empty.clear()
            self.metrics.topics.set(len(self._channels))
        return channel

    async def _start(self, channel: Channel, cursor: Cursor) -> Missed:
        start = without_rows(channel.topic, channel.newest, cursor) if channel.answers(cursor.seq) else None
        if start is None:
            async with self._db.read() as session:
                start = await missed(session, channel.topic, cursor)
            channel.prime(start.newest)
            # Of something newer than what was read, perhaps; or than what anybody told the channel.
            if channel.woken or start.number > channel.number:
                channel.woken = False
                self._reader.wake(channel)
        if start.reset:
            self.metrics.resets.inc()
        elif start.replayed:
            self.metrics.replays.inc()
        return start

    def _leave(self, channel: Channel, subscription: Subscription) -> None:
        feed = channel.feeds.get(subscription.format)
        if feed:
            feed.subscriptions.discard(subscription)
            channel.leave(subscription.format)
        if not channel.feeds and self._channels.get(channel.topic.key) is channel:
            del self._channels[channel.topic.key]
            if not self._channels:
                self._empty.set()
            self.metrics.topics.set(len(self._channels))

    def _wake(self, video_id: str, seq: int) -> None:
        for key in (video_id, LIBRARY.key):
            if channel := self._channels.get(key):
                channel.woken = not channel.primed
                self._reader.wake(channel)

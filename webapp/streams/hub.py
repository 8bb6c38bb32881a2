"""Everybody who watches anything: opens streams, keeps them alive, and ends them."""

import asyncio
import random
import time
from collections.abc import AsyncIterator

import structlog

from ..broker import Broker
from ..config import Settings
from ..db import Database
from ..history import events_after
from ..videos import newest_seqs
from . import sse
from .channel import Channel
from .formats import Format, done
from .replay import BATCH_ROWS, Cursor, Missed, missed
from .subscription import Subscription

log = structlog.get_logger()

# Spread, so that clients that came together do not all come back together.
LIFETIME_SPREAD = (0.8, 1.2)
RECONNECT_SPREAD_MS = (1_000, 5_000)
SWEEPS_PER_KEEPALIVE = 10
IDS_PER_QUERY = 500  # below SQLite's limit on variables


def spread(low: float, high: float) -> float:
    """Somewhere between the two."""
    return random.uniform(low, high)  # noqa: S311  nothing secret about it


def reconnect_ms() -> int:
    """How long a client should wait before it comes back."""
    return round(spread(*RECONNECT_SPREAD_MS))


class Hub:
    def __init__(self, db: Database, broker: Broker, settings: Settings) -> None:
        self._db, self._settings = db, settings
        self._channels: dict[str, Channel] = {}
        self._stop_listening = broker.listen(self._wake)
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = False

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._sweep()), asyncio.create_task(self._poll())]

    async def is_over(self, video_id: str, cursor: Cursor) -> bool:
        """Whether a client at `cursor` has seen the end, so that there is nothing to stream.

        Raises:
            NotFound: there is no such video.
        """
        return (await missed(self._db, video_id, cursor)).over

    async def stream(self, video_id: str, format: Format, cursor: Cursor) -> AsyncIterator[bytes]:
        """What a client at `cursor` gets: what it missed, then what happens, then the end."""
        age_s = self._settings.stream_max_age_s * spread(*LIFETIME_SPREAD)
        subscription = Subscription(
            format,
            self._settings.stream_buffer_events,
            expires_at=time.monotonic() + age_s,
            greeting=sse.retry(reconnect_ms()),
        )
        channel = self._channels.get(video_id)
        if channel is None:
            channel = self._channels[video_id] = Channel(self._db, video_id)
        channel.subscriptions.add(subscription)
        try:
            await channel.ready()
            start = await missed(self._db, video_id, cursor)
            async for piece in self._pieces(subscription, video_id, start):
                if not piece:
                    continue
                subscription.writing_since = time.monotonic()
                yield piece
                subscription.wrote_at, subscription.writing_since = time.monotonic(), None
        finally:
            channel.subscriptions.discard(subscription)
            if not channel.subscriptions and self._channels.get(video_id) is channel:
                del self._channels[video_id]
                channel.close()

    async def _pieces(self, subscription: Subscription, video_id: str, start: Missed) -> AsyncIterator[bytes]:
        format = subscription.format
        if start.reset or (format.snapshots and not start.rows):
            frames = [await format.reset(video_id, start.newest)]
        else:
            frames = await format.frames(video_id, start.rows) if start.rows else []
        subscription.cursor = start.newest.seq
        yield subscription.told(frames) or sse.KEEPALIVE
        subscription.lagging = subscription.cursor < start.newest.seq
        if start.newest.status.terminal and not subscription.lagging:
            subscription.ended = True
        while True:
            if self._closing or subscription.closing:
                yield sse.retry(reconnect_ms()) + b"\n"
                return
            if subscription.lagging:
                yield await self._catch_up(subscription, video_id)
            elif piece := subscription.take():
                yield piece
            elif subscription.ended:
                yield done(subscription.cursor)
                return
            elif subscription.quiet:
                subscription.quiet = False
                yield sse.KEEPALIVE
            else:
                await subscription.wait()

    async def _catch_up(self, subscription: Subscription, video_id: str) -> bytes:
        """The next events from the rows, for a client whose buffer was dropped."""
        async with self._db.read() as session:
            rows = await events_after(session, video_id, subscription.cursor, BATCH_ROWS)
        subscription.lagging = len(rows) == BATCH_ROWS
        return subscription.told(await subscription.format.frames(video_id, rows)) if rows else b""

    def _wake(self, video_id: str, seq: int) -> None:
        if channel := self._channels.get(video_id):
            channel.wake()

    async def _sweep(self) -> None:
        """One clock for all streams: speaks up on quiet ones, ends old ones, cuts off stalled ones."""
        keepalive_s = self._settings.stream_keepalive_s
        while True:
            await asyncio.sleep(keepalive_s / SWEEPS_PER_KEEPALIVE)
            now = time.monotonic()
            for channel in list(self._channels.values()):
                for subscription in list(channel.subscriptions):
                    self._check(subscription, now)

    def _check(self, subscription: Subscription, now: float) -> None:
        writing_since = subscription.writing_since
        if writing_since is not None:
            if now - writing_since > self._settings.stream_stall_s and subscription.task:
                subscription.task.cancel()
        elif now > subscription.expires_at:
            subscription.close()
        elif now - subscription.wrote_at > self._settings.stream_keepalive_s:
            subscription.keep_alive()

    async def _poll(self) -> None:
        """Looks now and then whether anything watched has news, so that a lost wake-up only delays."""
        while True:
            await asyncio.sleep(self._settings.stream_poll_s)
            watched = list(self._channels.values())
            try:
                for first in range(0, len(watched), IDS_PER_QUERY):
                    await self._look(watched[first : first + IDS_PER_QUERY])
            except Exception:
                log.exception("cannot look for news")

    async def _look(self, channels: list[Channel]) -> None:
        async with self._db.read() as session:
            seqs = await newest_seqs(session, [channel.video_id for channel in channels])
        for channel in channels:
            if seqs.get(channel.video_id) != channel.cursor:
                channel.wake()

    async def close(self) -> None:
        """Ends every stream; the clients are told when to come back."""
        self._closing = True
        self._stop_listening()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for channel in list(self._channels.values()):
            for subscription in channel.subscriptions:
                subscription.close()

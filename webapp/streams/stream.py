"""One client's stream from its first word to its last."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeAlias

from ..errors import NotFound
from . import sse
from .channel import Channel
from .formats import Frame, done
from .replay import Missed
from .subscription import Subscription

# A piece is sent when it has so many bytes, so that a slow client never holds much more than that.
PIECE_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Told:
    """Something happened; `frames` are not empty, and the client knows none of them."""

    frames: list[Frame]


@dataclass(frozen=True, slots=True)
class StillHere:
    """Nothing happened, for long."""


@dataclass(frozen=True, slots=True)
class ComeBack:
    """The stream ends, the story goes on: the client should connect again, after some milliseconds."""

    after_ms: int


@dataclass(frozen=True, slots=True)
class Done:
    """The story is over with event `seq`."""

    seq: int


Step: TypeAlias = Told | StillHere | ComeBack | Done


class Stream:
    """
    Attributes:
        over: the client has seen the end already: there is nothing to stream.
    """

    def __init__(
        self,
        channel: Channel,
        subscription: Subscription,
        start: Missed,
        reconnect_ms: Callable[[], int],
        leave: Callable[[], None],
    ) -> None:
        """`leave` has to be called once, when the stream is closed."""
        self.subscription = subscription
        self.over = not start.rows and channel.topic.ends_with(start.newest)
        self._channel, self._start = channel, start
        self._feed = channel.feed(subscription.format)
        self._reconnect_ms, self._leave = reconnect_ms, leave

    async def steps(self) -> AsyncGenerator[Step, None]:
        """What the client is to be told: what it missed, then what happens, then the end."""
        subscription, channel = self.subscription, self._channel
        try:
            first = await self._first()
        except NotFound:  # deleted meanwhile: the end will be told
            first = []
        step: Step = self._told(first) if first else StillHere()
        self._look_up()
        yield step
        while True:
            if subscription.closing:
                yield ComeBack(self._reconnect_ms())
                return
            if frames := subscription.take():
                yield self._told(frames)
            elif channel.ends_at(subscription.cursor):
                if frame := await self._farewell():
                    yield self._told([frame])
                yield Done(subscription.cursor)
                return
            elif subscription.lagging:
                frames = await self._catch_up()
                told = self._told(frames) if frames else None
                self._look_up()
                if told:
                    yield told
            elif subscription.quiet:
                subscription.quiet = False
                yield StillHere()
            else:
                await subscription.wait()

    async def sse(self) -> AsyncGenerator[bytes, None]:
        """The same as server-sent events."""
        greeting = sse.retry(self._reconnect_ms())
        async with aclosing(self.steps()) as steps:
            async for step in steps:
                match step:
                    case Told(frames=frames):
                        for piece in _pieces(frames):
                            yield greeting + piece
                            greeting = b""
                    case StillHere():
                        yield sse.KEEPALIVE
                    case ComeBack(after_ms=milliseconds):
                        yield sse.retry(milliseconds) + b"\n"
                    case Done(seq=seq):
                        yield done(seq)

    async def timed_sse(self) -> AsyncGenerator[bytes, None]:
        """The same; how long the client takes for each piece is known to whoever looks for stalled ones."""
        subscription = self.subscription
        async with aclosing(self.sse()) as pieces:
            async for piece in pieces:
                with subscription.writing():
                    yield piece

    def close(self) -> None:
        self._leave()

    def _told(self, frames: list[Frame]) -> Told:
        self.subscription.cursor = frames[-1].seq
        return Told(frames)

    def _look_up(self) -> None:
        """What is new goes to the client from here on, unless there is more that it does not know yet."""
        self.subscription.lagging = self.subscription.cursor < self._feed.cursor

    async def _first(self) -> list[Frame]:
        start, subscription = self._start, self.subscription
        format, key = subscription.format, self._channel.topic.key
        newest = start.newest
        if newest is None:
            return []
        if not (start.reset or format.snapshots):
            subscription.cursor = start.number if not start.rows else subscription.cursor
            return await format.frames(key, start.rows) if start.rows else []
        frame = self._feed.snapshot(start.number)
        if frame is None:
            frame = await format.reset(key, newest)
            if format.snapshots:
                self._feed.remember(frame)
        return [frame]

    async def _farewell(self) -> Frame | None:
        newest = self._channel.newest
        if not self._channel.gone or newest is None:
            return None
        return await self.subscription.format.farewell(newest, self.subscription.cursor)

    async def _catch_up(self) -> list[Frame]:
        """The next frames for a client that fell behind, from what is at hand or from the rows."""
        subscription, channel = self.subscription, self._channel
        format, key = subscription.format, channel.topic.key
        if frames := self._feed.recent(subscription.cursor):
            return frames
        try:
            if format.snapshots and channel.newest and channel.number > subscription.cursor:
                return [await format.reset(key, channel.newest)]
            if rows := await channel.read_after(subscription.cursor):
                since = self._start.number if self._start.everything else 0
                return await format.frames(key, channel.topic.marked(rows, subscription.cursor, since))
        except NotFound:
            pass
        # What there was is not kept any more, or known to this client from elsewhere.
        subscription.cursor = max(subscription.cursor, self._feed.cursor)
        return []


def _pieces(frames: list[Frame]) -> "list[bytes]":
    pieces, size = [[]], 0  # type: tuple[list[list[bytes]], int]
    for frame in frames:
        if size and size + len(frame.data) > PIECE_BYTES:
            pieces.append([])
            size = 0
        pieces[-1].append(frame.data)
        size += len(frame.data)
    return [b"".join(piece) for piece in pieces]

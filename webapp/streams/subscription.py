"""One open stream: what waits to be sent to it."""

import asyncio
import time
from collections import deque

from .formats import Format, Frame


class Subscription:
    """
    Attributes:
        cursor: the newest event this client has been told of.
        lagging: the buffer overflowed and was dropped; the client has to be brought up to date from the rows.
        ended: the video's story is over: nothing more will be put in.
        closing: this stream has to end, and its client to come back: it has lived long enough, or the server
            stops.
        quiet: nothing was said for so long that the connection might be taken for dead.
        writing_since: when the write began that the client has not taken yet; None between writes.
    """

    def __init__(self, format: Format, capacity: int, expires_at: float, greeting: bytes) -> None:
        """`greeting` goes before the first event."""
        self.format = format
        self.cursor = 0
        self.lagging = self.ended = self.closing = self.quiet = False
        self.expires_at = expires_at
        self.wrote_at = time.monotonic()
        self.writing_since: float | None = None
        self.task = asyncio.current_task()
        self._capacity, self._greeting = capacity, greeting
        self._waiting: deque[Frame] = deque()
        self._news = asyncio.Event()

    def offer(self, frames: list[Frame]) -> None:
        """Takes new frames without ever waiting: a buffer that is full is dropped as a whole."""
        if self.format.snapshots:
            self._waiting.clear()
        self._waiting.extend(frames)
        if len(self._waiting) > self._capacity:
            self._waiting.clear()
            self.lagging = True
        self._news.set()

    def end(self) -> None:
        self.ended = True
        self._news.set()

    def close(self) -> None:
        self.closing = True
        self._news.set()

    def keep_alive(self) -> None:
        self.quiet = True
        self._news.set()

    async def wait(self) -> None:
        """Waits until there is something to do."""
        await self._news.wait()
        self._news.clear()

    def take(self) -> bytes:
        """Everything that waits and is new to this client, in one piece."""
        frames = [frame for frame in self._waiting if frame.seq > self.cursor]
        self._waiting.clear()
        return self.told(frames)

    def told(self, frames: list[Frame]) -> bytes:
        """These frames in one piece, which are now the newest that the client knows."""
        if not frames:
            return b""
        self.cursor = frames[-1].seq
        greeting, self._greeting = self._greeting, b""
        return greeting + b"".join(frame.data for frame in frames)

"""Streams whose events are written straight to the connection, by whoever publishes.

A task that wakes up for each event and each client costs three times as much (docs/benchmarks.md). So while
a client is up to date and reads, its task sleeps, and publishing writes one ready-made chunk to the
transport. As soon as too much waits there, the client takes the ordinary path behind: its task wakes, sends
with backpressure what was missed, and only then hands the connection back.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from . import sse
from .formats import Format, Frame
from .subscription import Batch, Subscription, chunked

# So many bytes may wait for a client before it counts as slow. Also where its own task begins to wait.
FULL_BYTES = 16 * 1024
# More than that is not written in one go, or a burst would be kept once for each client that does not read.
LARGEST_WRITE_BYTES = 64 * 1024
KEEPALIVE_CHUNK = chunked([Frame(0, sse.KEEPALIVE)])


class ClientGone(Exception):
    """The client has closed its connection."""


@dataclass(frozen=True, slots=True)
class Line:
    """A connection that chunks of an HTTP/1.1 response may be written to.

    Attributes:
        receive: waits for what comes of the client, or for `wake`.
        wake: makes `receive` return, with WAKE if there is nothing else.
    """

    transport: asyncio.WriteTransport
    receive: Callable[[], Awaitable[Any]]
    wake: Callable[[], None]


WAKE = "rushes.wake"
GONE = "http.disconnect"


class DirectSubscription(Subscription):
    """
    Attributes:
        line: the client's connection.
        live: its task sleeps, and frames go to the transport.
    """

    __slots__ = ("_stuck_bytes", "_stuck_since", "_transport", "_unsent", "_woken", "line", "live")

    def __init__(self, format: Format, capacity: int, expires_at: float, line: Line) -> None:
        super().__init__(format, capacity, expires_at)
        self.line, self._transport = line, line.transport
        self.live = self._woken = False
        self._unsent = self._stuck_bytes = 0
        self._stuck_since: float | None = None

    def offer(self, batch: Batch) -> int:
        if not self.live or self.lagging:
            return super().offer(batch)
        transport = self._transport
        if transport.is_closing():
            self.notify()
            return 0
        if waiting := transport.get_write_buffer_size():
            self._unsent += len(batch.frames)
        else:
            self._unsent = 0
        missed = self.cursor < batch.before
        full = waiting > FULL_BYTES or self._unsent > self._capacity
        if missed or full or batch.is_long(LARGEST_WRITE_BYTES):
            self.lagging = True
            self.notify()
            return len(batch.frames)
        if self.cursor == batch.before:
            transport.write(batch.chunk)
        elif new := batch.after(self.cursor):
            transport.write(chunked(new))
        else:
            return 0
        self.cursor, self.wrote_at = batch.last, batch.at
        return 0

    def notify(self) -> None:
        if not self.live:
            super().notify()
        elif not self._woken:
            self._woken = True
            self.line.wake()

    def keep_alive(self) -> None:
        if not self.live:
            super().keep_alive()
        elif self._transport.is_closing():
            self.notify()
        elif not self._transport.get_write_buffer_size():
            self._transport.write(KEEPALIVE_CHUNK)
            self.wrote_at = time.monotonic()

    def cut_off(self) -> None:
        self._transport.abort()

    def is_stalled(self, now: float, after_s: float) -> bool:
        if not self.live:
            return super().is_stalled(now, after_s)
        waiting = self._transport.get_write_buffer_size()
        if not waiting or waiting < self._stuck_bytes:
            self._stuck_since = None
        elif self._stuck_since is None:
            self._stuck_since = now
        self._stuck_bytes = waiting
        return self._stuck_since is not None and now - self._stuck_since > after_s

    async def wait(self) -> None:
        """
        Raises:
            ClientGone
        """
        while not self._news.is_set():
            self.live = True
            try:
                kind = (await self.line.receive())["type"]
            finally:
                self.live = False
            # Nobody says that a client is gone while a request of its waits for this one to end.
            if kind == GONE or self._transport.is_closing():
                raise ClientGone
            if self._woken:
                self._woken = False
                return
        self._news.clear()

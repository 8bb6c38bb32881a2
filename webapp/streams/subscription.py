"""One open stream: where its client is, and what waits to be sent to it."""

import asyncio
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from .formats import Format, Frame


@dataclass(slots=True)
class Batch:
    """Frames that are handed to everybody in one go.

    Attributes:
        before: number of the last event before them.
        chunk: all of them as one HTTP/1.1 chunk; made when first asked for.
    """

    before: int
    frames: Sequence[Frame]
    at: float = field(default_factory=time.monotonic)
    _chunk: bytes = b""

    @property
    def last(self) -> int:
        return self.frames[-1].seq

    @property
    def chunk(self) -> bytes:
        if not self._chunk:
            self._chunk = chunked(self.frames)
        return self._chunk

    def is_long(self, limit_bytes: int) -> bool:
        """Whether there are several frames, with more than so many bytes."""
        return len(self.frames) > 1 and len(self.chunk) > limit_bytes

    def after(self, seq: int) -> list[Frame]:
        """The frames that somebody who is at `seq` does not know."""
        return [frame for frame in self.frames if frame.seq > seq]


def chunked(frames: Sequence[Frame]) -> bytes:
    """A chunk of a response in parts (RFC 9112 §7.1)."""
    data = b"".join(frame.data for frame in frames)
    return b"%x\r\n%b\r\n" % (len(data), data)


class Subscription:
    """
    Attributes:
        cursor: the newest event this client has been told of.
        lagging: it has to be brought up to date from the rows; nothing is put into its buffer until then.
        closing: this stream has to end, and its client to come back: it has lived long enough, or the server
            stops.
        quiet: nothing was said for so long that the connection might be taken for dead.
        writing_since: when the write began that the client has not taken yet; None between writes.
    """

    __slots__ = (
        "__weakref__",
        "_capacity",
        "_news",
        "_waiting",
        "closing",
        "cursor",
        "expires_at",
        "format",
        "lagging",
        "quiet",
        "task",
        "writing_since",
        "wrote_at",
    )

    def __init__(self, format: Format, capacity: int, expires_at: float) -> None:
        self.format = format
        self.cursor = 0
        self.lagging = True
        self.closing = self.quiet = False
        self.expires_at = expires_at
        self.wrote_at = time.monotonic()
        self.writing_since: float | None = None
        self.task: asyncio.Task[object] | None = None
        self._capacity = capacity
        self._waiting: deque[Frame] = deque()
        self._news = asyncio.Event()

    def offer(self, batch: Batch) -> int:
        """Takes new frames without ever waiting; returns how many were dropped for them.

        A snapshot replaces the one before. A buffer that is full is dropped as a whole: it is lagging then.
        So it is where something was handed out before that has not come here.
        """
        if self.lagging:
            return 0
        if (self._waiting[-1].seq if self._waiting else self.cursor) < batch.before:
            return self._fall_behind()
        dropped = len(self._waiting) if self.format.snapshots else 0
        if dropped:
            self._waiting.clear()
        self._waiting.extend(batch.after(self.cursor))
        if len(self._waiting) > self._capacity:
            return self._fall_behind()
        self.notify()
        return dropped

    def _fall_behind(self) -> int:
        dropped = len(self._waiting)
        self._waiting.clear()
        self.lagging = True
        self.notify()
        return dropped

    def notify(self) -> None:
        """There is something to look at."""
        self._news.set()

    def close(self) -> None:
        self.closing = True
        self.notify()

    def keep_alive(self) -> None:
        self.quiet = True
        self.notify()

    def cut_off(self) -> None:
        """Ends the stream of a client that has stopped reading."""
        if self.task:
            self.task.cancel()

    def is_stalled(self, now: float, after_s: float) -> bool:
        """Whether the client has taken nothing for so long."""
        return self.writing_since is not None and now - self.writing_since > after_s

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Around each write that may wait for the client: who looks for stalled ones goes by it."""
        self.writing_since = time.monotonic()
        try:
            yield
        finally:
            self.wrote_at, self.writing_since = time.monotonic(), None

    async def wait(self) -> None:
        """Waits until there is something to look at."""
        await self._news.wait()
        self._news.clear()

    def take(self) -> list[Frame]:
        """Everything that waits and is new to this client."""
        frames = [frame for frame in self._waiting if frame.seq > self.cursor]
        self._waiting.clear()
        return frames

"""All who watch one topic in one format: what is new is encoded once, and handed to each."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import structlog

from ..errors import NotFound
from ..history import KeptEvent
from .formats import Format, Frame
from .metrics import Metrics
from .replay import BATCH_ROWS
from .subscription import Batch, Subscription

log = structlog.get_logger()

# After so many clients others get a turn: routes then answer within 12 ms during a broadcast, else in 55.
TURN_AFTER = 200
# Frames kept for clients that fall behind a little, so that thousands of them do not all ask the database.
FRAMES_KEPT = 32
# Fragments are rendered at most so often, whatever happens.
SLOW_PAUSE_S, AFTER_ERROR_S = 0.1, 1.0

ReadAfter = Callable[[int], Awaitable[Sequence[KeptEvent]]]


class Feed:
    """
    Attributes:
        cursor: the newest event that was handed out, or that was there before anybody watched.
    """

    def __init__(
        self, key: str, format: Format, cursor: int, read_after: ReadAfter, metrics: Metrics
    ) -> None:
        """`read_after` gets rows, for a format that is too slow to be told of each as it comes."""
        self.subscriptions: set[Subscription] = set()
        self.start_at(cursor)
        self._key, self._format, self._read_after = key, format, read_after
        self._metrics = metrics.of(format)
        self._newest: KeptEvent | None = None
        self._task: asyncio.Task[None] | None = None

    def start_at(self, cursor: int) -> None:
        """Everything up to this event is known without the feed."""
        self.cursor = self._recent_after = cursor
        self._recent: deque[Frame] = deque()

    async def take_in(self, rows: Sequence[KeptEvent]) -> None:
        """Something happened: `rows`, in order and not empty."""
        if self._format.quick:
            await self._deliver(rows)
            return
        self._newest = rows[-1]
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._catch_up())

    def recent(self, after: int) -> list[Frame]:
        """What a client that is at `after` has to be told, if that is still at hand; else nothing."""
        if self._format.snapshots:
            return [frame for frame in self._recent if frame.seq > after and frame.seq >= self.cursor]
        if after < self._recent_after:
            return []
        return [frame for frame in self._recent if frame.seq > after]

    def snapshot(self, number: int) -> Frame | None:
        """The newest frame, if it tells event `number` and all by itself."""
        frame = self._recent[-1] if self._recent and self._format.snapshots else None
        return frame if frame and frame.seq == number else None

    def remember(self, frame: Frame) -> None:
        """A snapshot that was made for one client, and may serve others."""
        if not self._recent or self._recent[-1].seq < frame.seq:
            self._keep([frame])

    def notify(self) -> None:
        for subscription in self.subscriptions:
            subscription.notify()

    def close(self) -> None:
        if self._task:
            self._task.cancel()

    async def _catch_up(self) -> None:
        """Tells what happened, several events at a time if they come faster."""
        while (newest := self._newest) is not None:
            self._newest = None
            try:
                complete = await self._tell(newest)
            except NotFound:
                return  # deleted meanwhile: the streams end
            except Exception:
                log.exception("cannot tell what is new", topic=self._key)
                await asyncio.sleep(AFTER_ERROR_S)
                complete = False
            if not complete:
                self._again(newest)
            elif newest.status.terminal:
                self.notify()  # this was the end, and who was written to directly has not looked
            await asyncio.sleep(SLOW_PAUSE_S)

    def _again(self, newest: KeptEvent) -> None:
        if self._newest is None:
            self._newest = newest

    async def _tell(self, newest: KeptEvent) -> bool:
        """Tells all up to `newest`, or as much as is told in one go: False."""
        rows = [newest] if self._format.snapshots else await self._read_after(self.cursor)
        if rows:
            await self._deliver(rows)
        return len(rows) < BATCH_ROWS

    def _keep(self, frames: Sequence[Frame]) -> None:
        self._recent.extend(frames)
        while len(self._recent) > (1 if self._format.snapshots else FRAMES_KEPT):
            self._recent_after = self._recent.popleft().seq

    async def _deliver(self, rows: Sequence[KeptEvent]) -> None:
        frames = await self._format.frames(self._key, rows)
        self._keep(frames)
        # Set before anybody is told: who comes up to date from here on has these already.
        batch, self.cursor = Batch(self.cursor, frames), frames[-1].seq
        for number, subscription in enumerate(tuple(self.subscriptions), start=1):
            if dropped := self._offer(subscription, batch):
                self._metrics.dropped(dropped, subscription.lagging)
            if number % TURN_AFTER == 0:
                await asyncio.sleep(0)
        self._metrics.delivered(len(self.subscriptions) * len(frames))

    def _offer(self, subscription: Subscription, batch: Batch) -> int:
        """What goes wrong with one client ends its stream, and is nothing to those behind it."""
        try:
            return subscription.offer(batch)
        except Exception:
            log.exception("cannot tell a client; cut off", topic=self._key)
        subscription.lagging = True  # what it has got of this is not known
        with suppress(Exception):
            subscription.cut_off()
        return 0

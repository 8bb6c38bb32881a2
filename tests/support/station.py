"""Everything between a change of a row and a stream: database, broker, history, hub; no HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from types import TracebackType
from typing import Self

from tests.support.sse import EventStream
from tests.support.waiting import until
from webapp.app import open_database
from webapp.broker import Broker, Listener
from webapp.broker.memory import MemoryBroker
from webapp.config import Settings
from webapp.db import Database
from webapp.events import EventType, Status
from webapp.history import History, KeptEvent, events_after
from webapp.streams.formats import Format, JsonFormat
from webapp.streams.hub import Hub
from webapp.streams.replay import Cursor
from webapp.streams.topic import VideoTopic
from webapp.videos import Video

JSON = JsonFormat()


class DeafBroker:
    """A broker that is away: every wake-up gets lost."""

    async def wake(self, video_id: str, seq: int) -> None:
        pass

    def listen(self, listener: Listener) -> Callable[[], None]:
        return lambda: None

    async def close(self) -> None:
        pass


class Station:
    """
    Attributes:
        history: change something here.
        hub: watch it here.
    """

    def __init__(self, settings: Settings, broker: Broker | None = None, db: Database | None = None) -> None:
        self.settings = settings
        self.db = db or open_database(settings)
        self.broker = broker or MemoryBroker()
        self.history = History(self.db, self.broker, settings.history_max_events)
        self.hub = Hub(self.db, self.broker, settings)

    async def __aenter__(self) -> Self:
        self._before = asyncio.all_tasks()
        self.hub.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.hub.close()
        await until(lambda: not self.tasks)
        await self.broker.close()
        await self.db.close()

    @property
    def tasks(self) -> set[asyncio.Task[object]]:
        """What runs that did not before, apart from who asks."""
        return {task for task in asyncio.all_tasks() - self._before if task is not asyncio.current_task()}

    async def video(self, status: Status = Status.PROCESSING, events: int = 1) -> str:
        """A new video with so many events."""
        video = Video(title="A title", filename="name.mp4", status=status)
        async with self.history.creating(video) as recorder:
            for number in range(1, events + 1):
                recorder.record(EventType.STATUS, f"event {number}")
        return video.id

    async def tell(self, video_id: str, count: int = 1, status: Status | None = None) -> int:
        """Records so many events, one transaction each; `status` goes with the last. Returns its number."""
        for left in reversed(range(count)):
            async with self.history.recording(video_id) as recorder:
                if status and not left:
                    recorder.video.status = status
                seq = recorder.record(EventType.TRANSCODING, f"event {recorder.video.seq + 1}").seq
        return seq

    async def burst(self, video_id: str, count: int) -> None:
        """Records so many events in one transaction."""
        async with self.history.recording(video_id) as recorder:
            for _ in range(count):
                recorder.record(EventType.TRANSCODING, f"event {recorder.video.seq + 1}")

    async def rows(self, video_id: str) -> list[KeptEvent]:
        async with self.db.read() as session:
            return await events_after(session, video_id, 0, 1_000_000)

    async def chunks(
        self, video_id: str, last_id: str | None = None, format: Format = JSON
    ) -> AsyncIterator[bytes]:
        """The bytes of a stream as the web layer would send them."""
        stream = await self.hub.open(VideoTopic(video_id), format, Cursor.parse(last_id))
        try:
            async with aclosing(stream.timed_sse()) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            stream.close()

    async def is_over(self, video_id: str, cursor: Cursor) -> bool:
        """Whether there is nothing to stream to a client that is there."""
        stream = await self.hub.open(VideoTopic(video_id), JSON, cursor)
        stream.close()
        return stream.over

    @asynccontextmanager
    async def watching(
        self, video_id: str, last_id: str | int | None = None, format: Format = JSON
    ) -> AsyncIterator[EventStream]:
        """A client that reads only when it is told to."""
        text = None if last_id is None else str(last_id)
        async with EventStream(self.chunks(video_id, text, format)) as stream:
            yield stream

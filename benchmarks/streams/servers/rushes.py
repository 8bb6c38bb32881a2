"""This app as `rushes serve --no-worker` runs it, with somebody inside who records events.

    python -m benchmarks.streams.servers.rushes VIDEOS

Settings are environment variables, as for `rushes serve`.
"""

import asyncio
import sys

import uvloop

from webapp import serving
from webapp.__main__ import configure_logging
from webapp.app import Installation
from webapp.config import Settings
from webapp.events import EventType, StageName, Status
from webapp.migrate import migrate
from webapp.videos import Video
from webapp.web.parts import EXTENSION, Parts

from ..marks import event, message, video_name
from ..schedule import Schedule
from .control import obey

# With many videos, their events of so long are one transaction: streams are measured here, not SQLite.
TICK_S = 0.05
INSERT = (
    "INSERT INTO video_event (video_id, seq, run, milestone, status, data, created_at) "
    "VALUES (?, ?, 1, 0, ?, ?, ?)"
)
UPDATE = "UPDATE video SET seq = ? WHERE id = ?"


class Publisher:
    """Records events of videos v0, v1 … and wakes those who watch."""

    def __init__(self, installation: Installation, videos: int) -> None:
        parts: Parts = installation.app.extensions[EXTENSION]
        self._db, self._history, self._broker = parts.db, parts.history, installation.broker
        self._seqs = [1] * videos

    async def create(self) -> None:
        for number in range(len(self._seqs)):
            name = video_name(number)
            video = Video(id=name, title=name, filename="video.mp4", status=Status.PROCESSING, run=1)
            async with self._history.creating(video) as recorder:
                recorder.record(EventType.STATUS, "Waiting")

    async def publish(self, schedule: Schedule) -> None:
        if schedule.videos == 1:
            await schedule.follow(self._record)
        else:
            await schedule.follow(self._record_together, TICK_S)

    async def _record(self, events: range) -> None:
        """As the pipeline does."""
        for _ in events:
            async with self._history.recording(video_name(0)) as recorder:
                progress = recorder.video.progress = recorder.video.seq % 100
                recorder.record(
                    EventType.TRANSCODING,
                    message(),
                    milestone=False,
                    stage=StageName.VIDEO,
                    stage_progress=progress,
                )

    async def _record_together(self, events: range) -> None:
        """The same rows for many videos in one transaction."""
        told = []
        for number in (one % len(self._seqs) for one in events):
            self._seqs[number] += 1
            told.append(event(number, self._seqs[number]))
        rows = [(e.video_id, e.seq, e.status.value, e.to_json(), e.timestamp.isoformat(" ")) for e in told]
        async with self._db.write() as session:
            connection = await session.connection()
            await connection.exec_driver_sql(INSERT, rows)
            await connection.exec_driver_sql(UPDATE, [(e.seq, e.video_id) for e in told])
        for e in told:
            await self._broker.wake(e.video_id, e.seq)


class PublishingInstallation(Installation):
    """One process's share, and a publisher that is there while it is."""

    videos = 0

    async def start(self) -> None:
        await super().start()
        publisher = Publisher(self, self.videos)
        await publisher.create()
        self._publishing = asyncio.create_task(obey(publisher.publish))

    async def close(self) -> None:
        self._publishing.cancel()
        await super().close()


def main() -> None:
    configure_logging(verbose=False)
    settings = Settings()
    migrate(settings)
    PublishingInstallation.videos = int(sys.argv[1])
    setattr(serving, "Installation", PublishingInstallation)  # noqa: B010  mypy takes it for a type
    uvloop.run(serving.serve(settings, with_worker=False))


if __name__ == "__main__":
    main()

"""The product inside the test's process, worker included, and what a test wants to know of it.

The workflow engine is one per process, so there can be one of these at a time.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.support.hls import Package
from tests.support.waiting import until
from webapp.app import Installation
from webapp.config import Settings
from webapp.events import Status, VideoEvent
from webapp.history import events_after
from webapp.media.worker import NAME
from webapp.runs import Run, get_run
from webapp.videos import Video, get_video
from webapp.web.parts import EXTENSION, Parts

ENCODED_WITHIN_S = 200  # by a machine that is slow and has other things to do
TERMINAL = (Status.READY, Status.FAILED, Status.CANCELLED)


class Working:
    def __init__(self, installation: Installation) -> None:
        self.settings: Settings = installation.settings
        self.app = installation.app
        parts = installation.app.extensions[EXTENSION]
        assert isinstance(parts, Parts)
        self.parts, self.control = parts, parts.control

    @classmethod
    @asynccontextmanager
    async def started(cls, settings: Settings, *, with_worker: bool = True) -> AsyncIterator["Working"]:
        """Started, and stopped in good order at the end; may be started again on the same data then."""
        installation = Installation(settings, with_worker=with_worker)
        await installation.start()
        try:
            yield cls(installation)
        finally:
            await installation.close()

    async def upload(self, file: Path | bytes, name: str = "clip.mp4", *, process: bool = True) -> str:
        """Puts in an upload and has it processed; returns the video's id."""
        data = await asyncio.to_thread(file.read_bytes) if isinstance(file, Path) else file

        async def chunks() -> AsyncIterator[bytes]:
            yield data

        video = await self.parts.uploads.create(name)
        await self.parts.uploads.receive(video.id, chunks(), len(data))
        if process:
            await self.control.process(video.id)
        return video.id

    async def video(self, video_id: str) -> Video:
        async with self.parts.db.read() as session:
            return await get_video(session, video_id)

    async def run(self, video_id: str, number: int | None = None) -> Run:
        """A run as it stands; the newest unless it is said which."""
        async with self.parts.db.read() as session:
            number = number or (await get_video(session, video_id)).run
            return await get_run(session, video_id, number)

    async def ended(self, video_id: str, within_s: float = ENCODED_WITHIN_S) -> Run:
        """Waits until the newest run is over."""
        run = await self.run(video_id)

        async def look() -> None:
            nonlocal run
            run = await self.run(video_id)

        await until(lambda: run.status in TERMINAL, within_s, look)
        return run

    async def events(self, video_id: str) -> list[VideoEvent]:
        async with self.parts.db.read() as session:
            return [row.event for row in await events_after(session, video_id, 0, 10_000)]

    async def document(self, video_id: str) -> dict[str, Any]:
        """What the API says about a video."""
        response = await self.app.test_client().get(
            f"/videos/{video_id}", headers={"Accept": "application/json"}
        )
        found = await response.get_json()
        assert isinstance(found, dict)
        return found

    async def page(self, video_id: str) -> str:
        """What a browser gets at a video's address."""
        response = await self.app.test_client().get(f"/videos/{video_id}", headers={"Accept": "text/html"})
        return str(await response.get_data(as_text=True))

    def folder(self, video_id: str) -> Path:
        """Where storage keeps what belongs to a video."""
        return self.settings.data_dir / "storage/videos" / video_id

    def notes(self, video_id: str, run: int = 1) -> list[Path]:
        """The notes of the chunks that are stored whole."""
        return sorted((self.folder(video_id) / f"runs/{run}").glob("chunk-*.json"))

    def package(self, video_id: str) -> Package:
        return Package.stored(self.settings.data_dir, video_id)

    def scratch(self, pattern: str) -> list[Path]:
        """What children are writing just now."""
        return sorted(self.settings.scratch_dir.glob(pattern))


def children(of: int | None = None) -> list[psutil.Process]:
    """The processes of this one, or of process `of`, that work on somebody's upload."""
    found = []
    for process in psutil.Process(of).children(recursive=True):
        try:
            if process.name() == NAME and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:  # gone meanwhile, or a zombie that nobody has waited for
            continue
    return found

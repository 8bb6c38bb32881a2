"""Where uploads are received: the part, and all that it works with; no HTTP."""

from pathlib import Path

from tests.support.station import Station
from tests.support.storages import SlowStorage
from webapp.config import Settings
from webapp.events import VideoEvent
from webapp.storage.local import LocalStorage
from webapp.uploads.journal import UploadJournal
from webapp.uploads.uploads import Uploads
from webapp.videos import Video, get_video

UPLOAD_LIMIT_BYTES = 100_000


class Desk:
    """Uploads and all that they work with.

    Attributes:
        patient: the same, for clients that may take their time.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.station = Station(settings)
        self.folder = folder
        self.storage = SlowStorage(LocalStorage(folder))
        self.uploads = self._uploads(settings)
        self.patient = self._uploads(settings.model_copy(update={"upload_idle_s": 60}))

    def _uploads(self, settings: Settings) -> Uploads:
        return Uploads(settings, "a key", self.station.db, self.station.history, self.storage)

    async def video(self, video_id: str) -> Video:
        async with self.station.db.read() as session:
            return await get_video(session, video_id)

    async def events(self, video_id: str) -> list[VideoEvent]:
        return [row.event for row in await self.station.rows(video_id)]

    async def interrupt(self, video_id: str) -> None:
        """As who finds it abandoned."""
        await UploadJournal(self.station.history, video_id).interrupt()

    def files(self) -> list[str]:
        return [path.name for path in self.folder.rglob("*") if path.is_file()]

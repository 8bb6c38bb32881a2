"""Creates videos and receives their files."""

from collections.abc import AsyncIterator

from .. import words
from ..config import Settings
from ..db import Database
from ..errors import TooLarge, Unavailable
from ..events import ErrorInfo, EventType
from ..history import History
from ..keys import original_key
from ..storage import Storage
from ..videos import Video, clean_name, new_id, title_of
from . import shelf
from .abandoned import Abandoned
from .arrival import OtherSize, exactly, reported, timed
from .completion import Completion
from .journal import INTERRUPTED, Then, UploadJournal
from .onlooker import Onlooker
from .passes import Passes


class Uploads:
    """
    Attributes:
        passes: for those who create a video first and send its file later.
        abandoned: those that nobody receives any more.
    """

    def __init__(
        self,
        settings: Settings,
        signing_key: str,
        db: Database,
        history: History,
        storage: Storage,
        onlooker: Onlooker | None = None,
        start: Then | None = None,
    ) -> None:
        """`start` has a video processed whose file is there, but whoever received it is not any more."""
        self._settings, self._history, self._storage = settings, history, storage
        self._onlooker = onlooker
        self._completion = Completion(history, storage, onlooker)
        self.passes = Passes(signing_key, settings.upload_url_ttl_s)
        self.abandoned = Abandoned(db, history, storage, self._completion, settings.upload_idle_s, start)

    async def create(
        self,
        filename: str,
        title: str | None = None,
        size: int | None = None,
        content_type: str | None = None,
        video_id: str | None = None,
        embed: list[str] | None = None,
    ) -> Video:
        """A video that waits for its file of `size` bytes, if that is known.

        Args:
            video_id: which no other video has; made here if None.
            embed: origins whose pages may show it, as an EmbedPolicy; None for what the installation says.

        Raises:
            TooLarge: it would not be taken.
        """
        self._refuse_too_large(size)
        name = clean_name(filename)
        video = Video(
            id=video_id or new_id(),
            title=title_of(title, name),
            filename=name,
            size_bytes=size,
            content_type=content_type,
            embed=embed,
        )
        async with self._history.creating(video) as recorder:
            recorder.record(EventType.STATUS, "Waiting for the file")
        return video

    async def rename(self, video_id: str, title: str) -> None:
        """Gives the video a title, if there is something in it."""
        async with self._history.recording(video_id) as recorder:
            recorder.video.title = title_of(title, recorder.video.filename)

    async def receive(
        self,
        video_id: str,
        chunks: AsyncIterator[bytes],
        size: int | None,
        about: int | None = None,
        then: Then | None = None,
        announced: int | None = None,
    ) -> Video:
        """Stores the file durably. If that ends early, nothing is kept and the video says why.

        Args:
            size: bytes to come, if that is known; else `about` may say how many, and be a little too high.
            then: what begins in the transaction that says that the file is there, as processing does.
                Who looks on may begin before.
            announced: bytes that it has to have, if somebody said so.

        Raises:
            NotFound: there is no such video, or no longer.
            Conflict: it has its file already, or somebody else is uploading it.
            TooLarge: there is too much of it.
            Invalid: it stopped coming, or has not the size that is known.
            Unavailable: storage is full, or away.
        """
        self._refuse_too_large(size)
        if announced is not None and size not in (None, announced):
            raise OtherSize(announced)
        exact = announced if size is None else size
        expected = exact or about
        journal = UploadJournal(self._history, video_id)
        if await journal.begin(expected, process=then is not None):
            await shelf.clear(self._storage, video_id)
        if self._onlooker and then and expected:
            self._onlooker.begun(video_id, expected)
        try:
            received = await self._storage.put(
                original_key(video_id),
                reported(timed(exactly(chunks, exact), self._settings.upload_idle_s), journal, expected),
                self._settings.upload_max_bytes,
            )
        except BaseException as error:  # also when the client goes away, which cancels us
            whole = await shelf.size_of(self._storage, video_id)  # its very last moment may have come
            if whole is not None:
                await self._completion.assured(video_id, whole, then)
                raise
            if self._onlooker:
                await self._onlooker.ended(video_id, whole=False)
            await journal.interrupt(_why(error))
            raise
        return await self._completion.assured(video_id, received, then)

    async def close(self) -> None:
        """Waits for uploads whose last byte is there to be called complete."""
        await self._completion.close()

    def _refuse_too_large(self, size: int | None) -> None:
        if size is not None and size > self._settings.upload_max_bytes:
            limit = words.size(self._settings.upload_max_bytes)
            raise TooLarge("too_large", f"This server takes files of up to {limit}.")


def _why(error: BaseException) -> ErrorInfo:
    """What to say of an upload that broke off: the reason, where it was not the connection."""
    if isinstance(error, Unavailable | TooLarge | OtherSize):
        hint = f"Nothing was kept. {error.hint}".strip()
        return ErrorInfo(code=error.code, message=error.message, hint=hint)
    return INTERRUPTED

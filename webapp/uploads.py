"""How a file gets in: a video is created, its bytes are received, and from then on it can be processed."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from itsdangerous import BadSignature, URLSafeTimedSerializer

from . import words
from .config import Settings
from .db import Database, now
from .errors import Conflict, Forbidden, Invalid, NotFound, TooLarge, Unavailable
from .events import ErrorInfo, EventType, StageName, Status
from .history import History, Recorder
from .keys import hls_prefix, notes_prefix, original_key, source_prefix, storage_prefix
from .storage import Storage
from .videos import Video, abandoned_uploads, clean_name, new_id, title_of

log = structlog.get_logger()

REPORT_S = 1.0
# An upload whose process is gone was last heard of long ago, by this many times the idle limit.
ABANDONED_AFTER_IDLES = 2
COMPLETED_WITHIN_S = 10
INTERRUPTED = ErrorInfo(
    code="upload_interrupted",
    message="The upload broke off before the file was complete.",
    hint="Nothing of it was kept. Upload the file again.",
)


Then = Callable[[Recorder], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class UploadPass:
    """Permission to upload the file of one video until a moment; `token` proves it."""

    token: str
    expires_at: datetime


class Onlooker(Protocol):
    """Hears of uploads that are to be processed at once. Never raises: an upload goes on without it."""

    def begun(self, video_id: str, size: int) -> None:
        """About so many bytes are going to be received."""
        ...

    async def ended(self, video_id: str, *, whole: bool) -> None:
        """They were, or the upload broke off; may be told again, and without a beginning."""
        ...


class Uploads:
    def __init__(
        self,
        settings: Settings,
        signing_key: str,
        db: Database,
        history: History,
        storage: Storage,
        onlooker: Onlooker | None = None,
    ) -> None:
        self._onlooker = onlooker
        self._completing: set[asyncio.Task[Video]] = set()
        self._settings, self._db, self._history, self._storage = settings, db, history, storage
        self._signer = URLSafeTimedSerializer(signing_key, salt="upload")

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

    def issue_pass(self, video: Video, process: bool) -> UploadPass:
        """Permission to upload the file, and to have it processed at once if `process`."""
        expires_at = now() + timedelta(seconds=self._settings.upload_url_ttl_s)
        return UploadPass(self._signer.dumps([video.id, process]), expires_at)

    def check_pass(self, video_id: str, token: str) -> bool:
        """Whether the file is to be processed once it is there.

        Raises:
            Forbidden: the token is not ours, for another video, or too old.
        """
        try:
            allowed, process = self._signer.loads(token, max_age=self._settings.upload_url_ttl_s)
        except BadSignature as error:
            log.info("upload refused", video=video_id, reason=str(error))
            allowed, process = None, False
        if allowed != video_id:
            raise Forbidden(
                "bad_upload_address",
                "This upload address is wrong or has expired.",
                "Create the video again with POST /videos to get a new one.",
            )
        return bool(process)

    async def receive(
        self,
        video_id: str,
        chunks: AsyncIterator[bytes],
        size: int | None,
        about: int | None = None,
        then: Then | None = None,
    ) -> Video:
        """Stores the file durably. If that ends early, nothing is kept and the video says why.

        Args:
            size: bytes to come, if that is known; else `about` may say how many, and be a little too high.
            then: what begins in the transaction that says that the file is there, as processing does.
                Who looks on may begin before.

        Raises:
            NotFound: there is no such video, or no longer.
            Conflict: it has its file already, or somebody else is uploading it.
            TooLarge: there is too much of it.
            Invalid: it stopped coming.
            Unavailable: storage is full, or away.
        """
        self._refuse_too_large(size)
        expected = size or about
        if await self._begin(video_id, expected):
            await self._storage.delete(source_prefix(video_id))
            await self._clear(video_id)
        if self._onlooker and then and expected:
            self._onlooker.begun(video_id, expected)
        try:
            received = await self._storage.put(
                original_key(video_id),
                self._reported(video_id, self._timed(chunks), expected),
                self._settings.upload_max_bytes,
            )
        except BaseException as error:  # also when the client goes away, which cancels us
            whole = await self._size(video_id)  # its very last moment may have come
            if whole is not None:
                await self._completed(video_id, whole, then)
                raise
            if self._onlooker:
                await self._onlooker.ended(video_id, whole=False)
            await self.interrupt(video_id, _why(error))
            raise
        return await self._completed(video_id, received, then)

    async def rename(self, video_id: str, title: str) -> None:
        """Gives the video a title, if there is something in it."""
        async with self._history.recording(video_id) as recorder:
            recorder.video.title = title_of(title, recorder.video.filename)

    async def interrupt(self, video_id: str, why: ErrorInfo = INTERRUPTED) -> None:
        """Marks an upload as broken off; the same address takes it again."""
        try:
            async with self._history.recording(video_id) as recorder:
                if recorder.video.status is Status.UPLOADING:
                    recorder.video.status, recorder.video.published_run = Status.FAILED, 0
                    recorder.video.failure = why.model_dump()
                    recorder.record(EventType.ERROR, why.message, stage=StageName.RECEIVE)
        except NotFound:
            pass  # deleted meanwhile

    async def watch(self) -> None:
        """Marks the uploads of processes that were killed as broken off, until cancelled."""
        while True:
            oldest = now() - timedelta(seconds=self._settings.upload_idle_s * ABANDONED_AFTER_IDLES)
            try:
                async with self._db.read() as session:
                    abandoned = await abandoned_uploads(session, oldest)
            except Exception:
                log.exception("cannot look for abandoned uploads")
                abandoned = []
            for video_id in abandoned:
                try:
                    await self._give_up(video_id)
                except Exception:
                    log.exception("abandoned upload not cleared away yet", video=video_id)
            await asyncio.sleep(self._settings.upload_idle_s)

    async def close(self) -> None:
        """Waits for uploads whose last byte is there to be called complete."""
        if self._completing:
            await asyncio.wait(self._completing, timeout=COMPLETED_WITHIN_S)

    async def _give_up(self, video_id: str) -> None:
        """What lies there first: who is marked is not looked at again."""
        await self._storage.discard_orphans(original_key(video_id))
        # Not what may still be arriving: somebody may only have been silent for long.
        await self._clear(video_id)
        whole = await self._size(video_id)
        if whole is None:
            await self.interrupt(video_id)
            return
        # Its process was killed before it could say so; what could be watched of it then is gone.
        async with self._history.recording(video_id) as recorder:
            recorder.video.published_run = 0
        await self._complete(video_id, whole, None)

    async def _clear(self, video_id: str) -> None:
        """Removes what may have been made of an upload before it was complete."""
        await self._storage.delete(hls_prefix(video_id))
        await self._storage.delete(notes_prefix(video_id))

    async def _size(self, video_id: str) -> int | None:
        """Bytes of the file, if all of it is stored."""
        try:
            return (await self._storage.stat(original_key(video_id))).size
        except (NotFound, Unavailable):
            return None

    async def _begin(self, video_id: str, size: int | None) -> bool:
        """Returns whether something was sent before."""
        async with self._history.recording(video_id) as recorder:
            video = recorder.video
            if video.uploaded_at is not None:
                raise Conflict(
                    "already_uploaded",
                    "This video has its file already.",
                    "Create another video for another file.",
                )
            if video.status is Status.UPLOADING:
                raise Conflict("upload_running", "This file is being uploaded right now.")
            again = video.upload_started_at is not None
            video.status, video.failure = Status.UPLOADING, None
            video.size_bytes = size or video.size_bytes
            video.upload_started_at = video.upload_seen_at = now()
            recorder.record(
                EventType.UPLOADING, "Receiving the file", stage=StageName.RECEIVE, stage_progress=0
            )
        return again

    async def _completed(self, video_id: str, received: int, then: Then | None) -> Video:
        """Goes on to its end also if the client, who has sent everything, does not wait for it."""
        completing = asyncio.create_task(self._complete(video_id, received, then))
        self._completing.add(completing)
        completing.add_done_callback(self._completing.discard)
        return await asyncio.shield(completing)

    async def _complete(self, video_id: str, received: int, then: Then | None) -> Video:
        if self._onlooker:
            await self._onlooker.ended(video_id, whole=True)
        try:
            async with self._history.recording(video_id) as recorder:
                video = recorder.video
                video.size_bytes, video.uploaded_at = received, now()
                # Somebody may have given it up too early.
                video.status, video.failure = Status.UPLOADED, None
                message = f"Upload complete: {words.size(received)}"
                recorder.record(EventType.STATUS, message, stage=StageName.RECEIVE)
                if then:
                    await then(recorder)
        except NotFound:  # deleted in between, when there was no file yet
            await self._storage.delete(storage_prefix(video_id))
            raise
        return video

    async def _timed(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        while True:
            try:
                async with asyncio.timeout(self._settings.upload_idle_s):
                    chunk = await anext(chunks, None)
            except TimeoutError as error:
                raise Invalid("upload_stalled", "The file stopped coming.", "Upload it again.") from error
            if chunk is None:
                return
            yield chunk

    async def _reported(
        self, video_id: str, chunks: AsyncIterator[bytes], size: int | None
    ) -> AsyncIterator[bytes]:
        """The same chunks; the video's history hears how many there were."""
        received, told_at = 0, time.monotonic()
        async for chunk in chunks:
            received += len(chunk)
            if time.monotonic() - told_at > REPORT_S:
                told_at = time.monotonic()
                await self._report(video_id, received, size)
            yield chunk

    async def _report(self, video_id: str, received: int, size: int | None) -> None:
        async with self._history.recording(video_id) as recorder:
            video = recorder.video
            video.upload_seen_at = now()
            video.status, video.failure = Status.UPLOADING, None
            of = f" of {words.size(size)}" if size else ""
            recorder.record(
                EventType.UPLOADING,
                f"{words.size(received)}{of} received",
                stage=StageName.RECEIVE,
                stage_progress=min(100, received * 100 // size) if size else None,
                milestone=False,
            )

    def _refuse_too_large(self, size: int | None) -> None:
        if size is not None and size > self._settings.upload_max_bytes:
            limit = words.size(self._settings.upload_max_bytes)
            raise TooLarge("too_large", f"This server takes files of up to {limit}.")


def _why(error: BaseException) -> ErrorInfo:
    """What to say of an upload that broke off: the reason, where it was not the connection."""
    if isinstance(error, Unavailable | TooLarge):
        hint = f"Nothing was kept. {error.hint}".strip()
        return ErrorInfo(code=error.code, message=error.message, hint=hint)
    return INTERRUPTED

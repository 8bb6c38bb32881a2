"""Writes an upload's way into its video's row and history."""

from collections.abc import Awaitable, Callable

from .. import words
from ..db import now
from ..errors import Conflict, NotFound
from ..events import ErrorInfo, EventType, StageName, Status
from ..history import History, Recorder
from ..videos import Video

INTERRUPTED = ErrorInfo(
    code="upload_interrupted",
    message="The upload broke off before the file was complete.",
    hint="Nothing of it was kept. Upload the file again.",
)

# What begins in the transaction that says that the file is there.
Then = Callable[[Recorder], Awaitable[None]]


class UploadJournal:
    def __init__(self, history: History, video_id: str) -> None:
        self._history, self._video_id = history, video_id

    async def begin(self, size: int | None, process: bool) -> bool:
        """Returns whether something was sent before; `process` is kept, in case nobody here sees its end.

        Raises:
            NotFound: there is no such video.
            Conflict: it has its file already, or somebody else is uploading it.
        """
        async with self._history.recording(self._video_id) as recorder:
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
            video.received_bytes, video.watchable_later_because = 0, None
            video.size_bytes, video.process_wanted = size or video.size_bytes, process
            video.upload_started_at = video.upload_seen_at = now()
            recorder.record(
                EventType.UPLOADING, "Receiving the file", stage=StageName.RECEIVE, stage_progress=0
            )
        return again

    async def received(self, so_far: int, size: int | None) -> None:
        """So many bytes have come, of about `size`."""
        async with self._history.recording(self._video_id) as recorder:
            video = recorder.video
            video.upload_seen_at, video.received_bytes = now(), so_far
            video.status, video.failure = Status.UPLOADING, None
            of = f" of {words.size(size)}" if size else ""
            recorder.record(
                EventType.UPLOADING,
                f"{words.size(so_far)}{of} received",
                stage=StageName.RECEIVE,
                stage_progress=min(100, so_far * 100 // size) if size else None,
                milestone=False,
            )

    async def complete(self, size: int, then: Then | None) -> Video:
        """All of the file is stored. May be said again, which changes nothing.

        Raises:
            NotFound: the video was deleted.
        """
        async with self._history.recording(self._video_id) as recorder:
            video = recorder.video
            if video.uploaded_at is not None:
                return video
            video.size_bytes = video.received_bytes = size
            video.uploaded_at = now()
            # Somebody may have given it up too early.
            video.status, video.failure = Status.UPLOADED, None
            message = f"Upload complete: {words.size(size)}"
            recorder.record(EventType.STATUS, message, stage=StageName.RECEIVE)
            if then:
                await then(recorder)
        return video

    async def interrupt(self, why: ErrorInfo = INTERRUPTED) -> None:
        """Marks an upload as broken off; the same address takes it again."""
        try:
            async with self._history.recording(self._video_id) as recorder:
                if recorder.video.status is Status.UPLOADING:
                    recorder.video.status, recorder.video.published_run = Status.FAILED, 0
                    recorder.video.failure = why.model_dump()
                    recorder.record(EventType.ERROR, why.message, stage=StageName.RECEIVE)
        except NotFound:
            pass  # deleted meanwhile

    async def withdraw(self) -> None:
        """What could be watched before the upload was complete is gone."""
        async with self._history.recording(self._video_id) as recorder:
            recorder.video.published_run = 0

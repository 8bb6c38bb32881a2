"""The wire contract: one event of a video's life, as every stream sends it and the history keeps it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel


class EventType(StrEnum):
    STATUS = "video_status_update"
    DOWNLOADING = "video_downloading"
    TRANSCODING = "video_transcoding"
    UPLOADING = "video_uploading"
    ERROR = "video_error"


class Status(StrEnum):
    CREATED = "created"
    UPLOADING = "uploading"
    UPLOADED = "uploaded"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def terminal(self) -> bool:
        """Nothing more happens to a video in this status, unless somebody asks for a new run."""
        return self in (Status.READY, Status.FAILED, Status.CANCELLED)


class StageName(StrEnum):
    """The steps of a video's way, in their order."""

    RECEIVE = "receive"
    PROBE = "probe"
    COPY = "copy"
    SKETCH = "sketch"
    POSTER = "poster"
    PREVIEWS = "previews"
    VIDEO = "video"
    AUDIO = "audio"
    SUBTITLES = "subtitles"
    PUBLISH = "publish"


def rfc3339(moment: datetime) -> str:
    """UTC to the millisecond, as RFC 3339 writes it: 2024-01-01T12:00:00.000Z."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Timestamp = Annotated[datetime, PlainSerializer(rfc3339, return_type=str)]


class WireModel(BaseModel):
    """Base of what goes over HTTP: camelCase names, absent where there is nothing to say."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)

    def to_json(self) -> str:
        return self.model_dump_json(by_alias=True, exclude_none=True)


class ErrorInfo(WireModel):
    """Why a run failed: a code for programs, a sentence for people, and what to do about it."""

    code: str
    message: str
    hint: str


class VideoEvent(WireModel):
    """One event. The first six fields are always there; `seq` is the SSE id."""

    video_id: str
    event_type: EventType
    status: Status
    message: str = Field(description="A sentence for people.")
    progress: int = Field(ge=0, le=100, description="Percent of the whole run; never falls within a run.")
    timestamp: Timestamp
    seq: int = Field(description="1, 2, 3 … per video, without a gap, in the order of commits.")
    run: int | None = Field(default=None, description="Number of the processing run, from 1.")
    stage: StageName | None = None
    stage_progress: int | None = Field(default=None, ge=0, le=100, description="Percent of the stage.")
    rendition: str | None = None
    eta_seconds: int | None = Field(
        default=None, description="Estimated seconds until the picture is encoded, at the speed of late."
    )
    speed: float | None = Field(default=None, description="Seconds of video processed per second.")
    playable: bool | None = Field(default=None, description="Whether the video can be watched by now.")
    queue_position: int | None = Field(default=None, description="Runs that start before this one, plus one.")
    waiting_for_core: bool | None = Field(
        default=None,
        description="Set while a run that has begun has no core, because other videos have them.",
    )
    error: ErrorInfo | None = None
    deleted: bool | None = Field(
        default=None, description="Set on the last event of a video that was deleted. Streams alone tell it."
    )
    reset: bool | None = Field(
        default=None,
        description="Set on a snapshot sent because what followed the client's last id is not kept.",
    )

"""The JSON documents of the API. /openapi.json is made from these types."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from ..embedding import EmbedPolicy
from ..events import ErrorInfo, Status, Timestamp, WireModel
from ..losses import Losses
from ..runs import RenditionInfo, RuleVerdict
from ..stages import Stage

EmbedList = Annotated[
    list[str],
    AfterValidator(lambda origins: list(EmbedPolicy.of(origins).origins)),
    Field(
        description="Origins whose pages may show the video; `*` alone for all, empty for none.",
        examples=[["https://example.org"], ["*"], []],
    ),
]


# 12.0 is a whole number, too (JSON Schema 2020-12, Core §4.2.3); some languages write them so.
WholeNumber = Annotated[
    int, BeforeValidator(lambda said: int(said) if isinstance(said, float) and said.is_integer() else said)
]


class Asked(WireModel):
    """Base of what clients send. A field that there is not is refused, and a value of another type: they may
    be a slip of the pen."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class CreateVideo(Asked):
    """What to say before uploading a file."""

    filename: str = Field(min_length=1, max_length=1000, examples=["holiday.mp4"])
    title: str | None = Field(default=None, max_length=1000, description="Made from the file name if absent.")
    size: WholeNumber | None = Field(
        default=None, gt=0, description="Bytes; refused at once if too many. Then the file must have so many."
    )
    content_type: str | None = Field(default=None, max_length=200, examples=["video/mp4"])
    process: bool = Field(default=False, description="Start processing as soon as the file has arrived.")
    embed: EmbedList | None = Field(default=None, description="As the installation says if absent.")


class EditVideo(Asked):
    """What to change about a video; what is not named stays."""

    title: str | None = Field(default=None, max_length=1000, description="null: made from the file name.")
    embed: EmbedList | None = Field(default=None, description="null: as the installation says.")


class PickPoster(Asked):
    """Which moment of the video is its poster: the frame about that second."""

    second: float = Field(ge=0)


class UploadTarget(WireModel):
    """Where to send the file: one request with the bytes as its body."""

    method: Literal["PUT"] = "PUT"
    url: str
    headers: dict[str, str] = Field(default_factory=dict, description="To be sent along.")
    expires_at: Timestamp


class Links(WireModel):
    """Absolute addresses of what belongs to a video."""

    self: str
    status: str = Field(description="Server-sent events; or JSON, by Accept.")
    fragments: str = Field(description="Server-sent HTML fragments for htmx.")
    process: str
    cancel: str
    html: str
    embed: str = Field(description="The page for an iframe on other sites.")
    download: str
    playlist: str | None = Field(default=None, description="HLS, once there is something to play.")
    poster: str | None = None
    preview: str | None = Field(default=None, description="Animated WebP of a few moments.")
    storyboard: str | None = Field(default=None, description="WebVTT of small pictures, for scrubbing.")


class CreatedVideo(WireModel):
    """A video that waits for its file."""

    video_id: str
    status: Status
    upload: UploadTarget
    links: Links


class VideoDocument(WireModel):
    """A video as it stands."""

    video_id: str
    title: str
    filename: str
    status: Status
    progress: int = Field(ge=0, le=100)
    playable: bool
    embed: EmbedList
    created_at: Timestamp
    uploaded_at: Timestamp | None = None
    size_bytes: int | None = None
    received_bytes: int | None = Field(
        default=None, description="While it is uploading: how many have come, to within a second or so."
    )
    watchable_later_because: str | None = Field(
        default=None,
        description="While it is uploading: why it can be watched only once that is complete, if so.",
    )
    duration_seconds: float | None = None
    width: int | None = Field(
        default=None,
        description="Of the upload's picture as it is meant to be seen: upright, in square pixels. It may "
        "be odd; that of a rendition, which never is, stands with the rendition.",
    )
    height: int | None = Field(default=None, description="As `width`.")
    tone_mapped: bool | None = Field(
        default=None,
        description="Whether the upload is HDR, and its colours are brought down to SDR in all renditions.",
    )
    losses: Losses | None = Field(
        default=None,
        description="What of the upload is missing in what can be watched; while nothing can, in what the "
        "newest run makes. Absent before it was inspected, and of what earlier releases made.",
    )
    queue_position: int | None = Field(
        default=None, description="Runs that start before the newest one, plus one, while it waits."
    )
    waiting_for_core: bool | None = Field(
        default=None, description="Set while the newest run has no core, because other videos have them."
    )
    playable_after_seconds: float | None = Field(
        None,
        description="From the upload's last byte until it could be watched; from the request to process if "
        "that came later, or again; 0 if it could be watched before the upload was complete.",
    )
    waited_seconds: float | None = Field(
        default=None, description="Of these, while its run waited for its turn: in the queue, or for a core."
    )
    slow_because: str | None = Field(
        default=None, description="What about the file takes the time, if processing lasts longer than it."
    )
    ladder_because: str | None = Field(
        default=None, description="Why it has fewer renditions than others of its size, or lower bit rates."
    )
    error: ErrorInfo | None = None
    stages: list[Stage] = Field(default_factory=list)
    renditions: list[RenditionInfo] = Field(
        default_factory=list, description="Of what can be watched, once it is complete."
    )
    conformance: list[RuleVerdict] = Field(
        default_factory=list,
        description="Apple's authoring rules, and how the package keeps them; none for sound alone.",
    )
    links: Links


class VideoList(WireModel):
    """A page of the library, newest first; `next` is the address of the following one, if there is one."""

    videos: list[VideoDocument]
    next: str | None = None

"""Why browsers cannot play an upload as it is, or not before it is whole."""

from enum import StrEnum

from .message import Message


class ObstacleCode(StrEnum):
    """Kept in what is stored of a run, so none may change; pipeline/describe.py has words for each."""

    NO_PICTURE = "no_picture"

    # By its header, its first frames and its index; see `copyable`.
    CODEC = "codec"
    CONTAINER = "container"
    CONFIGURATION = "configuration"
    PIXELS = "pixels"
    PROFILE = "profile"
    HDR = "hdr"
    INTERLACED = "interlaced"
    FIELDS = "fields"
    ROTATED = "rotated"
    MIRRORED = "mirrored"
    CROPPED = "cropped"
    STRETCHED = "stretched"
    KEYFRAMES = "keyframes"
    LATE_PICTURE = "late_picture"

    # By a packet; see `copied_picture` and `copied_sound`.
    OPEN_GOP = "open_gop"
    START = "start"
    EDITED = "edited"
    TIMESTAMPS = "timestamps"
    TOO_MANY_FRAMES = "too_many_frames"
    CHANGES = "changes"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    SOUND = "sound"

    # By the run itself; see pipeline/stages/copy.py.
    CRASHED = "crashed"
    WATCHED = "watched"

    # Of an upload that is arriving; see `arriving`.
    INDEX_AT_END = "index_at_end"
    IN_FRAGMENTS = "in_fragments"
    CUT_OFF = "cut_off"
    LENGTH_UNKNOWN = "length_unknown"
    OTHER_FORMAT = "other_format"


class Copying(Message, frozen=True, kw_only=True):
    """Browsers can play the upload as it is, as far as its beginning tells.

    Attributes:
        sound: its sound too; otherwise that is encoded beside the copied picture, if there is any.
        average_bps: bits per second of the whole file; 0 where its length is not known yet.
    """

    sound: bool
    average_bps: int


class Obstacle(Message, frozen=True, kw_only=True):
    """Why browsers cannot play the upload as it is, or not before it is whole.

    Attributes:
        seconds: how far keyframes are apart, where that is the reason.
    """

    code: ObstacleCode
    seconds: float | None = None

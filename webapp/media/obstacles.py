"""Why browsers cannot play an upload as it is, or not before it is whole."""

from enum import StrEnum


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
    CUT_OFF = "cut_off"
    LENGTH_UNKNOWN = "length_unknown"
    OTHER_FORMAT = "other_format"

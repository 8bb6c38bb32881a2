"""What a child says of its jobs: a JSON line each on its stdout."""

from collections.abc import Iterable

import msgspec

from .facts import Facts
from .message import Message
from .obstacles import Obstacle
from .segment import Track


class Need(msgspec.Struct, frozen=True, array_like=True):
    """What a picture of so many pixels takes at its busiest, in bits per second, and its largest keyframe."""

    pixels: int
    bps: int
    keyframe_bits: int = 0


class Complexity(Message, frozen=True, kw_only=True):
    """How many bits a source has, and how many it needs.

    Attributes:
        source_bps: of its picture, as what H.264 would need for it; 0 where no index says that, or nobody.
        busiest_bps: of the seconds of it that have most, likewise.
        keyframe_bits: in its largest keyframe, likewise.
        needs: as encoded without a ceiling, of one size or two; none where nothing was tried.
    """

    source_bps: int = 0
    busiest_bps: int = 0
    keyframe_bits: int = 0
    needs: list[Need] = msgspec.field(default_factory=list)


class Copied(Message, frozen=True, kw_only=True):
    """The upload as copied.

    Attributes:
        tracks: the picture's, then the sound's if that is copied; none if not even one segment is there.
        frames: pictures copied.
        obstacle: why the rest could not be copied; None if all of it was.
    """

    tracks: list[Track]
    frames: int
    obstacle: Obstacle | None = None


class Poster(Message, frozen=True, kw_only=True):
    """Size in pixels of the picture written, and the second of the source it shows."""

    width: int
    height: int
    second: float


class Still(Message, frozen=True, kw_only=True):
    """Size in pixels of the picture written."""

    width: int
    height: int


class Storyboard(Message, frozen=True, kw_only=True):
    """Tiles of `width` × `height` pixels, one for each `interval_s` seconds, `columns` in a row."""

    width: int
    height: int
    columns: int
    count: int
    interval_s: float

    def place(self, number: int) -> tuple[int, int]:
        """Pixels from the left and from the top of the picture to a tile, counted from 0."""
        return number % self.columns * self.width, number // self.columns * self.height

    def second(self, number: int) -> float:
        """The moment that a tile shows, about."""
        return (number + 0.5) * self.interval_s


class Preview(Message, frozen=True, kw_only=True):
    """How many frames were written, and the bytes they take."""

    frames: int
    size_bytes: int


class Quality(msgspec.Struct, frozen=True, array_like=True):
    """How close a rung comes to the source scaled to its size: a sum of SSIM over `frames` sampled."""

    ssim: float
    frames: int


class Chunk(Message, frozen=True, kw_only=True):
    """A chunk as encoded; no segments at all if the picture ended before it.

    Attributes:
        frames: encoded per rung.
        repeated: of these, shown again at the chunk's start because none follows for long.
        thinned: frames that are left out because more come than players show.
        damaged: packets of the source that could not be decoded, or only in part, or come too late.
        unshown: frames of which there are packets, and that are not shown for what was damaged before them.
        missing_s: for how long nothing of the source is shown, where it had something before it was damaged.
        quality: of each track, where the chunk is one of those sampled.
    """

    tracks: list[Track]
    frames: int
    repeated: int = 0
    thinned: int = 0
    damaged: int = 0
    unshown: int = 0
    missing_s: float = 0
    quality: list[Quality] = msgspec.field(default_factory=list)


class Written(Message, frozen=True, kw_only=True):
    """The segments of `track`, new since the last such line, lie complete in the job's folder."""

    track: Track


class Audio(Message, frozen=True, kw_only=True):
    """The sound as encoded; None where nothing of it could be decoded. `missing_s` is as of a Chunk."""

    track: Track | None
    damaged: int = 0
    missing_s: float = 0


def most_missing_s(sounds: Iterable[Audio]) -> float:
    """Of the one that misses most: where a file is damaged, that is missing of all of them."""
    return max(audio.missing_s for audio in sounds)


class Subtitles(Message, frozen=True, kw_only=True):
    """How many cues each track of the Facts has; of one without any, there is no file."""

    cues: list[int]
    damaged: int = 0


class Inspected(Message, frozen=True, kw_only=True):
    """How many frames were found; all that were to be there."""

    frames: int


class Progress(Message, frozen=True, kw_only=True):
    """Frames finished so far by this child; sent a few times a second, also as a sign of life.

    `approached` is how many were decoded only to get to where a chunk begins.
    """

    frames: int
    approached: int = 0


class Waiting(Message, frozen=True, kw_only=True):
    """The next bytes of an upload have not arrived yet; sent now and then as a sign of life."""


class Failed(Message, frozen=True, kw_only=True):
    """The job cannot be done, whoever tries. `code` is one of `failures`, `detail` is for the log."""

    code: str
    detail: str


Answer = (
    Facts
    | Complexity
    | Obstacle
    | Waiting
    | Copied
    | Poster
    | Still
    | Storyboard
    | Preview
    | Chunk
    | Audio
    | Subtitles
    | Written
    | Inspected
    | Progress
    | Failed
)

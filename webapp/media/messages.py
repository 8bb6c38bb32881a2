"""What parent and child tell each other: one JSON document in on stdin, JSON lines out on stdout.

msgspec and not pydantic, because each child pays for its imports: 20 ms against 60.
"""

import msgspec

from .facts import (
    AudioTrack as AudioTrack,
    Copying as Copying,
    Facts as Facts,
    Keyframe as Keyframe,
    Message as Message,
    Obstacle as Obstacle,
    Rational as Rational,
    Rung as Rung,
    Segment as Segment,
    SubtitleTrack as SubtitleTrack,
    Track as Track,
    VideoTrack as VideoTrack,
    Wanted as Wanted,
)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What an upload may be like; what is beyond is refused, with a code for each.

    Attributes:
        pixels: of a picture; the default is a little above 8192 × 4320.
        frame_rate: frames per second, on average.
        duration_s: whether there are so many frames or only two.
        streams: of all kinds.
    """

    pixels: int = 40_000_000
    frame_rate: float = 480
    duration_s: float = 24 * 3600
    streams: int = 64


class Arriving(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is still being received: its path once it is whole, and its bytes then, about."""

    final: str
    size: int


class SourceJob(Message, frozen=True, kw_only=True):
    """Base of what is done with the upload at the path `source`, of which more may be `arriving`."""

    source: str
    limits: Limits = Limits()
    arriving: Arriving | None = None


class ProbeJob(SourceJob, frozen=True, kw_only=True):
    """Find out what is in the file `source`, and which of the codecs `wanted` beside H.264 this build has.

    Answered by Facts. Of a file that is arriving, by an Obstacle if it cannot be told before it is whole.
    """

    wanted: Wanted = Wanted()


class PosterJob(SourceJob, frozen=True, kw_only=True):
    """Write a JPEG of a frame to `target`: the one about `second`, or one worth showing if None.

    Answered by Poster.
    """

    target: str
    facts: Facts
    second: float | None = None


class Poster(Message, frozen=True, kw_only=True):
    """Size in pixels of the picture written, and the second of the source it shows."""

    width: int
    height: int
    second: float


class WaveformJob(SourceJob, frozen=True, kw_only=True):
    """Draw the waveform of sound alone as a JPEG. Answered by Progress lines, then Still."""

    target: str
    facts: Facts


class StillJob(SourceJob, frozen=True, kw_only=True):
    """Make a JPEG at `target` of the still picture that is the source. Answered by Still."""

    target: str


class Still(Message, frozen=True, kw_only=True):
    """Size in pixels of the picture written."""

    width: int
    height: int


class StoryboardJob(SourceJob, frozen=True, kw_only=True):
    """Write a JPEG of moments all over the video to `target`. Answered by Progress, then Storyboard."""

    target: str
    facts: Facts


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


class PreviewJob(SourceJob, frozen=True, kw_only=True):
    """Write an animated WebP of a few moments to `target`. Answered by Progress lines, then Preview."""

    target: str
    facts: Facts


class Preview(Message, frozen=True, kw_only=True):
    """How many frames were written, and the bytes they take."""

    frames: int
    size_bytes: int


class CopyJob(SourceJob, frozen=True, kw_only=True):
    """Copy the upload's own packets into segments in `folder`. Answered by Written lines, then Copied."""

    folder: str
    facts: Facts


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


class ChunkJob(SourceJob, frozen=True, kw_only=True):
    """Encode every rung of one chunk into `folder`/<rung>/. Answered by Progress lines, then Chunk.

    Attributes:
        first: number of the first segment.
        bounds_s: where its segments start, and where the last one ends; whole seconds. Without an
            end (`open_end`) the chunk goes on to the last frame, however far that is.
        side_by_side: whether the rungs are encoded in threads, since there are cores for them.
        sampled: whether to measure how close the rungs come to the source.
    """

    folder: str
    facts: Facts
    rungs: list[Rung]
    first: int
    bounds_s: list[int]
    open_end: bool
    side_by_side: bool = False
    sampled: bool = False


class Quality(msgspec.Struct, frozen=True, array_like=True):
    """How close a rung comes to the source scaled to its size: a sum of SSIM over `frames` sampled."""

    ssim: float
    frames: int


class Chunk(Message, frozen=True, kw_only=True):
    """A chunk as encoded; no segments at all if the picture ended before it.

    Attributes:
        frames: encoded per rung.
        repeated: of these, shown again at the chunk's start because none follows for long.
        damaged: packets of the source that could not be decoded.
        quality: of each track, where the chunk is one of those sampled.
    """

    tracks: list[Track]
    frames: int
    repeated: int = 0
    damaged: int = 0
    quality: list[Quality] = msgspec.field(default_factory=list)


class AudioJob(SourceJob, frozen=True, kw_only=True):
    """Encode a track of sound in one pass into `folder`. Answered by Written lines, then Audio.

    `number` is its place in `facts.sounds`.
    """

    folder: str
    facts: Facts
    number: int = 0


class Written(Message, frozen=True, kw_only=True):
    """The segments of `track`, new since the last such line, lie complete in the job's folder."""

    track: Track


class Audio(Message, frozen=True, kw_only=True):
    """The sound as encoded; None where nothing of it could be decoded."""

    track: Track | None
    damaged: int = 0


class SubtitlesJob(SourceJob, frozen=True, kw_only=True):
    """Write every track of `facts.subtitles` into `folder`. Answered by Subtitles."""

    folder: str
    facts: Facts


class Subtitles(Message, frozen=True, kw_only=True):
    """How many cues each track of the Facts has; of one without any, there is no file."""

    cues: list[int]
    damaged: int = 0


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A segment of a rendition of the picture: paths of its files, and what is to be in it."""

    init: str
    segment: str
    width: int
    height: int
    frames: int


class InspectJob(Message, frozen=True, kw_only=True):
    """Count the frames in these segments of ours, decode their keyframes.

    Answered by Progress lines, then Inspected; or by Failed.
    """

    pieces: list[Piece]


class Inspected(Message, frozen=True, kw_only=True):
    """How many frames were found; all that were to be there."""

    frames: int


class Progress(Message, frozen=True, kw_only=True):
    """Frames finished so far by this child; sent a few times a second, also as a sign of life."""

    frames: int


class Waiting(Message, frozen=True, kw_only=True):
    """The next bytes of an upload have not arrived yet; sent now and then as a sign of life."""


class Failed(Message, frozen=True, kw_only=True):
    """The job cannot be done, whoever tries. `code` is one of `failures`, `detail` is for the log."""

    code: str
    detail: str


Job = (
    ProbeJob
    | CopyJob
    | PosterJob
    | WaveformJob
    | StillJob
    | StoryboardJob
    | PreviewJob
    | ChunkJob
    | AudioJob
    | SubtitlesJob
    | InspectJob
)
Answer = (
    Facts
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

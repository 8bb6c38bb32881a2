"""What parent and child tell each other: one JSON document in on stdin, JSON lines out on stdout.

msgspec and not pydantic, because each child pays for its imports: 20 ms against 60.
"""

from fractions import Fraction
from typing import Annotated

import msgspec


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=str.lower):
    """Base of everything that crosses the pipe; `kind` names the type."""


class Rational(msgspec.Struct, frozen=True, array_like=True):
    """An exact ratio, [numerator, denominator] on the wire: a time base in seconds, a rate in 1/s."""

    numerator: int
    denominator: Annotated[int, msgspec.Meta(gt=0)]

    @classmethod
    def of(cls, value: Fraction) -> "Rational":
        return cls(value.numerator, value.denominator)

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """One rendition of the ladder.

    Attributes:
        name: the shorter side and "p", as people say it: "1080p".
        width, height: upright picture in square pixels, both even.
        ceiling_bps: the bit rate exceeds this by a tenth at most, averaged as RFC 8216 §4.1 does for a peak.
    """

    name: str
    width: int
    height: int
    ceiling_bps: int


class VideoTrack(msgspec.Struct, frozen=True, kw_only=True):
    """The picture of an upload, as its first decoded frame shows it.

    Attributes:
        stream: index of the stream in the container.
        width, height: as it is meant to be seen: upright, square pixels.
        rate: average frames per second.
        time_base: seconds per tick of this track's timestamps.
        zero: timestamp of the first frame, in ticks; the timeline of the output starts there.
        rotation: degrees counter-clockwise the stored picture is turned by to stand upright.
        colour: primaries, transfer and matrix of the output, as numbered by ITU-T H.273.
    """

    stream: int
    codec: str
    width: int
    height: int
    rate: Rational
    time_base: Rational
    zero: int
    colour: tuple[int, int, int]
    rotation: int = 0
    interlaced: bool = False
    hdr: bool = False


class AudioTrack(msgspec.Struct, frozen=True, kw_only=True):
    """The sound of an upload; `sample_rate` in Hz, `language` as the container has it (ISO 639) or None."""

    stream: int
    codec: str
    channels: int
    sample_rate: int
    language: str | None = None


class Copying(Message, frozen=True, kw_only=True):
    """Browsers can play the upload as it is, as far as its beginning tells.

    Attributes:
        sound: its sound too; otherwise that is encoded beside the copied picture, if there is any.
        average_bps: bits per second of the whole file.
    """

    sound: bool
    average_bps: int


class Obstacle(Message, frozen=True, kw_only=True):
    """Why browsers cannot play the upload as it is.

    Attributes:
        code: see pipeline/describe.py, which has words for each.
        seconds: how far keyframes are apart, where that is the reason.
    """

    code: str
    seconds: float | None = None


class Facts(Message, frozen=True, kw_only=True):
    """What the probe found. `duration_s` is the picture's, from its first frame to the end of its last."""

    container: str
    duration_s: float
    video: VideoTrack
    audio: AudioTrack | None = None
    copying: Copying | Obstacle


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """One CMAF segment as written.

    Attributes:
        index: its number, from 0, the same in every rendition.
        start, duration: in ticks of the rendition's timescale.
        size: bytes.
        samples: frames of video, or AAC frames of audio.
    """

    index: int
    start: int
    duration: int
    size: int
    samples: int


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """Segments of one rendition.

    Attributes:
        timescale: ticks per second.
        codec: as in the CODECS attribute (RFC 6381): "avc1.640028".
        init_sha256: of the initialisation segment, which all segments of a rendition share.
    """

    name: str
    timescale: int
    codec: str
    init_sha256: str
    segments: list[Segment]


class ProbeJob(Message, frozen=True, kw_only=True):
    """Find out what is in the file `source`. Answered by Facts."""

    source: str


class PosterJob(Message, frozen=True, kw_only=True):
    """Write a JPEG of a frame worth showing to `target`. Answered by Poster."""

    source: str
    target: str
    facts: Facts


class Poster(Message, frozen=True, kw_only=True):
    """Size in pixels of the picture written, and the second of the source it shows."""

    width: int
    height: int
    second: float


class CopyJob(Message, frozen=True, kw_only=True):
    """Copy the upload's own packets into segments in `folder`. Answered by Written lines, then Copied."""

    source: str
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


class ChunkJob(Message, frozen=True, kw_only=True):
    """Encode every rung of one chunk into `folder`/<rung>/. Answered by Progress lines, then Chunk.

    Attributes:
        first: number of the first segment.
        bounds_s: where its segments start, and where the last one ends; whole seconds. Without an
            end (`open_end`) the chunk goes on to the last frame, however far that is.
    """

    source: str
    folder: str
    facts: Facts
    rungs: list[Rung]
    first: int
    bounds_s: list[int]
    open_end: bool


class Chunk(Message, frozen=True, kw_only=True):
    """A chunk as encoded; no segments at all if the picture ended before it.

    Attributes:
        frames: encoded per rung.
        repeated: of these, shown again at the chunk's start because none follows for long.
        damaged: packets of the source that could not be decoded.
    """

    tracks: list[Track]
    frames: int
    repeated: int = 0
    damaged: int = 0


class AudioJob(Message, frozen=True, kw_only=True):
    """Encode the sound in one pass into `folder`. Answered by Written lines, then Audio."""

    source: str
    folder: str
    facts: Facts


class Written(Message, frozen=True, kw_only=True):
    """The segments of `track`, new since the last such line, lie complete in the job's folder."""

    track: Track


class Audio(Message, frozen=True, kw_only=True):
    """The sound as encoded; None where nothing of it could be decoded."""

    track: Track | None
    damaged: int = 0


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A segment of a rendition of the picture: paths of its files, and what is to be in it."""

    init: str
    segment: str
    width: int
    height: int
    frames: int


class InspectJob(Message, frozen=True, kw_only=True):
    """Decode these segments of ours. Answered by Progress lines, then Inspected; or by Failed."""

    pieces: list[Piece]


class Inspected(Message, frozen=True, kw_only=True):
    """How many frames were decoded; all that were to be there."""

    frames: int


class Progress(Message, frozen=True, kw_only=True):
    """Frames finished so far by this child; sent a few times a second, also as a sign of life."""

    frames: int


class Failed(Message, frozen=True, kw_only=True):
    """The job cannot be done, whoever tries. `code` is one of `failures`, `detail` is for the log."""

    code: str
    detail: str


Job = ProbeJob | CopyJob | PosterJob | ChunkJob | AudioJob | InspectJob
Answer = Facts | Copied | Poster | Chunk | Audio | Written | Inspected | Progress | Failed

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
        deep: whether a sample has more than 8 bits.
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
    deep: bool = False


class AudioTrack(msgspec.Struct, frozen=True, kw_only=True):
    """A track of sound of an upload.

    Attributes:
        sample_rate: Hz.
        language, title: as the container has them, the language mostly by ISO 639-2.
        begin: the second of the container's timeline at which it starts; known where it is alone.
    """

    stream: int
    codec: str
    channels: int
    sample_rate: int
    language: str | None = None
    title: str | None = None
    begin: Rational = Rational(0, 1)


class SubtitleTrack(msgspec.Struct, frozen=True, kw_only=True):
    """A track of subtitles of an upload that is text.

    Attributes:
        language, title: as the container has them.
        forced: to be shown to those who understand the sound, too.
        described: for those who cannot hear.
    """

    stream: int
    codec: str
    language: str | None = None
    title: str | None = None
    forced: bool = False
    described: bool = False


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
    """What the probe found.

    Attributes:
        bit_rate_bps: of the whole file.
        duration_s: of the picture, from its first frame to the end of its last; of sound alone, likewise.
        picture: None where there is sound alone.
        audio: the sound that is played unless somebody chooses another.
        more_audio: the others, in the container's order.
        other_subtitles: how many tracks of subtitles are not text, but pictures.
        copying: whether browsers can play it as it is.
    """

    container: str
    duration_s: float
    bit_rate_bps: int = 0
    picture: VideoTrack | None = msgspec.field(default=None, name="video")
    audio: AudioTrack | None = None
    more_audio: list[AudioTrack] = []
    subtitles: list[SubtitleTrack] = []
    other_subtitles: int = 0
    copying: Copying | Obstacle = Obstacle(code="no_picture")

    @property
    def sounds(self) -> list[AudioTrack]:
        """All tracks of sound, the main one first."""
        return [self.audio, *self.more_audio] if self.audio else []

    @property
    def video(self) -> VideoTrack:
        """The picture, for whatever is done only where there is one."""
        assert self.picture is not None
        return self.picture

    @property
    def zero_s(self) -> Fraction:
        """The second of the container's timeline at which that of the output starts."""
        if self.picture:
            return self.picture.zero * self.picture.time_base.fraction
        return self.audio.begin.fraction if self.audio else Fraction(0)


class Keyframe(msgspec.Struct, frozen=True, array_like=True):
    """An IDR frame in a segment.

    Attributes:
        start: when it is shown, in ticks of the rendition's timescale.
        offset, size: where the fragment it begins lies in the segment, and its bytes up to the frame's end.
    """

    start: int
    offset: int
    size: int


class Segment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One CMAF segment as written.

    Attributes:
        index: its number, from 0, the same in every rendition.
        start, duration: in ticks of the rendition's timescale.
        size: bytes.
        samples: frames of video, or AAC frames of audio.
        decode: decode times of its first sample and of what follows it, in ticks, as read from its boxes.
        keyframes: of a picture.
        fastest: the most frames per second that it shows at any time, where that is known.
        longest: for how many ticks a frame of a picture is shown at most.
    """

    index: int
    start: int
    duration: int
    size: int
    samples: int
    decode: tuple[int, int] | None = None
    keyframes: list[Keyframe] = []
    fastest: Rational | None = None
    longest: int = 0


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """Segments of one rendition.

    Attributes:
        timescale: ticks per second.
        codec: as in the CODECS attribute (RFC 6381): "avc1.640028".
        init_sha256: of the initialisation segment, which all segments of a rendition share.
        progressive: whether the parameter sets of a picture say so.
    """

    name: str
    timescale: int
    codec: str
    init_sha256: str
    segments: list[Segment]
    progressive: bool | None = None


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


class SourceJob(Message, frozen=True, kw_only=True):
    """Base of what is done with the upload at the path `source`."""

    source: str
    limits: Limits = Limits()


class ProbeJob(SourceJob, frozen=True, kw_only=True):
    """Find out what is in the file `source`. Answered by Facts."""


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
    """

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

"""What is in an upload, and what it becomes: the things that parent and child tell each other about."""

from fractions import Fraction
from typing import Annotated

import msgspec

from .obstacles import ObstacleCode


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
        name: the shorter side and "p", as people say it: "1080p"; beside H.264, and the codec: "1080p_av1".
        width, height: upright picture in square pixels, both even.
        ceiling_bps: the bit rate exceeds this by a tenth at most, averaged as RFC 8216 §4.1 does for a peak.
    """

    name: str
    width: int
    height: int
    ceiling_bps: int
    codec: str = "h264"


class Held(msgspec.Struct, frozen=True, array_like=True):
    """The last frame is shown for longer than it says, since there is more sound.

    Attributes:
        since: the tick of the track at which its own time is over.
        until: the tick at which the sound is.
    """

    since: int
    until: int

    @property
    def length(self) -> int:
        return self.until - self.since


class Cropping(msgspec.Struct, frozen=True, array_like=True):
    """How many stored pixels on each side are not shown."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0

    def of(self, width: int, height: int) -> "Cropping":
        """The same, or none where nothing would be left of such a picture."""
        left_over = self.left + self.right < width and self.top + self.bottom < height
        return self if left_over else WHOLE


WHOLE = Cropping()


class VideoTrack(msgspec.Struct, frozen=True, kw_only=True):
    """The picture of an upload, as its first decoded frame shows it.

    Attributes:
        stream: index of the stream in the container.
        width, height: as it is meant to be seen: upright, square pixels.
        rate: average frames per second.
        time_base: seconds per tick of this track's timestamps.
        zero: timestamp of the first frame, in ticks; the timeline of the output starts there.
        rotation: degrees counter-clockwise the stored picture is turned by to stand upright.
        mirrored: whether left and right are exchanged after that.
        hdr: whether it is of high dynamic range, and `bright` whether mastered for well above 1,000 nits.
        deep: whether a sample has more than 8 bits.
        colour: primaries, transfer and matrix of the output, as numbered by ITU-T H.273.
        held: of the last frame, see `holding`.
        cropping: of the stored picture, see `cropping`.
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
    mirrored: bool = False
    interlaced: bool = False
    hdr: bool = False
    bright: bool = False
    deep: bool = False
    held: Held | None = None
    cropping: Cropping = WHOLE


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


# How a run's chunks are encoded, see Wanted.
FIRST_ENCODING, NEWEST_ENCODING = 1, 2


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What this installation wants of renditions.

    Kept with the Facts, so that a run that is gone on with after a restart keeps to what it began with,
    whatever the settings are then.

    Attributes:
        sides: shorter sides in pixels of the renditions, as far as the source is that large; none for those
            that suit it.
        preset: of x264, by its name; empty for ours.
        beside: codecs to encode in beside H.264.
        per_title: whether sizes and bit rates follow what each video needs.
        encoding: all chunks of a run are encoded alike, whatever build goes on with it, since they share an
            initialisation segment. Of runs that began before there was this field, 1: one tuning for all,
            all sizes, never a second one beside the smallest. Of new ones, 2: see `h264` and `vui`.
    """

    sides: tuple[int, ...] = ()
    preset: str = ""
    beside: tuple[str, ...] = ()
    per_title: bool = True
    encoding: int = FIRST_ENCODING


WANTED_OF_NEW_RUNS = Wanted(encoding=NEWEST_ENCODING)


class Facts(Message, frozen=True, kw_only=True):
    """What the probe found.

    Attributes:
        bit_rate_bps: of the whole file.
        duration_s: of the picture, from its first frame to when its last is no longer shown; of sound alone,
            likewise.
        missing_s: for how long the file claims to go on after that, and does not.
        breaks_off: whether it ends inside a packet without having said how long it is.
        picture: None where there is sound alone.
        audio: the sound that is played unless somebody chooses another.
        more_audio: the others, in the container's order.
        other_subtitles: how many tracks of subtitles are not text, but pictures.
        copying: whether browsers can play it as it is.
        wanted: of its renditions.
    """

    container: str
    duration_s: float
    bit_rate_bps: int = 0
    missing_s: float = 0
    breaks_off: bool = False
    picture: VideoTrack | None = msgspec.field(default=None, name="video")
    audio: AudioTrack | None = None
    more_audio: list[AudioTrack] = []
    subtitles: list[SubtitleTrack] = []
    other_subtitles: int = 0
    copying: Copying | Obstacle = Obstacle(code=ObstacleCode.NO_PICTURE)
    wanted: Wanted = Wanted()

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
    def frames_end_s(self) -> float:
        """The second of the output's timeline at which the last frame ends, if it is not held."""
        video = self.video
        if video.held is None:
            return self.duration_s
        return float((video.held.since - video.zero) * video.time_base.fraction)

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

    @property
    def end_s(self) -> float:
        """The second at which its last segment ends; 0 if there is none."""
        if not self.segments:
            return 0.0
        last = self.segments[-1]
        return (last.start + last.duration) / self.timescale

    def followed_by(self, track: "Track") -> "Track":
        """With the segments of `track` that come after these; it may begin with some that are here."""
        last = self.segments[-1].index if self.segments else -1
        new = [segment for segment in track.segments if segment.index > last]
        return msgspec.structs.replace(track, segments=[*self.segments, *new])

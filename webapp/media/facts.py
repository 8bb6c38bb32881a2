"""What is in an upload."""

from fractions import Fraction

import msgspec

from .message import Message, Rational
from .obstacles import Copying, Obstacle, ObstacleCode
from .wanted import Wanted


class Held(msgspec.Struct, frozen=True, array_like=True):
    """The last frame is shown for longer than it says, since there is more sound, or the picture says so.

    Attributes:
        since: the tick of the track at which its own time is over.
        until: the tick at which that is.
    """

    since: int
    until: int

    @property
    def length(self) -> int:
        return self.until - self.since


# Of a picture, along each side: samples of colour are shared by up to four pixels, and not to be cut.
LEAST_SHOWN = 4


class Cropping(msgspec.Struct, frozen=True, array_like=True):
    """How many stored pixels on each side are not shown."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0

    def of(self, width: int, height: int) -> "Cropping":
        """The same, or none where next to nothing would be left of such a picture."""
        shown = width - self.left - self.right, height - self.top - self.bottom
        return self if min(shown) >= LEAST_SHOWN else WHOLE


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
        transparent: whether it says how much is to be seen through it, which no rendition does.
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
    transparent: bool = False
    held: Held | None = None
    cropping: Cropping = WHOLE


class AudioTrack(msgspec.Struct, frozen=True, kw_only=True):
    """A track of sound of an upload.

    Attributes:
        sample_rate: Hz.
        language, title: as the container has them, the language mostly by ISO 639-2.
        begin: the second of the container's timeline at which it starts; known where it is alone.
        unusual_layout: of six or eight channels, whether that is not 5.1 or 7.1.
    """

    stream: int
    codec: str
    channels: int
    sample_rate: int
    language: str | None = None
    title: str | None = None
    begin: Rational = Rational(0, 1)
    unusual_layout: bool = False


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


class Facts(Message, frozen=True, kw_only=True):
    """What the probe found.

    Attributes:
        bit_rate_bps: of the whole file.
        duration_s: of the picture, from its first frame to when its last is no longer shown; of sound alone,
            likewise.
        missing_s: for how long the file claims to go on after that, and does not.
        left_out_s: for how long there is more in it, in another coding, with which this cannot go on.
        breaks_off: whether it ends inside a packet without having said how long it is.
        picture: None where there is sound alone.
        audio: the sound that is played unless somebody chooses another.
        more_audio: the others, in the container's order.
        other_subtitles: how many tracks of subtitles are not text, but pictures.
        other_pictures, other_sounds: how many tracks of picture and sound are left out, since one picture is
            shown, no more than so many sounds are offered, or there is no decoder for them.
        copying: whether browsers can play it as it is.
        wanted: of its renditions.
    """

    container: str
    duration_s: float
    bit_rate_bps: int = 0
    missing_s: float = 0
    left_out_s: float = 0
    breaks_off: bool = False
    picture: VideoTrack | None = msgspec.field(default=None, name="video")
    audio: AudioTrack | None = None
    more_audio: list[AudioTrack] = msgspec.field(default_factory=list)
    subtitles: list[SubtitleTrack] = msgspec.field(default_factory=list)
    other_subtitles: int = 0
    other_pictures: int = 0
    other_sounds: int = 0
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

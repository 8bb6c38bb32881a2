"""What is known of the segments of a rendition once they are written."""

import msgspec

from .message import Rational


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

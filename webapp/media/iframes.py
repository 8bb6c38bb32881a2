"""I-frame playlists (RFC 8216 §4.3.3.6): single pictures for seeking, as byte ranges into the segments."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from .ladder import Rung
from .playlist import IFRAME_PLAYLIST, MEDIA_PLAYLIST_HEAD, BitRates, extinf, peak_bps, rounded_up
from .segment import Keyframe, Segment, Track
from .track import INIT_NAME, segment_name


@dataclass(frozen=True, slots=True)
class IFrames:
    """The keyframes of a rung as the multivariant playlist lists them."""

    rung: Rung
    codec: str
    rates: BitRates

    @classmethod
    def of(cls, rung: Rung, track: Track) -> "IFrames":
        return cls(rung, track.codec, rates(track))

    def line(self, folder: str) -> str:
        """EXT-X-I-FRAME-STREAM-INF (§4.3.4.3); `folder` is where the renditions' playlists lie."""
        return (
            f"#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={self.rates.peak},AVERAGE-BANDWIDTH={self.rates.average},"
            f'CODECS="{self.codec}",RESOLUTION={self.rung.width}x{self.rung.height},VIDEO-RANGE=SDR,'
            f'URI="{folder}/{self.rung.name}/{IFRAME_PLAYLIST}"'
        )


def playlist(track: Track) -> str:
    """The I-frame playlist of a finished rendition. Each frame is listed for as long as until the next."""
    frames = list(_frames(track))
    longest = max((duration for _, _, duration in frames), default=Fraction(0))
    lines = [*MEDIA_PLAYLIST_HEAD, f"#EXT-X-TARGETDURATION:{rounded_up(longest)}"]
    lines += ["#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-I-FRAMES-ONLY"]
    lines.append(f'#EXT-X-MAP:URI="{INIT_NAME}"')
    for segment, frame, duration in frames:
        lines += [
            f"#EXTINF:{extinf(float(duration))},",
            f"#EXT-X-BYTERANGE:{frame.size}@{frame.offset}",
            segment_name(segment.index),
        ]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def rates(track: Track) -> BitRates:
    """Bits per second of the keyframes alone, as if each were a segment."""
    sizes, seconds = [], []
    for _, frame, duration in _frames(track):
        sizes.append(frame.size * 8)
        seconds.append(duration)
    if not sum(seconds):
        return BitRates(0, 0)
    average = sum(sizes) / sum(seconds)
    return BitRates(
        round(peak_bps(sizes, seconds, rounded_up(max(seconds))) or average),
        round(average),
    )


def _frames(track: Track) -> Iterator[tuple[Segment, Keyframe, Fraction]]:
    """Each keyframe with its segment and the seconds until the next one, or until the end."""
    listed = [(segment, frame) for segment in track.segments for frame in segment.keyframes]
    if not listed:
        return
    last = track.segments[-1]
    starts = [*(frame.start for _, frame in listed), last.start + last.duration]
    for (segment, frame), (start, following) in zip(listed, pairwise(starts), strict=True):
        yield segment, frame, Fraction(following - start, track.timescale)

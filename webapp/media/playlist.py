"""Media playlists of HLS (RFC 8216), and bit rates, from the segments that were written."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .segment import Segment, Track
from .timeline import SEGMENT_S
from .track import INIT_NAME, segment_name

VERSION = 7  # fragmented MP4 with EXT-X-MAP outside of I-frame playlists
MEDIA_PLAYLIST, MULTIVARIANT_PLAYLIST = "playlist.m3u8", "multivariant.m3u8"
IFRAME_PLAYLIST = "iframes.m3u8"
MEDIA_TYPE = "application/vnd.apple.mpegurl"
# What is compressed is held in memory as a whole; a playlist of 24 hours has half of that.
LARGEST_COMPRESSED_BYTES = 2 * 1024 * 1024
MEDIA_PLAYLIST_HEAD = ("#EXTM3U", f"#EXT-X-VERSION:{VERSION}")
# Segments in a row that can last 1.5 target durations, for a video that opens with shorter ones.
LONGEST_RUN = 4
# Before anything is measured: what share of its ceiling a rendition uses on average.
USUAL_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class BitRates:
    """Bits per second of a rendition, its boxes included: at its busiest, and of all together."""

    peak: int
    average: int

    def __add__(self, other: "BitRates") -> "BitRates":
        return BitRates(self.peak + other.peak, self.average + other.average)

    @classmethod
    def measured(cls, track: Track) -> "BitRates":
        """As RFC 8216 §4.1 has it, of the durations as players read them, the peak rounded up."""
        sizes = [segment.size * 8 for segment in track.segments]
        seconds = [Fraction(extinf(segment.duration / track.timescale)) for segment in track.segments]
        average = sum(sizes) / sum(seconds)
        peak = peak_bps(sizes, seconds, target_duration(track.timescale, track.segments))
        return cls(math.ceil(peak or average), round(average))

    @classmethod
    def expected(cls, ceiling_bps: int) -> "BitRates":
        return cls(ceiling_bps, round(ceiling_bps * USUAL_SHARE))


def extinf(seconds: float) -> str:
    """A duration as playlists have it."""
    return f"{seconds:.6f}"


def peak_bps(bits: Sequence[int], seconds: Sequence[Fraction], target: int) -> Fraction | None:
    """The highest rate of segments in a row that last 0.5 to 1.5 `target` durations (RFC 8216 §4.1)."""
    runs = (
        slice(first, after)
        for after in range(1, len(bits) + 1)
        for first in range(max(0, after - LONGEST_RUN), after)
    )
    rates = (
        sum(bits[run]) / length
        for run in runs
        if target <= 2 * (length := sum(seconds[run], Fraction(0))) <= 3 * target
    )
    return max(rates, default=None)


def media(timescale: int, segments: Sequence[Segment], ended: bool, target_s: int = 0) -> str:
    """The playlist of one rendition: EVENT while it grows, VOD once it has `ended`.

    `target_s` is the target duration that it has in common with others (§6.2.4), or is to be held by what
    still comes; 0 for its own.
    """
    lines = [
        *MEDIA_PLAYLIST_HEAD,
        f"#EXT-X-TARGETDURATION:{max(target_s, target_duration(timescale, segments))}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{'VOD' if ended else 'EVENT'}",
    ]
    if not ended:
        # Otherwise players take a growing list for live and begin at its end.
        lines.append("#EXT-X-START:TIME-OFFSET=0,PRECISE=YES")
    lines.append(f'#EXT-X-MAP:URI="{INIT_NAME}"')
    for segment in segments:
        lines += [f"#EXTINF:{extinf(segment.duration / timescale)},", segment_name(segment.index)]
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if ended else []), ""])


def target_duration(timescale: int, segments: Sequence[Segment]) -> int:
    """No EXTINF, rounded, may be longer (§4.3.3.1); a growing list must not change it."""
    longest = max((Fraction(segment.duration, timescale) for segment in segments), default=Fraction(0))
    return max(SEGMENT_S, int(longest + Fraction(1, 2)))


def rounded_up(seconds: Fraction) -> int:
    """The least target duration for segments of so many seconds: at least one."""
    return max(1, math.ceil(seconds))

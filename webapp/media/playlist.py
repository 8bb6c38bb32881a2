"""HLS playlists (RFC 8216), from the segments that were written."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .messages import Rung, Segment, Track
from .timeline import SEGMENT_S
from .track import INIT_NAME, segment_name

VERSION = 7  # fragmented MP4 with EXT-X-MAP outside of I-frame playlists
MEDIA_PLAYLIST, MULTIVARIANT_PLAYLIST = "playlist.m3u8", "multivariant.m3u8"
MEDIA_TYPE = "application/vnd.apple.mpegurl"
AUDIO_GROUP = "audio"
# Apple's rule 9.12: what a player takes first, knowing nothing, should be about this.
FIRST_VARIANT_BPS = 2_000_000
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
        """The peak is that of segments in a row that last 0.5 to 1.5 target durations (RFC 8216 §4.1)."""
        sizes = [segment.size * 8 for segment in track.segments]
        seconds = [Fraction(segment.duration, track.timescale) for segment in track.segments]
        target = target_duration(track.timescale, track.segments)
        average = sum(sizes) / sum(seconds)
        runs = (
            slice(first, after)
            for after in range(1, len(sizes) + 1)
            for first in range(max(0, after - LONGEST_RUN), after)
        )
        rates = (
            sum(sizes[run]) / length
            for run in runs
            if target <= 2 * (length := sum(seconds[run], Fraction(0))) <= 3 * target
        )
        return cls(round(max(rates, default=average)), round(average))

    @classmethod
    def expected(cls, ceiling_bps: int) -> "BitRates":
        return cls(ceiling_bps, round(ceiling_bps * USUAL_SHARE))


@dataclass(frozen=True, slots=True)
class Variant:
    """A rung as the multivariant playlist lists it; `rates` without the sound."""

    rung: Rung
    codec: str
    rates: BitRates


@dataclass(frozen=True, slots=True)
class AudioRendition:
    name: str
    codec: str
    channels: int
    rates: BitRates


def media(timescale: int, segments: Sequence[Segment], ended: bool, target_s: int = SEGMENT_S) -> str:
    """The playlist of one rendition: EVENT while it grows, VOD once it has `ended`.

    `target_s` is how long segments are to be, a few of which may be longer at the end.
    """
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{VERSION}",
        f"#EXT-X-TARGETDURATION:{max(target_s, target_duration(timescale, segments))}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{'VOD' if ended else 'EVENT'}",
    ]
    if not ended:
        # Otherwise players take a growing list for live and begin at its end.
        lines.append("#EXT-X-START:TIME-OFFSET=0,PRECISE=YES")
    lines.append(f'#EXT-X-MAP:URI="{INIT_NAME}"')
    for segment in segments:
        lines += [f"#EXTINF:{segment.duration / timescale:.6f},", segment_name(segment.index)]
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if ended else []), ""])


def target_duration(timescale: int, segments: Sequence[Segment]) -> int:
    """No EXTINF, rounded, may be longer (§4.3.3.1); a growing list must not change it."""
    longest = max((Fraction(segment.duration, timescale) for segment in segments), default=Fraction(0))
    return max(SEGMENT_S, int(longest + Fraction(1, 2)))


def multivariant(
    variants: Sequence[Variant], audio: AudioRendition | None, rate: Fraction, folder: str
) -> str:
    """The playlist a player starts from. `folder` is where the renditions' own lie, relative to it."""
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if audio:
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{AUDIO_GROUP}",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,'
            f'CHANNELS="{audio.channels}",URI="{folder}/{audio.name}/{MEDIA_PLAYLIST}"'
        )
    for variant in in_order(variants):
        rates = variant.rates + audio.rates if audio else variant.rates
        codecs = f"{variant.codec},{audio.codec}" if audio else variant.codec
        group = f',AUDIO="{AUDIO_GROUP}"' if audio else ""
        lines += [
            f"#EXT-X-STREAM-INF:BANDWIDTH={rates.peak},AVERAGE-BANDWIDTH={rates.average},"
            f'CODECS="{codecs}",RESOLUTION={variant.rung.width}x{variant.rung.height},'
            f"FRAME-RATE={float(rate):.3f},VIDEO-RANGE=SDR,CLOSED-CAPTIONS=NONE{group}",
            f"{folder}/{variant.rung.name}/{MEDIA_PLAYLIST}",
        ]
    return "\n".join([*lines, ""])


def in_order(variants: Sequence[Variant]) -> list[Variant]:
    """Largest first, but for the one that suits a player that knows nothing yet: that is the very first."""
    largest_first = sorted(variants, key=lambda variant: -variant.rates.peak)
    first = min(variants, key=lambda variant: abs(variant.rates.peak - FIRST_VARIANT_BPS))
    return [first, *(variant for variant in largest_first if variant is not first)]

"""HLS playlists (RFC 8216), from the segments that were written."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .facts import Rung, Segment, Track
from .languages import UNDETERMINED
from .timeline import SEGMENT_S
from .track import INIT_NAME, segment_name

VERSION = 7  # fragmented MP4 with EXT-X-MAP outside of I-frame playlists
MEDIA_PLAYLIST, MULTIVARIANT_PLAYLIST = "playlist.m3u8", "multivariant.m3u8"
IFRAME_PLAYLIST = "iframes.m3u8"
MEDIA_TYPE = "application/vnd.apple.mpegurl"
# What is compressed is held in memory as a whole; a playlist of 24 hours has half of that.
LARGEST_COMPRESSED_BYTES = 2 * 1024 * 1024
MEDIA_PLAYLIST_HEAD = ("#EXTM3U", f"#EXT-X-VERSION:{VERSION}")
AUDIO_GROUP = "audio"
# Apple's rule 9.12: what a player takes first, knowing nothing, should be about this.
FIRST_VARIANT_BPS = 2_000_000
# Some variant has to do with this (Apple's rule for slow networks); without one, the sound goes on alone.
SLOWEST_BPS = 192_000
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
        """As RFC 8216 §4.1 has it."""
        sizes = [segment.size * 8 for segment in track.segments]
        seconds = [Fraction(segment.duration, track.timescale) for segment in track.segments]
        average = sum(sizes) / sum(seconds)
        peak = peak_bps(sizes, seconds, target_duration(track.timescale, track.segments))
        return cls(round(peak or average), round(average))

    @classmethod
    def expected(cls, ceiling_bps: int) -> "BitRates":
        return cls(ceiling_bps, round(ceiling_bps * USUAL_SHARE))


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


@dataclass(frozen=True, slots=True)
class Variant:
    """A rung as the multivariant playlist lists it; `rates` without the sound."""

    rung: Rung
    codec: str
    rates: BitRates


@dataclass(frozen=True, slots=True)
class AudioRendition:
    """A track of sound as the multivariant playlist lists it.

    Attributes:
        name: of its folder.
        language: BCP 47.
        label: what people choose it by.
        default: it is played unless somebody chooses another.
    """

    name: str
    codec: str
    channels: int
    rates: BitRates
    language: str = UNDETERMINED
    label: str = "Sound"
    default: bool = True

    def line(self, folder: str) -> str:
        """EXT-X-MEDIA (RFC 8216 §4.3.4.1)."""
        return (
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{AUDIO_GROUP}",LANGUAGE="{self.language}",'
            f'NAME="{self.label}",DEFAULT={"YES" if self.default else "NO"},AUTOSELECT=YES,'
            f'CHANNELS="{self.channels}",URI="{folder}/{self.name}/{MEDIA_PLAYLIST}"'
        )


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
        lines += [f"#EXTINF:{segment.duration / timescale:.6f},", segment_name(segment.index)]
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if ended else []), ""])


def target_duration(timescale: int, segments: Sequence[Segment]) -> int:
    """No EXTINF, rounded, may be longer (§4.3.3.1); a growing list must not change it."""
    longest = max((Fraction(segment.duration, timescale) for segment in segments), default=Fraction(0))
    return max(SEGMENT_S, int(longest + Fraction(1, 2)))


def rounded_up(seconds: Fraction) -> int:
    """The least target duration for segments of so many seconds: at least one."""
    return max(1, math.ceil(seconds))


def multivariant(
    variants: Sequence[Variant],
    sounds: Sequence[AudioRendition],
    rate: Fraction,
    folder: str,
    others: Sequence[str] = (),
    groups: str = "",
) -> str:
    """The playlist a player starts from.

    Args:
        variants: none where there is no picture.
        rate: the most frames per second.
        folder: where the renditions' own playlists lie, relative to this one.
        others: lines about what does not come with the variants.
        groups: attributes of every variant, about groups that are among the others.
    """
    lines = [*MEDIA_PLAYLIST_HEAD, "#EXT-X-INDEPENDENT-SEGMENTS", *(sound.line(folder) for sound in sounds)]
    # Whatever is chosen has to fit (§4.3.4.2): the sum is that with the largest sound.
    loudest = BitRates(
        max((sound.rates.peak for sound in sounds), default=0),
        max((sound.rates.average for sound in sounds), default=0),
    )
    group = f',AUDIO="{AUDIO_GROUP}"' if sounds else ""
    for variant in in_order(variants):
        rates = variant.rates + loudest
        codecs = ",".join([variant.codec, *sorted({sound.codec for sound in sounds})])
        lines += [
            f"#EXT-X-STREAM-INF:BANDWIDTH={rates.peak},AVERAGE-BANDWIDTH={rates.average},"
            f'CODECS="{codecs}",RESOLUTION={variant.rung.width}x{variant.rung.height},'
            f"FRAME-RATE={float(rate):.3f},VIDEO-RANGE=SDR,CLOSED-CAPTIONS=NONE{group}{groups}",
            f"{folder}/{variant.rung.name}/{MEDIA_PLAYLIST}",
        ]
    if sounds and all((variant.rates + loudest).peak > SLOWEST_BPS for variant in variants):
        lines += [
            f"#EXT-X-STREAM-INF:BANDWIDTH={loudest.peak},AVERAGE-BANDWIDTH={loudest.average},"
            # Where one variant says that there are no captions, all have to (§4.3.4.2).
            f'CODECS="{sounds[0].codec}",CLOSED-CAPTIONS=NONE{group}{groups}',
            f"{folder}/{sounds[0].name}/{MEDIA_PLAYLIST}",
        ]
    return "\n".join([*lines, *others, ""])


def sound_alone(audio: AudioRendition, folder: str) -> str:
    """The same where there is no picture: the sound is the only variant, and belongs to no group."""
    return "\n".join(
        [
            "#EXTM3U",
            f"#EXT-X-VERSION:{VERSION}",
            "#EXT-X-INDEPENDENT-SEGMENTS",
            f"#EXT-X-STREAM-INF:BANDWIDTH={audio.rates.peak},AVERAGE-BANDWIDTH={audio.rates.average},"
            f'CODECS="{audio.codec}"',
            f"{folder}/{audio.name}/{MEDIA_PLAYLIST}",
            "",
        ]
    )


def in_order(variants: Sequence[Variant]) -> list[Variant]:
    """Largest first, H.264 before others; but the one that suits a player that knows nothing yet leads."""
    largest_first = sorted(variants, key=lambda one: (one.rung.codec != "h264", -one.rates.peak))
    everywhere = [variant for variant in variants if variant.rung.codec == "h264"]
    first = min(everywhere, key=lambda variant: abs(variant.rates.peak - FIRST_VARIANT_BPS), default=None)
    others = [variant for variant in largest_first if variant is not first]
    return [first, *others] if first else others

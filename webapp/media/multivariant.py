"""The multivariant playlist (RFC 8216 §4.3.4): which renditions there are, and what they need."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from . import languages
from .aac import CHANNELS
from .facts import AudioTrack
from .ladder import Rung
from .playlist import MEDIA_PLAYLIST, MEDIA_PLAYLIST_HEAD, VERSION, BitRates
from .segment import Track
from .track_names import COPY_AUDIO_NAME

AUDIO_GROUP = "audio"
# Apple's rule 9.12: what a player takes first, knowing nothing, should be about this.
FIRST_VARIANT_BPS = 2_000_000
# Some variant has to do with this (Apple's rule for slow networks); without one, the sound goes on alone.
SLOWEST_BPS = 192_000


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
    language: str = languages.UNDETERMINED
    label: str = "Sound"
    default: bool = True

    def line(self, folder: str) -> str:
        """EXT-X-MEDIA (RFC 8216 §4.3.4.1)."""
        return (
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{AUDIO_GROUP}",LANGUAGE="{self.language}",'
            f'NAME="{self.label}",DEFAULT={"YES" if self.default else "NO"},AUTOSELECT=YES,'
            f'CHANNELS="{self.channels}",URI="{folder}/{self.name}/{MEDIA_PLAYLIST}"'
        )


def audio_renditions(sounds: Sequence[tuple[Track, AudioTrack, str]]) -> list[AudioRendition]:
    """Sounds as they can be heard, each with the upload's track that it is and its label. The first leads."""
    return [
        AudioRendition(
            track.name,
            track.codec,
            source.channels if track.name == COPY_AUDIO_NAME else CHANNELS,
            BitRates.measured(track),
            languages.tag(source.language),
            label,
            default=number == 0,
        )
        for number, (track, source, label) in enumerate(sounds)
    ]


def playlist(
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

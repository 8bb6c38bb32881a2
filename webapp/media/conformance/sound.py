"""Rules about the sound. Of a video without any, they say so and hold."""

from collections.abc import Callable
from fractions import Fraction

from ..aac import CODEC, FRAME_SAMPLES, SAMPLE_RATE
from .package import Finished
from .rule import Outcome, Rule, counted

MOST_BPS = 160_000
STEREO = "2"
# Sound ends on a whole frame, and the picture on one of its own.
FRAME_S = Fraction(FRAME_SAMPLES, SAMPLE_RATE)


def where_heard(measure: Callable[[Finished], Outcome]) -> Callable[[Finished], Outcome]:
    return lambda package: measure(package) if package.sounds else (True, "no sound")


def aac(package: Finished) -> Outcome:
    codecs = sorted({track.codec for _, track in package.heard})
    channels = {sound.get("CHANNELS") for sound in package.sounds}
    return codecs == [CODEC] and channels == {
        STEREO
    }, f"{', '.join(codecs)}, {'/'.join(map(str, channels))} channels"


def rate(package: Finished) -> Outcome:
    rates = [float(package.rates[sound["URI"]][1]) for sound in package.sounds]
    words = f"{min(rates) / 1000:.0f} to {max(rates) / 1000:.0f} kbit/s"
    # Silence takes next to nothing, whatever the encoder is told.
    return max(rates) <= MOST_BPS, words


def group(package: Finished) -> Outcome:
    groups = {sound.get("GROUP-ID") for sound in package.sounds}
    used = {variant.attributes.get("AUDIO") for variant in package.variants}
    defaults = sum(sound.get("DEFAULT") == "YES" for sound in package.sounds)
    return groups == used and defaults == 1, f"{counted(len(package.sounds), 'rendition')} in one group"


def language(package: Finished) -> Outcome:
    found = [sound.get("LANGUAGE", "") for sound in package.sounds]
    return all(found), ", ".join(found)


def whole(package: Finished) -> Outcome:
    shown = sum(package.pictures[0][0].durations)
    missing = max(shown - sum(listing.durations) for listing, _ in package.heard)
    frame_s = 1 / package.facts.video.rate.fraction
    return missing <= FRAME_S + frame_s, f"{max(0.0, float(missing)) * 1000:.0f} ms less than the picture"


RULES = [
    Rule("The sound is AAC-LC in stereo.", where_heard(aac)),
    Rule("The sound takes at most 160 kbit/s.", where_heard(rate)),
    Rule("The sound is apart from the picture, in an EXT-X-MEDIA group.", where_heard(group)),
    Rule("Each sound has a LANGUAGE.", where_heard(language)),
    Rule("The sound is as long as the picture.", where_heard(whole)),
]

"""Rules about the picture."""

from fractions import Fraction
from itertools import pairwise

from ..multivariant import FIRST_VARIANT_BPS
from ..timeline import KEYFRAME_S, LONGEST_HOLE_S
from .package import Finished
from .rule import Outcome, Rule, counted

# Levels as in an avc1 codec string: ten times the number.
HIGHEST_LEVEL, COMMON_LEVEL = 52, 41
PROFILES = {66: "Baseline", 77: "Main", 100: "High"}
FASTEST = Fraction(60)
# 59.94 and timestamps of whole milliseconds are no other rate, and half a pixel no other shape.
RATE_TOLERANCE, SHAPE_TOLERANCE_PX = Fraction(102, 100), 2


def _profiles(package: Finished) -> list[tuple[int, int]]:
    """Profile and level of each picture that is H.264."""
    names = [track.codec for _, track in package.pictures]
    codes = [name.removeprefix("avc1.") for name in names if name.startswith("avc1.")]
    return [(int(code[:2], 16), int(code[4:], 16)) for code in codes]


def codec(package: Finished) -> Outcome:
    found = _profiles(package)
    passed = bool(found) and all(profile in PROFILES and level <= HIGHEST_LEVEL for profile, level in found)
    names = {f"H.264 {PROFILES.get(profile, profile)} {level / 10}" for profile, level in found}
    others = {track.codec for _, track in package.pictures if not track.codec.startswith("avc1.")}
    return passed, ", ".join(sorted(names)) + ("; beside it " + ", ".join(sorted(others)) if others else "")


def common_level(package: Finished) -> Outcome:
    lowest = min((level for _, level in _profiles(package)), default=0)
    return 0 < lowest <= COMMON_LEVEL, f"the lowest is {lowest / 10}"


def keyframes(package: Finished) -> Outcome:
    """With frames that are shown for long, a keyframe is the first that comes after two seconds."""
    farthest, kept = Fraction(0), True
    for _, track in package.pictures:
        starts = [frame.start for segment in track.segments for frame in segment.keyframes]
        if not starts:
            return False, "none found"
        last = track.segments[-1]
        gap = max(after - at for at, after in pairwise([*starts, last.start + last.duration]))
        longest = max(segment.longest for segment in track.segments)
        kept = kept and gap - longest <= KEYFRAME_S * track.timescale
        farthest = max(farthest, Fraction(gap, track.timescale))
    return kept, f"{float(farthest):.2f} s apart at most"


def progressive(package: Finished) -> Outcome:
    passed = all(track.progressive for _, track in package.pictures)
    before = "interlaced" if package.facts.video.interlaced else "progressive"
    return passed, f"{'progressive' if passed else 'interlaced'}; the source is {before}"


def not_too_fast(package: Finished) -> Outcome:
    fastest = max(
        (Fraction(variant.attributes["FRAME-RATE"]) for variant in package.shown), default=Fraction(0)
    )
    return fastest <= FASTEST * RATE_TOLERANCE, f"{float(fastest):.2f} frames/s"


def natural_rate(package: Finished) -> Outcome:
    """The rule is against frames made up, not against a slide that is shown again since a segment begins."""
    _, track = package.pictures[0]
    seconds = Fraction(sum(segment.duration for segment in track.segments), track.timescale)
    still = sum(segment.longest > LONGEST_HOLE_S * track.timescale for segment in track.segments)
    frames = sum(segment.samples for segment in track.segments)
    source = package.facts.video.rate.fraction
    words = f"{float(frames / seconds):.2f} frames/s on average, {float(source):.2f} in the source"
    if still:
        words += f"; up to {counted(still, 'frame')} shown again where a segment begins"
    return frames - still - 1 <= source * RATE_TOLERANCE * seconds, words


def one_shape(package: Finished) -> Outcome:
    sizes = [tuple(map(int, variant.attributes["RESOLUTION"].split("x"))) for variant in package.shown]
    width, height = max(sizes)
    # Sides are even: a small rung is off by a pixel at most.
    off = [abs(one * height - other * width) / max(width, height) for one, other in sizes]
    return max(off) <= SHAPE_TOLERANCE_PX, f"{width}:{height}, off by {max(off):.1f} pixels at most"


def first_variant(package: Finished) -> Outcome:
    first = package.shown[0]
    nearest = min(package.played_everywhere, key=lambda variant: abs(variant.peak_bps - FIRST_VARIANT_BPS))
    words = f"{first.peak_bps // 1000} kbit/s, of {counted(len(package.shown), 'variant')}"
    return package.variants[0] is first and first.peak_bps == nearest.peak_bps, words


RULES = [
    Rule("The picture is H.264 of at most High profile, level 5.2.", codec),
    Rule("Some variant is of at most level 4.1.", common_level, must=False),
    Rule("Keyframes (IDR) come every two seconds.", keyframes, must=False),
    Rule("The picture is deinterlaced.", progressive),
    Rule("There are no more than 60 frames a second.", not_too_fast),
    Rule("The frame rate is the natural one of the source.", natural_rate, must=False),
    Rule("All variants have one aspect ratio.", one_shape),
    Rule("The first variant is the one nearest to 2000 kbit/s.", first_variant, must=False),
]

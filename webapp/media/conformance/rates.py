"""Rules about bit rates: what is announced, held against what was written."""

from fractions import Fraction

from ..messages import Track
from ..playlist import peak_bps
from .package import Finished, Listing, Variant
from .rule import Outcome, Rule, counted

TOLERANCE = Fraction(10, 100)
HIGHEST_PEAK = 2  # times the average
SLOW_BPS = 192_000


def measured(listing: Listing, track: Track) -> tuple[Fraction, Fraction]:
    """Peak and average bits per second of the segments as listed (RFC 8216 §4.1)."""
    bits = [segment.size * 8 for segment in track.segments]
    average = sum(bits) / sum(listing.durations, Fraction(0))
    return peak_bps(bits, listing.durations, listing.target_s) or average, average


def _of(package: Finished, variant: Variant) -> tuple[Fraction, Fraction]:
    """The same of a variant with whichever sound makes the most."""
    peak, average = (
        measured(package.listing(variant.uri), package.track(variant.uri))
        if variant.shown
        else (Fraction(0),) * 2
    )
    sounds = [measured(*each) for each in package.heard]
    return (
        peak + max((peak for peak, _ in sounds), default=Fraction(0)),
        average + max((average for _, average in sounds), default=Fraction(0)),
    )


def _farthest(pairs: list[tuple[int, Fraction]]) -> tuple[Fraction, str]:
    off = max((abs(found / said - 1) for said, found in pairs), default=Fraction(1))
    return off, f"off by {float(off) * 100:.1f} % at most"


def average(package: Finished) -> Outcome:
    pairs = [(variant.average_bps, _of(package, variant)[1]) for variant in package.variants]
    off, words = _farthest(pairs)
    return off <= TOLERANCE, words


def peak(package: Finished) -> Outcome:
    pairs = [(variant.peak_bps, _of(package, variant)[0]) for variant in package.variants]
    off, words = _farthest(pairs)
    return off <= TOLERANCE, words


def even(package: Finished) -> Outcome:
    shares = [peak / average for peak, average in (_of(package, variant) for variant in package.variants)]
    return max(shares) <= HIGHEST_PEAK, f"{float(max(shares)) * 100:.0f} % at most"


def any_combination(package: Finished) -> Outcome:
    missing = [variant for variant in package.variants if variant.peak_bps < int(_of(package, variant)[0])]
    return (
        not missing,
        f"{counted(len(package.variants), 'variant')}, {counted(len(package.sounds), 'sound')}",
    )


def slow(package: Finished) -> Outcome:
    least = min(variant.peak_bps for variant in package.variants)
    return least <= SLOW_BPS, f"{least / 1000:.0f} kbit/s"


RULES = [
    Rule("The average bit rate is within 10 % of AVERAGE-BANDWIDTH.", average),
    Rule("The peak bit rate is within 10 % of BANDWIDTH.", peak),
    Rule("The peak is at most 200 % of the average.", even, must=False),
    Rule("BANDWIDTH holds for any sound that is chosen.", any_combination),
    Rule("One variant needs at most 192 kbit/s.", slow),
]

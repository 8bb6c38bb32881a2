"""Rules about bit rates: what is announced, held against what was written."""

from collections.abc import Iterable
from fractions import Fraction

from .package import Finished, Variant
from .rule import Outcome, Rule, counted

TOLERANCE = Fraction(10, 100)
HIGHEST_PEAK = 2  # times the average
SLOW_BPS = 192_000


def _all(package: Finished) -> list[tuple[Variant, Fraction, Fraction]]:
    """Each variant with its peak and average, together with whichever sound makes the most."""
    sounds = [package.rates[sound["URI"]] for sound in package.sounds]
    loudest = max((peak for peak, _ in sounds), default=Fraction(0))
    busiest = max((average for _, average in sounds), default=Fraction(0))
    shown = [(variant, *package.rates[variant.uri]) for variant in package.shown]
    found = [(variant, peak + loudest, average + busiest) for variant, peak, average in shown]
    return found + [(variant, loudest, busiest) for variant in package.variants if not variant.shown]


def _off(pairs: Iterable[tuple[int, Fraction]]) -> Outcome:
    """How far what is said is from what was found, at most."""
    off = max((abs(found / said - 1) for said, found in pairs), default=Fraction(1))
    return off <= TOLERANCE, f"off by {float(off) * 100:.1f} % at most"


def average(package: Finished) -> Outcome:
    return _off((variant.average_bps, average) for variant, _, average in _all(package))


def peak(package: Finished) -> Outcome:
    return _off((variant.peak_bps, peak) for variant, peak, _ in _all(package))


def even(package: Finished) -> Outcome:
    share = max(peak / average for _, peak, average in _all(package))
    return share <= HIGHEST_PEAK, f"{float(share) * 100:.0f} % at most"


def any_combination(package: Finished) -> Outcome:
    enough = all(variant.peak_bps >= int(peak) for variant, peak, _ in _all(package))
    return enough, f"{counted(len(package.variants), 'variant')}, {counted(len(package.sounds), 'sound')}"


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

"""Checks a finished package against Apple's HLS Authoring Specification: every rule that can be measured.

`package` reads the playlists as they were written; the other modules hold a rule each against what is behind
them. A rule is kept or not, and says what was found: nothing is left out because it does not hold.
"""

from . import picture, playlists, rates, segments, sound
from .package import Finished
from .rule import Verdict, judged

RULES = [*picture.RULES, *rates.RULES, *sound.RULES, *segments.RULES, *playlists.RULES]

__all__ = ["RULES", "Finished", "Verdict", "check"]


def check(package: Finished) -> list[Verdict]:
    """A verdict on every rule, in their order."""
    return [judged(number, rule, package) for number, rule in enumerate(RULES, start=1)]

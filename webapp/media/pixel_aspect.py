"""The pixel aspect of an upload: width of a stored pixel divided by its height."""

from fractions import Fraction

# What was ever stored on purpose is below 4; beyond this it is a mistake, and shows as a line.
MOST_OBLONG = 8


def believed(claimed: Fraction | None) -> Fraction:
    """What a stream says of its pixels, as far as that can be meant; square where it cannot."""
    if not claimed or not Fraction(1, MOST_OBLONG) <= claimed <= MOST_OBLONG:
        return Fraction(1)
    return Fraction(claimed)

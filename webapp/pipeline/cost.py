"""What it takes to encode all renditions of a source, about, as known before any of it is done."""

from collections.abc import Sequence
from fractions import Fraction

from ..media.facts import Facts
from ..media.ladder import Rung, ladder
from ..media.thinning import shown_rate

WIDTH, HEIGHT, RATE = 1920, 1080, 30
# Of that, so many seconds of a core for each of the picture: to decode it, to encode its ladder (both and
# the sound: 1.4 at 24 frames a second in docs/benchmarks.md), the largest rung in each codec beside H.264
# (up to three times all that, as docs/settings.md has it), and to bring down HDR at that size
# (docs/decisions.md: 20 for 2 s of 4K).
DECODING, ENCODING, BESIDE, HDR = 0.3, 1.2, 3.0, 2.5
FULL_HD_S = DECODING + ENCODING
# With another preset of x264 than ours, so many times that.
COST_OF_PRESET = {"fast": 2, "medium": 2.5, "slow": 4, "slower": 9, "veryslow": 18}


def _pixels(rungs: Sequence[Rung]) -> int:
    """In a frame of each of them, together."""
    return sum(rung.width * rung.height for rung in rungs)


FULL_HD_PIXELS_PER_S = WIDTH * HEIGHT * RATE
FULL_HD_LADDER_PIXELS_PER_S = _pixels(ladder(WIDTH, HEIGHT, Fraction(RATE))) * RATE


def core_s(facts: Facts, rungs: Sequence[Rung]) -> float:
    """Seconds of a core for each second of the picture, with these `rungs` in H.264, largest first."""
    video, wanted = facts.video, facts.wanted
    rate, shown = float(video.rate.fraction), float(shown_rate(video.rate.fraction))
    decoded = video.width * video.height * rate / FULL_HD_PIXELS_PER_S
    largest = _pixels(rungs[:1]) * shown / FULL_HD_PIXELS_PER_S
    made = _pixels(rungs) * shown / FULL_HD_LADDER_PIXELS_PER_S
    encoding = ENCODING * COST_OF_PRESET.get(wanted.preset, 1) * made + BESIDE * len(wanted.beside) * largest
    return DECODING * decoded + encoding + (HDR * largest if video.hdr else 0)

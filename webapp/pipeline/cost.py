"""What it takes to encode all renditions of a source, about, as known before any of it is done."""

from collections.abc import Sequence

from ..media.facts import Facts
from ..media.ladder import Rung

# Of 1080p at 30 frames a second, so many seconds of a core for each of the picture: to decode it, to encode
# its ladder, the largest rung in each codec beside H.264, and to bring down HDR at that size.
DECODING, ENCODING, BESIDE, HDR = 0.3, 1.2, 3.0, 2.5
FULL_HD_S = DECODING + ENCODING
FULL_HD_PIXELS_PER_S, FULL_HD_LADDER_PIXELS_PER_S = 1920 * 1080 * 30, 3_770_000 * 30
# With another preset of x264 than ours, so many times that.
COST_OF_PRESET = {"fast": 2, "medium": 2.5, "slow": 4, "slower": 9, "veryslow": 18}


def core_s(facts: Facts, rungs: Sequence[Rung]) -> float:
    """Seconds of a core for each second of the picture, with these `rungs` in H.264, largest first."""
    video, wanted = facts.video, facts.wanted
    rate = float(video.rate.fraction)
    decoded = video.width * video.height * rate / FULL_HD_PIXELS_PER_S
    largest = rungs[0].width * rungs[0].height * rate / FULL_HD_PIXELS_PER_S
    made = sum(rung.width * rung.height for rung in rungs) * rate / FULL_HD_LADDER_PIXELS_PER_S
    encoding = ENCODING * COST_OF_PRESET.get(wanted.preset, 1) * made + BESIDE * len(wanted.beside) * largest
    return DECODING * decoded + encoding + (HDR * largest if video.hdr else 0)

"""What it takes to encode all renditions of a source, about, as known before any of it is done."""

from ..media.facts import Facts

# A core encodes all rungs of 1080p at 30 frames a second in about so many times its length.
COST = 1.5
FULL_HD_PIXELS_PER_S = 1920 * 1080 * 30
# With another preset of x264 than ours, so many times that.
COST_OF_PRESET = {"fast": 2, "medium": 2.5, "slow": 4, "slower": 9, "veryslow": 18}
# Each codec beside H.264 takes so much more of the same, and bringing down HDR so much.
COST_BESIDE, COST_OF_HDR = 3.0, 2.5


def core_s(facts: Facts) -> float:
    """Seconds of a core for each second of the picture."""
    video, wanted = facts.video, facts.wanted
    cost = COST * COST_OF_PRESET.get(wanted.preset, 1) + COST_BESIDE * len(wanted.beside)
    if video.hdr:
        cost += COST_OF_HDR
    return cost * video.width * video.height * float(video.rate.fraction) / FULL_HD_PIXELS_PER_S

"""How long the child that encodes a chunk may say nothing before it counts as hung."""

from ..media.timeline import ChunkSpan
from .plan import Plan

# A core encodes all rungs of 1080p at 30 frames a second in about so many times its length.
COST = 1.5
FULL_HD_PIXELS_PER_S = 1920 * 1080 * 30
# With another preset of x264 than ours, so many times that.
COST_OF_PRESET = {"fast": 2, "medium": 2.5, "slow": 4, "slower": 9, "veryslow": 18}
# It reports every few frames; silent for several times what all of it should take, it does nothing any more.
# But a machine with a dozen other things to do has let a frame of 4K wait for 20 s.
TIMES, SHORTEST_S = 4, 36.0
# Each codec beside H.264 takes so much more of the same.
COST_BESIDE = 3.0


def expected_s(plan: Plan, span: ChunkSpan) -> float:
    """Seconds that a chunk takes, about, on a core of its own."""
    video, wanted = plan.facts.video, plan.facts.wanted
    cost = COST * COST_OF_PRESET.get(wanted.preset, 1)
    share = video.width * video.height * float(video.rate.fraction) / FULL_HD_PIXELS_PER_S
    return plan.span_s(span) * share * (cost + COST_BESIDE * len(wanted.beside))


def patience_s(plan: Plan, span: ChunkSpan, longest_s: float) -> float:
    """Seconds of silence, never more than `longest_s`."""
    return min(longest_s, max(SHORTEST_S, TIMES * expected_s(plan, span)))

"""How long the child that encodes a chunk may say nothing before it counts as hung."""

from ..media.timeline import ChunkSpan
from .cost import core_s
from .plan import Plan

# It reports every few frames; silent for several times what all of it should take, it does nothing any more.
# But a machine with a dozen other things to do has let a frame of 4K wait for 20 s.
TIMES, SHORTEST_S = 4, 36.0


def expected_s(plan: Plan, span: ChunkSpan) -> float:
    """Seconds that a chunk takes, about, on a core of its own."""
    return plan.span_s(span) * core_s(plan.facts, plan.usual)


def patience_s(plan: Plan, span: ChunkSpan, longest_s: float) -> float:
    """Seconds of silence, never more than `longest_s`."""
    return min(longest_s, max(SHORTEST_S, TIMES * expected_s(plan, span)))

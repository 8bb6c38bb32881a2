"""How many bits a title needs."""

import asyncio
from contextlib import aclosing

import structlog

from ...media.answers import Complexity
from ...media.failures import Unprocessable
from ...media.jobs import ComplexityJob
from ..child import ChildCrashed, ChildStalled
from ..children import last_answer
from ..plan import Plan
from ..work import Work

log = structlog.get_logger()

# With something else to watch nobody waits; else first play does, and the source's own rate has to do.
MOMENTS, MOMENTS_WHILE_WAITED_FOR = 3, 0
LONGEST_S, LONGEST_WHILE_WAITED_FOR_S = 10.0, 1.0


async def complexity(work: Work, plan: Plan) -> Complexity:
    """Nothing known, where that cannot be had: no run is worth failing, or trying again, for this."""
    waited_for = plan.waited_for
    moments = MOMENTS_WHILE_WAITED_FOR if waited_for else MOMENTS
    longest_s = LONGEST_WHILE_WAITED_FOR_S if waited_for else LONGEST_S
    try:
        async with asyncio.timeout(longest_s), work.source() as source:
            job = ComplexityJob(source=source, facts=plan.facts, rungs=plan.usual, moments=moments)
            answers = work.children.answers(job)
            async with aclosing(answers):
                found = await last_answer(answers)
    except (TimeoutError, Unprocessable, ChildCrashed, ChildStalled) as error:
        log.warning("complexity unknown", exc_info=error)
        return Complexity()
    assert isinstance(found, Complexity)
    return found

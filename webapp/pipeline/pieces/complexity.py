"""How many bits a title needs."""

from contextlib import aclosing

import structlog

from ...media.answers import Complexity
from ...media.facts import Copying
from ...media.failures import Unprocessable
from ...media.jobs import ComplexityJob
from ..child import ChildCrashed, ChildStalled
from ..children import last_answer
from ..choice import is_per_title
from ..plan import Plan
from ..work import Work

log = structlog.get_logger()

# With a copy to watch nobody waits for it.
MOMENTS, MOMENTS_WHILE_WAITED_FOR = 3, 2
LONGEST_SILENCE_S = 10.0


async def complexity(work: Work, plan: Plan) -> Complexity:
    """Nothing known, where that cannot be had: no run is worth failing, or trying again, for this."""
    copied = isinstance(plan.facts.copying, Copying)
    moments = (MOMENTS if copied else MOMENTS_WHILE_WAITED_FOR) if is_per_title(plan) else 0
    try:
        async with work.slots.probing, work.source() as source:
            job = ComplexityJob(source=source, facts=plan.facts, rungs=plan.usual, moments=moments)
            answers = work.children.answers(job, LONGEST_SILENCE_S)
            async with aclosing(answers):
                found = await last_answer(answers)
    except (Unprocessable, ChildCrashed, ChildStalled) as error:
        log.warning("complexity unknown", exc_info=error)
        return Complexity()
    assert isinstance(found, Complexity)
    return found

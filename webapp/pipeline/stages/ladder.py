"""Which renditions the video gets, decided before the first of them is encoded."""

from ...media.facts import FIRST_ENCODING
from ..choice import Choice
from ..durable import Durable
from ..pieces.chunk import any_stored
from ..pieces.complexity import complexity
from .under_way import UnderWay


async def choose_ladder(run: UnderWay, durable: Durable[Choice]) -> Choice:
    """Settles the plan. Nothing changes for who watches already what came of the upload's beginning."""
    work, plan = run.work, run.plan

    async def choose() -> Choice:
        # A build that had no choice to make may have begun it; or chunks were made while the upload came,
        # of which the first need not be the one that got done.
        begun = plan.facts.wanted.encoding == FIRST_ENCODING or await any_stored(work, plan)
        if begun or not plan.facts.wanted.per_title:
            return Choice.all(plan)
        return Choice.of(plan, await complexity(work, plan))

    choice = await durable(choose)
    plan.chosen = choice.rungs
    return choice

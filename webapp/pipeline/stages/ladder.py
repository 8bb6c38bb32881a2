"""Which renditions the video gets, decided before the first of them is encoded."""

from ...media.answers import Chunk
from .. import notes
from ..choice import Choice
from ..durable import Durable
from ..pieces.complexity import complexity
from .under_way import UnderWay


async def choose_ladder(run: UnderWay, durable: Durable[Choice]) -> Choice:
    """Settles the plan. Nothing changes for who watches already what came of the upload's beginning."""
    work, plan = run.work, run.plan

    async def choose() -> Choice:
        # Made while the upload came, or by a build that had no choice to make.
        if await notes.read(work.storage, work.keys.chunk(0), Chunk):
            return Choice.all(plan)
        return Choice.of(plan, await complexity(work, plan))

    choice = await durable(choose)
    plan.chosen = choice.rungs
    return choice

"""Which renditions the video gets, decided before the first of them is encoded."""

from ...events import StageName
from ...media.wanted import FIRST_ENCODING
from ...runs import Run
from ...stages import StageState
from ...videos import Video
from .. import describe
from ..choice import Choice
from ..durable import Durable
from ..pieces.chunk import any_stored
from ..pieces.complexity import complexity
from .under_way import UnderWay


async def choose_ladder(run: UnderWay, durable: Durable[Choice]) -> None:
    """Settles the plan, and says so. Nothing changes for who watches already what came of the upload's
    beginning."""
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
    words, why = describe.renditions(plan.rungs), describe.choice(choice)

    def tell(video: Video, row: Run) -> None:
        row.ladder_because = why

    message = f"Encoding {words}" + (f". {why}" if why else "")
    await run.journal.stage(StageName.VIDEO, StageState.RUNNING, words, message, tell)

"""The sketch, to be watched while the ladder is encoded, which takes long."""

import structlog

from ...events import StageName
from ...media.failures import LIMITS, Unprocessable
from ...media.segment import Track
from ...stages import StageState
from .. import describe
from ..durable import Durable
from ..engine import GaveUp
from ..failure import failure_code
from ..pieces.sketch import Sketched, sketch
from .under_way import UnderWay

log = structlog.get_logger()


async def make_sketch(run: UnderWay, durable: Durable[Sketched]) -> None:
    """Nothing is worth failing for here: without it, chunks of the ladder are watched as they come."""
    plan, journal, release = run.plan, run.journal, run.release
    if plan.sketch is None or not release.sketching:
        return
    words = describe.sketch(plan.sketch)

    async def begun() -> None:
        await journal.stage(StageName.SKETCH, StageState.RUNNING, words)

    def written(track: Track) -> None:
        run.allowance.spend(track)
        release.stand_in_written(track)
        run.progress.sketched(track)

    track: Track | None = None
    try:
        track = (await durable(lambda: sketch(run.work, plan, begun, written))).track
    except (Unprocessable, GaveUp) as error:
        if failure_code(error) in LIMITS:
            raise
        log.warning("no sketch", exc_info=error)
    run.progress.sketch_ended()
    if track is None or not track.segments:
        release.sketch_failed()
        await journal.stage(StageName.SKETCH, StageState.SKIPPED, "it could not be made")
        return
    run.allowance.spend(track)
    await release.sketch_ended(track)
    await journal.stage(StageName.SKETCH, StageState.DONE, words, f"Quick version encoded: {words}")

"""The upload's own packets, to be watched before anything is encoded."""

import structlog

from ...events import StageName
from ...media.answers import Copied
from ...media.facts import Facts
from ...media.failures import LIMITS, Unprocessable
from ...media.obstacles import Obstacle, ObstacleCode
from ...media.segment import Track
from ...stages import StageState
from .. import describe
from ..durable import Durable
from ..engine import GaveUp
from ..failure import failure_code
from ..journal import Journal
from ..pieces.copy import copy
from .under_way import UnderWay

log = structlog.get_logger()


async def copy_packets(run: UnderWay, durable: Durable[Copied]) -> None:
    facts, journal, release = run.plan.facts, run.journal, run.release
    copying = facts.copying
    if isinstance(copying, Obstacle) or release.stand_in is None:
        reason = copying if isinstance(copying, Obstacle) else Obstacle(code=ObstacleCode.WATCHED)
        await _skip(journal, facts, reason)
        return
    await journal.stage(StageName.COPY, StageState.RUNNING)

    def written(track: Track) -> None:
        run.allowance.spend(track)
        release.stand_in_written(track)

    try:
        copied = await durable(lambda: copy(run.work, facts, written))
    except (Unprocessable, GaveUp) as error:
        if failure_code(error) in LIMITS:
            raise
        log.warning("no copy", exc_info=error)
        copied = Copied(tracks=[], frames=0, obstacle=Obstacle(code=ObstacleCode.CRASHED))
    run.allowance.spend(*copied.tracks)
    await release.copy_ended(copied)
    if copied.obstacle:
        await _skip(journal, facts, copied.obstacle)
        return
    words = describe.copied(facts, copying)
    await journal.stage(StageName.COPY, StageState.DONE, words, f"Copied as it is: {words}")


async def _skip(journal: Journal, facts: Facts, reason: Obstacle) -> None:
    words = describe.obstacle(reason, facts)
    # Of sound alone nobody expects it.
    message = f"Not copied as it is: {words}" if facts.picture else ""
    await journal.stage(StageName.COPY, StageState.SKIPPED, words, message)

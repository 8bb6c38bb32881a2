"""The tracks of text."""

import structlog

from ...events import StageName
from ...losses import Losses, losing
from ...media.answers import Subtitles
from ...media.failures import Unprocessable
from ...stages import StageState
from .. import describe
from ..durable import Durable
from ..engine import GaveUp
from ..pieces.subtitles import extract
from .under_way import UnderWay

log = structlog.get_logger()


async def extract_subtitles(run: UnderWay, durable: Durable[Subtitles]) -> None:
    facts, journal = run.plan.facts, run.journal
    if not facts.subtitles:
        if facts.other_subtitles:
            words = describe.subtitles(facts)
            message = f"Subtitles: {words}"
            await journal.stage(StageName.SUBTITLES, StageState.SKIPPED, words, message)
        return
    await run.release.cleared.wait()
    words = describe.subtitles(facts)
    await journal.stage(StageName.SUBTITLES, StageState.RUNNING, words)
    try:
        found = await durable(lambda: extract(run.work, facts))
    except (Unprocessable, GaveUp) as error:
        log.warning("no subtitles", exc_info=error)
        await journal.stage(StageName.SUBTITLES, StageState.SKIPPED, "they could not be read")
        return
    run.release.subtitles_stored(found.cues)
    words = describe.subtitles(facts, found.cues) or "nothing to read in them"
    message = f"Subtitles: {words}" + describe.damage(found.damaged)
    lost = losing(Losses(subtitles_damaged_packets=found.damaged))
    await journal.stage(StageName.SUBTITLES, StageState.DONE, words, message, lost)

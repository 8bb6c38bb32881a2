"""What is in the upload."""

from ...events import StageName
from ...losses import Losses, losing
from ...media.facts import Facts
from ...media.wanted import Wanted
from ...runs import Run
from ...stages import StageState, with_sketch, with_subtitles
from ...videos import Video
from .. import describe
from ..durable import Durable
from ..journal import Journal
from ..pieces.probe import probe
from ..plan import Plan
from ..work import Work


async def look_into_it(work: Work, journal: Journal, durable: Durable[Facts], wanted: Wanted) -> Facts:
    async def begun() -> None:
        await journal.stage(StageName.PROBE, StageState.RUNNING)

    facts = await durable(lambda: probe(work, wanted, begun))

    lost = losing(
        Losses(
            missing_end_seconds=facts.missing_s,
            breaks_off=facts.breaks_off,
            left_out_seconds=round(facts.left_out_s, 3),
            left_out_tracks=facts.other_pictures + facts.other_sounds,
        )
    )

    def tell(video: Video, run: Run) -> None:
        video.duration_s = facts.duration_s
        lost(video, run)
        if facts.picture:
            video.width, video.height = facts.picture.width, facts.picture.height
            run.tone_mapped = facts.picture.hdr
        if Plan.of(facts).sketches(run):
            run.stages = with_sketch(run.stages)
        if facts.subtitles or facts.other_subtitles:
            run.stages = with_subtitles(run.stages)

    words = describe.facts(facts)
    await journal.stage(StageName.PROBE, StageState.DONE, words, f"Inspected: {words}", tell)
    return facts

"""One run, from the upload to the published package: what it does, in steps."""

import structlog

from ..events import StageName
from ..media.answers import Audio, Chunk, Copied, Inspected, Subtitles
from ..media.facts import Facts
from ..media.track_names import AUDIO_NAME
from ..media.wanted import WANTED_OF_NEW_RUNS, Wanted
from ..stages import StageState
from .allowance import Allowance
from .choice import Choice
from .durable import reserving
from .engine import Cancelled, Steps
from .failure import failure_code, write_down
from .handover import Handover
from .journal import Journal, RunOver
from .leftovers import tidy_up
from .pieces.inspection import inspect
from .pieces.sketch import Sketched
from .plan import Plan
from .progress import Progress
from .release import Release
from .stages.audio import encode_sounds
from .stages.copy import copy_packets
from .stages.pictures import Pictures
from .stages.probe import look_into_it
from .stages.sketch import make_sketch
from .stages.subtitles import extract_subtitles
from .stages.under_way import UnderWay
from .stages.video import encode_chunks
from .together import together
from .work import Work

log = structlog.get_logger()


class Processing:
    """
    Args:
        slots: how many children encode at a time.
        wanted: of renditions.
    """

    def __init__(
        self,
        work: Work,
        journal: Journal,
        steps: Steps,
        slots: int,
        progress_interval_s: float,
        max_output_bytes: int | None = None,
        wanted: Wanted = WANTED_OF_NEW_RUNS,
    ) -> None:
        self._work, self._journal = work, journal
        self._durable = reserving(steps)
        self._slots, self._wanted = slots, wanted
        self._interval_s = progress_interval_s
        self._allowance = Allowance(max_output_bytes)

    async def run(self) -> None:
        """Ends with the run's row telling how it went; raises only if this process is to stop."""
        try:
            await self._process()
        except (RunOver, Cancelled):
            log.info("run was over already")
        except Exception as error:
            code = failure_code(error)
            log.warning("run failed", code=code, exc_info=error)
            await write_down(self._journal, code)
        await tidy_up(self._work, self._journal)

    async def _process(self) -> None:
        work, journal = self._work, self._journal
        row = await journal.begin()
        facts = await look_into_it(work, journal, self._durable("probe", Facts), self._wanted)
        plan = Plan.of(facts)
        release = Release(work, journal, plan, row, await self._handed_over(plan))
        progress = Progress(journal, plan, self._interval_s, work.core_wait, sketching=release.sketching)
        run = UnderWay(work, plan, self._allowance, journal, release, progress)
        # Numbered here, in one go: which of them runs when is up to the cores.
        copy = self._durable("copy", Copied)
        pictures = Pictures(work, journal, facts, self._durable, release.opened, release.all_cores)
        sounds = [self._durable(AUDIO_NAME, Audio)]
        chunks = [(span, self._durable(f"chunk {span.first}", Chunk)) for span in plan.chunks]
        sounds += [self._durable(name, Audio) for name in list(plan.sounds)[1:]]
        subtitles = self._durable("subtitles", Subtitles)
        inspection = self._durable("inspection", Inspected)
        # Last, since runs that earlier builds began have no such steps.
        choosing = self._durable("ladder", Choice)
        sketching = self._durable("sketch", Sketched)
        await together(
            copy_packets(run, copy),
            make_sketch(run, sketching),
            encode_sounds(run, sounds),
            encode_chunks(run, choosing, chunks, self._slots),
            extract_subtitles(run, subtitles),
            pictures.poster(),
            pictures.previews(),
            beside=[release.grow(), progress.report(), self._step_aside(release)],
        )
        await journal.stage(StageName.PUBLISH, StageState.RUNNING)
        if release.at_once and plan.has_picture:  # nobody has seen it yet
            tracks = release.verified()
            await inspection(lambda: inspect(work, plan, tracks))
        await release.finish()

    async def _step_aside(self, release: Release) -> None:
        """Has others begin as long as there is something to watch beside the ladder."""
        await release.cleared.wait()
        if release.at_once:
            async with self._work.slots.aside.stepped():
                await release.awaited.wait()

    async def _handed_over(self, plan: Plan) -> Handover | None:
        """What was published while the upload came, if that is still what this run would make."""
        handover = await Handover.read(self._work)
        if handover is None or handover.fits(plan):
            return handover
        log.warning("the upload is not what its beginning claimed")
        await self._journal.taken_back()
        await self._work.publication.discard(0)
        return None

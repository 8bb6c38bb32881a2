"""Writes a run's way into its row and the video's history, stage by stage.

Everything here can happen twice, because a step that was interrupted runs again: what is done already is
not recorded again.
"""

import math
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from .. import words
from ..db import now
from ..errors import NotFound
from ..events import ErrorInfo, EventType, StageName, Status
from ..history import History, Recorder
from ..media.failures import FAILURES, Unprocessable
from ..runs import RenditionInfo, RuleVerdict, Run, get_run
from ..stages import StageState
from ..videos import Video
from . import describe
from .places import Waiting, moved_up, tell_places
from .run_row import end_run, ladder_took_over, stage_of, time_first_play, update_stage

# A run that kills its worker without finishing anything is given up after so many starts.
MOST_ATTEMPTS = 5


class RunOver(Exception):
    """The run was cancelled, or its video deleted, while it was worked on."""


class Journal:
    def __init__(self, history: History, video_id: str, number: int) -> None:
        self._history, self._video_id, self._number = history, video_id, number

    async def begin(self) -> Run:
        """Marks the run as started, or as started again; returns its row.

        Raises:
            RunOver: it is to be left alone.
            Unprocessable: "interrupted", if its worker ended too often: whose fault that is nobody knows.
        """
        behind: list[Waiting] = []
        async with self._change() as (recorder, run):
            run.attempts += 1
            run.waits_for_core = False
            if run.attempts > MOST_ATTEMPTS:
                raise Unprocessable("interrupted", f"{MOST_ATTEMPTS} starts in a row finished nothing")
            if run.started_at is None:
                run.started_at = now()
                self._record(recorder, run, "Processing started")
                behind = await moved_up(recorder.session, run)
            else:
                self._record(recorder, run, "Processing goes on after an interruption")
        await tell_places(self._history, behind)
        return run

    async def stage(
        self,
        name: StageName,
        state: StageState,
        detail: str = "",
        message: str = "",
        change: Callable[[Video, Run], None] = lambda video, run: None,
    ) -> None:
        """Sets a stage's state.

        Args:
            detail: what the stage found or does, in a few words.
            message: a sentence for the history, if it is worth one.
            change: sets what else becomes true with it.
        """
        async with self._change() as (recorder, run):
            stage = stage_of(run, name)
            if stage.state in (state, StageState.DONE, StageState.SKIPPED):
                return
            update_stage(
                run,
                name,
                state=state,
                detail=detail or stage.detail,
                started_at=stage.started_at or now(),
                finished_at=None if state is StageState.RUNNING else now(),
                progress=None,
            )
            if state is StageState.DONE:
                run.attempts = 0
            change(recorder.video, run)
            if message:
                self._record(recorder, run, message, stage=name)

    async def tick(
        self,
        percent: int,
        stages: dict[StageName, int],
        speed: float | None,
        left_s: float | None,
        slow_because: str | None = None,
        waits_for_core: bool = False,
    ) -> None:
        """Records progress: percent of the run and of stages, seconds of video per second, seconds left,
        what makes it slow, and whether others have all cores.

        The event tells of the first stage that is named.
        """
        async with self._change() as (recorder, run):
            run.progress = recorder.video.progress = max(run.progress, percent)
            run.speed = None if speed is None else round(speed, 2)
            run.slow_because = run.slow_because if speed is None else slow_because
            run.eta_s = None if left_s is None else math.ceil(left_s)
            run.waits_for_core = waits_for_core
            for name, progress in stages.items():
                if stage_of(run, name).state is StageState.RUNNING:
                    update_stage(run, name, progress=progress)
            self._record(
                recorder,
                run,
                describe.progress(percent, run.progress, run.speed, waits_for_core),
                stage=next(iter(stages), None),
                stage_progress=next(iter(stages.values()), None),
                milestone=False,
            )

    async def got_further(self) -> None:
        """This start finished something that none before it had."""
        async with self._change() as (_, run):
            run.attempts = 0

    async def set_down(self) -> None:
        """The worker stops in good order, which is no fault of the run."""
        with suppress(RunOver):
            async with self._change() as (_, run):
                run.attempts = max(0, run.attempts - 1)

    async def published(
        self, segments: int, core_wait_s: float = 0.0, stand_in: StageName | None = None
    ) -> None:
        """The playlists name so many segments of the picture by now; the run waited so long for a core.

        Args:
            stand_in: the stage that makes what they name, unless that is the ladder.
        """
        async with self._change() as (recorder, run):
            if segments > run.published_segments:
                run.published_segments, run.attempts = segments, 0
            if not recorder.video.playable:
                recorder.video.published_run = run.number
                since = time_first_play(recorder.video, run, core_wait_s)
                waiting = words.waiting_of_it(run.waited_s)
                self._record(recorder, run, f"Can be watched, {run.playable_s:.1f} s after {since}{waiting}")
            if ladder_took_over(run, stand_in):
                self._record(recorder, run, "Other qualities can be watched, as far as they are encoded")

    async def taken_back(self) -> None:
        """What could be watched of the run is not there any more."""
        async with self._change() as (recorder, run):
            run.published_segments, run.playable_s, run.waited_s = 0, None, None
            recorder.video.published_run = run.replaces

    async def ready(
        self,
        renditions: list[RenditionInfo],
        conformance: Sequence[RuleVerdict] = (),
        core_wait_s: float = 0.0,
    ) -> None:
        """The run has ended well."""
        async with self._change() as (recorder, run):
            run.renditions, run.conformance = renditions, list(conformance)
            if run.playable_s is None:
                time_first_play(recorder.video, run, core_wait_s)
            end_run(recorder.video, run, Status.READY, StageState.DONE)
            recorder.video.published_run = run.number
            run.progress = recorder.video.progress = 100
            took = words.lasting((run.finished_at or now()) - run.created_at)
            self._record(recorder, run, f"Ready after {took}")

    async def fail(self, code: str) -> None:
        """The run has ended badly; `code` is one of FAILURES. What stands in for the ladder stays."""
        async with self._change() as (recorder, run):
            why = FAILURES[code]
            recorder.video.failure = ErrorInfo(code=code, message=why.message, hint=why.hint).model_dump()
            end_run(recorder.video, run, Status.FAILED, StageState.FAILED)
            recorder.record(EventType.ERROR, why.message, run=run)

    async def is_published(self, number: int | None = None) -> bool:
        """Whether it is the run that players start from, or the video's run with this number is."""
        try:
            async with self._history.reading(self._video_id) as (_, video):
                return video.published_run == (number or self._number)
        except NotFound:
            return False

    async def read(self, number: int | None = None) -> Run | None:
        """The run's row, or that of the video's run with this number; None if there is none."""
        try:
            async with self._history.reading(self._video_id) as (session, _):
                return await get_run(session, self._video_id, number or self._number)
        except NotFound:
            return None

    async def poster_wanted(self) -> bool:
        """Whether nobody has chosen the video's poster.

        Raises:
            RunOver: it is to be left alone.
        """
        try:
            async with self._history.reading(self._video_id) as (session, video):
                await self._going_on(session)
                return not video.own_poster
        except NotFound as error:
            raise RunOver from error

    @asynccontextmanager
    async def _change(self) -> AsyncIterator[tuple[Recorder, Run]]:
        try:
            async with self._history.recording(self._video_id) as recorder:
                yield recorder, await self._going_on(recorder.session)
        except NotFound as error:
            raise RunOver from error

    async def _going_on(self, session: AsyncSession) -> Run:
        """The run's row.

        Raises:
            NotFound: there is none.
            RunOver: it has ended.
        """
        run = await get_run(session, self._video_id, self._number)
        if run.status is not Status.PROCESSING:
            raise RunOver
        return run

    def _record(self, recorder: Recorder, run: Run, message: str, **extra: Any) -> None:
        recorder.record(EventType.TRANSCODING, message, run=run, **extra)

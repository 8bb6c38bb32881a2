"""How a run's row changes, and its video's with it."""

from datetime import timedelta
from typing import Any

from ..db import now
from ..events import StageName, Status
from ..runs import Run
from ..stages import Stage, StageState
from ..videos import Video
from .slowness import in_the_past

# Processing that is asked for so soon after the upload is part of it, to whoever waits.
AT_ONCE = timedelta(seconds=5)


def time_first_play(video: Video, run: Run, core_wait_s: float) -> str:
    """Writes down how long somebody has waited to watch, until now; returns since when, in words."""
    since, event = run.created_at, "processing was asked for"
    uploaded_at = video.uploaded_at
    if run.number == 1 and uploaded_at and run.created_at - uploaded_at < AT_ONCE:
        since, event = uploaded_at, "its last byte came"
    in_queue_s = ((run.started_at or run.created_at) - run.created_at).total_seconds()
    run.playable_s = (now() - since).total_seconds()
    run.waited_s = in_queue_s + core_wait_s
    return event


def end_run(video: Video, run: Run, status: Status, running: StageState) -> None:
    """Sets how a run ended, and with it the video; stages that were `running` become this."""
    for stage in run.stages:
        if stage.state is StageState.RUNNING:
            update_stage(run, stage.name, state=running, finished_at=now(), progress=None)
    run.status = video.status = status
    run.finished_at = now()
    run.eta_s, run.waits_for_core = None, False
    run.slow_because = run.slow_because and in_the_past(run.slow_because)
    # What stands in for its ladder stays to be watched; else what was there before it.
    video.published_run = run.number if run.stood_in_for else run.replaces


def ladder_took_over(run: Run, stand_in: StageName | None) -> bool:
    """Notes what the playlists name; whether that is the ladder by now, in the place of a stand-in."""
    took_over = False
    for stage in run.stages:
        if stage.name is stand_in and not stage.published_at:
            update_stage(run, stage.name, published_at=now())
        elif stand_in is None and stage.published_at and not stage.replaced_at:
            update_stage(run, stage.name, replaced_at=now())
            took_over = True
    return took_over


def stage_of(run: Run, name: StageName) -> Stage:
    return next(stage for stage in run.stages if stage.name == name)


def update_stage(run: Run, name: StageName, **changes: Any) -> None:
    run.stages = [stage.model_copy(update=changes) if stage.name == name else stage for stage in run.stages]

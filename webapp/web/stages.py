"""The stages of a video's way as its page lists them."""

from dataclasses import dataclass

from .. import words
from ..db import now
from ..events import StageName, Status
from ..runs import Run
from ..stages import Stage, StageState
from ..videos import Video

# (while it runs, otherwise)
STAGE_LABELS = {
    StageName.RECEIVE: ("Receiving", "Received"),
    StageName.PROBE: ("Inspecting", "Inspected"),
    StageName.COPY: ("Copying", "Copy"),
    StageName.SKETCH: ("Making a quick version", "Quick version"),
    StageName.POSTER: ("Making a poster", "Poster"),
    StageName.PREVIEWS: ("Making previews", "Previews"),
    StageName.VIDEO: ("Encoding the picture", "Picture"),
    StageName.AUDIO: ("Encoding the sound", "Sound"),
    StageName.SUBTITLES: ("Taking out the subtitles", "Subtitles"),
    StageName.PUBLISH: ("Publishing", "Published"),
}


@dataclass(frozen=True, slots=True)
class StageView:
    """A line of the stage list. `took` is how long it lasted, or lasts so far."""

    name: str
    label: str
    state: StageState
    detail: str
    took: str
    progress: int | None


def stages_of(video: Video, run: Run | None) -> list[StageView]:
    """With the upload, which comes before any run."""
    return [_stage_view(stage, run) for stage in (_received(video), *(run.stages if run else []))]


def waits_for_probe(run: Run | None) -> bool:
    """Whether it has begun, and others are looked into before it."""
    if run is None or run.queued:
        return False
    return any(stage.name is StageName.PROBE and stage.state is StageState.WAITING for stage in run.stages)


def _received(video: Video) -> Stage:
    """The upload as a stage: the video's row knows it, since it comes before any run."""
    state, detail, progress = (
        StageState.WAITING,
        words.size(video.size_bytes) if video.size_bytes else "",
        None,
    )
    if video.uploaded_at:
        state = StageState.DONE
    elif video.upload_started_at:
        state = StageState.RUNNING if video.status is Status.UPLOADING else StageState.FAILED
        if video.received_bytes is not None:
            of = f" of {detail}" if detail else ""
            detail = f"{words.size(video.received_bytes)}{of}"
        if state is StageState.RUNNING:
            progress = video.received_percent
    return Stage(
        name=StageName.RECEIVE,
        state=state,
        detail=detail,
        progress=progress,
        started_at=video.upload_started_at,
        finished_at=video.uploaded_at or (video.upload_seen_at if state is StageState.FAILED else None),
    )


def _stage_view(stage: Stage, run: Run | None) -> StageView:
    running = stage.state is StageState.RUNNING
    detail = stage.detail
    if running and stage.name is StageName.VIDEO and run and run.speed:
        detail = f"{detail}, {run.speed:.1f}× real time"
    took = ""
    if stage.started_at and stage.state is not StageState.SKIPPED:
        took = words.lasting((stage.finished_at or now()) - stage.started_at)
    return StageView(
        name=stage.name,
        label=STAGE_LABELS[stage.name][0 if running else 1],
        state=stage.state,
        detail=detail,
        took=took,
        progress=stage.progress,
    )

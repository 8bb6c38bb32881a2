"""What a video's page shows, taken from its rows in one go: the page and its stream render the same thing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from jinja2 import Environment

from .. import words
from ..db import Database
from ..events import StageName, Status, VideoEvent
from ..history import milestones
from ..runs import Run, get_runs
from ..stages import StageState
from ..videos import Video, get_video
from ..waiting import queue_position
from .stages import StageView, stages_of, waits_for_probe

LOG_LINES = 50

STAND_INS = {
    StageName.COPY: "the file as it was uploaded",
    StageName.SKETCH: "a quick version in one quality",
}


@dataclass(frozen=True, slots=True)
class LogLine:
    """`at` counts from the video's creation."""

    seq: int
    at: str
    moment: str
    message: str


@dataclass(frozen=True, slots=True)
class LiveView:
    """
    Attributes:
        run: the newest.
        published: the one whose package the player shows, once it has begun.
        queue_position: the newest run's, from 1; None if it does not wait to be started.
    """

    video: Video
    run: Run | None
    published: Run | None
    stages: list[StageView]
    log: list[LogLine]
    queue_position: int | None = None

    @property
    def going_on(self) -> bool:
        """Whether there is more to come."""
        return not self.video.status.terminal

    @property
    def player_run(self) -> int:
        """The run whose package the player shows; 0 for no player."""
        return self.video.published_run

    @property
    def growing(self) -> bool:
        """Whether what the player shows is still being encoded."""
        return self.going_on and self.video.playable and self.video.published_run == self.video.run

    @property
    def early(self) -> bool:
        """Whether it can be watched although the upload is not complete."""
        return self.video.status is Status.UPLOADING and self.video.playable

    @property
    def stand_in(self) -> str:
        """What the player shows until the ladder is complete; "" if that is the ladder itself."""
        if self.published is None or self.published.status is Status.READY:
            return ""
        shown = [
            stage for stage in self.published.stages if stage.state in (StageState.RUNNING, StageState.DONE)
        ]
        return next((STAND_INS[stage.name] for stage in shown if stage.name in STAND_INS), "")

    @property
    def replaceable(self) -> bool:
        """Whether what the player shows may yet be replaced as a whole."""
        return not self.better and (bool(self.stand_in) or self.early or self.growing)

    @property
    def better(self) -> bool:
        """Whether a ladder is there that has replaced what people may still be watching."""
        return self.published is not None and self.published.took_over

    @property
    def playable_after(self) -> str:
        """How long after its last byte, or the request to process, the video could be watched."""
        if self.run is None or self.run.playable_s is None:
            return ""
        if self.run.playable_s == 0:
            return "before the upload was complete"
        after = words.lasting(timedelta(seconds=self.run.playable_s))
        return after + words.waiting_of_it(self.run.waited_s)

    @property
    def left(self) -> str:
        """How much longer it takes, about; "" if that cannot be said."""
        if self.run is None or self.run.eta_s is None:
            return ""
        return f"about {words.lasting(timedelta(seconds=max(self.run.eta_s, 1)))} left"

    @property
    def speed(self) -> str:
        return f"{self.run.speed:.1f}× real time" if self.run and self.run.speed else ""

    @property
    def waiting(self) -> str:
        """What it waits for; "" if it does not, or nobody knows."""
        if self.run and self.run.waits_for_core:
            return "Waiting for a free core: other videos are being encoded"
        if self.queue_position is not None:
            return f"Waiting to be processed: {words.place(self.queue_position)}"
        if self.going_on and waits_for_probe(self.run):
            return "Waiting to be inspected: other uploads are before it"
        return ""

    @property
    def summary(self) -> str:
        """For those who listen: changes with the stage and not with the percent."""
        running = [stage.label for stage in self.stages if stage.state is StageState.RUNNING]
        return {
            Status.READY: "Ready to watch",
            Status.FAILED: "Failed",
            Status.CANCELLED: "Cancelled",
        }.get(self.video.status, ", ".join(running) or self.waiting or "Waiting")


async def live_view(db: Database, video_id: str) -> LiveView:
    """
    Raises:
        NotFound: there is no such video.
    """
    async with db.read() as session:
        video = await get_video(session, video_id)
        runs = await get_runs(session, video_id, video.run, video.published_run)
        rows = await milestones(session, video_id, LOG_LINES)
        run = runs.get(video.run)
        position = await queue_position(session, run) if run and run.queued else None
    return LiveView(
        video,
        run,
        runs.get(video.published_run),
        stages_of(video, run),
        [_log_line(row.event, video) for row in rows],
        position,
    )


def live_renderer(templates: Environment, db: Database) -> Callable[[str], Awaitable[str]]:
    """Renders the live part of a video's page outside of any request, for the stream."""

    async def render(video_id: str) -> str:
        view = await live_view(db, video_id)
        return await templates.get_template("videos/_live.html").render_async(live=view)

    return render


def deleted_renderer(
    templates: Environment, template: str = "videos/_deleted.html"
) -> Callable[[], Awaitable[str]]:
    """Renders what is in its place once the video was deleted."""

    async def render() -> str:
        return await templates.get_template(template).render_async()

    return render


def _log_line(event: VideoEvent, video: Video) -> LogLine:
    return LogLine(
        seq=event.seq,
        at=words.clock(max(0.0, (event.timestamp - video.created_at).total_seconds())),
        moment=event.timestamp.isoformat(),
        message=event.message,
    )

"""A run: one attempt at processing a video, stage by stage."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col, select

from .db import UtcDateTime, Word, now
from .errors import NotFound
from .events import StageName, Status, WireModel
from .stages import STAGES, Stage, StageState


class RenditionInfo(WireModel):
    """A finished rendition; bit rates in bits per second, size in bytes, the language's BCP 47 tag, and of
    sound the label that players show.

    `ceilingBps` is what a rendition of the picture was encoded to stay below.
    `ssim` is how close sampled frames come to the source at this size: of the luma, 1 if nothing is lost.
    """

    name: str
    width: int | None = None
    height: int | None = None
    codec: str
    frame_rate: float | None = None
    peak_bps: int
    average_bps: int
    size_bytes: int
    ceiling_bps: int | None = None
    language: str | None = None
    label: str | None = None
    ssim: float | None = None


class RuleVerdict(WireModel):
    """A rule for HLS packages, and whether this one keeps it; `must` tells a requirement from advice."""

    number: int
    rule: str
    must: bool
    passed: bool
    measured: str


RENDITIONS: TypeAdapter[list[RenditionInfo]] = TypeAdapter(list[RenditionInfo])
CONFORMANCE: TypeAdapter[list[RuleVerdict]] = TypeAdapter(list[RuleVerdict])


class Run(SQLModel, table=True):
    """
    Attributes:
        status: of the run: processing until it ends as ready, failed or cancelled.
        attempts: times it was started without finishing anything new or being set down in good order, to
            notice a job that kills its worker.
        playable_s: seconds from the upload's last byte until the video could be watched; from the request to
            process if that came later, or again; 0 if it was while the upload still came.
        waited_s: of these, seconds in which the run waited for its turn: in the queue, or for a core.
        published_segments: of the picture, named in the playlists so far.
        waits_for_core: it is under way, and others have all cores.
        slow_because: what about the source costs the time, as a sentence, if it takes longer than to watch.
        ladder_because: why there are no other renditions, as a sentence, where there are fewer or lower ones.
        losses: what of the upload is missing, as losses.Losses, without what is not known yet; None as well
            for what earlier releases made.
        tone_mapped: whether the upload is HDR and its colours are brought down; None likewise.
        replaces: the run whose package can be watched until this one's is complete; 0 for none.
    """

    __tablename__: ClassVar[str] = "run"

    id: int | None = Field(default=None, primary_key=True)
    video_id: str = Field(foreign_key="video.id", ondelete="CASCADE")
    number: int
    status: Status = Field(default=Status.PROCESSING, sa_type=Word(Status))
    attempts: int = 0
    progress: int = 0
    published_segments: int = 0
    replaces: int = 0
    playable_s: float | None = None
    waited_s: float | None = None
    eta_s: int | None = None
    speed: float | None = None
    waits_for_core: bool = False
    slow_because: str | None = None
    ladder_because: str | None = None
    losses: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))
    tone_mapped: bool | None = None
    stages_json: str = "[]"
    renditions_json: str = "[]"
    conformance_json: str | None = None
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    __table_args__ = (
        sa.UniqueConstraint("video_id", "number"),
        # The place in the queue of runs that have not started.
        sa.Index("ix_run_waiting", "status", "started_at", "id"),
    )

    @property
    def queued(self) -> bool:
        """Whether it waits for a worker to start it."""
        return self.status is Status.PROCESSING and self.started_at is None

    @property
    def stages(self) -> list[Stage]:
        return STAGES.validate_json(self.stages_json)

    @stages.setter
    def stages(self, stages: list[Stage]) -> None:
        self.stages_json = STAGES.dump_json(stages, by_alias=True, exclude_none=True).decode()

    @property
    def copied(self) -> bool:
        """Whether the whole upload can be watched as it is, as one rendition."""
        return self._is_done(StageName.COPY)

    @property
    def sketched(self) -> bool:
        """Whether the whole of it can be watched in a small rendition."""
        return self._is_done(StageName.SKETCH)

    @property
    def stood_in_for(self) -> bool:
        """Whether the whole of it can be watched without the ladder."""
        return self.copied or self.sketched

    @property
    def took_over(self) -> bool:
        """Whether its ladder has taken the place of what people may still be watching."""
        if self.status is not Status.READY:
            return any(stage.replaced_at for stage in self.stages)
        return self.replaces > 0 or self.stood_in_for or any(stage.published_at for stage in self.stages)

    def _is_done(self, name: StageName) -> bool:
        return any(stage.name is name and stage.state is StageState.DONE for stage in self.stages)

    @property
    def renditions(self) -> list[RenditionInfo]:
        return RENDITIONS.validate_json(self.renditions_json)

    @renditions.setter
    def renditions(self, renditions: list[RenditionInfo]) -> None:
        self.renditions_json = RENDITIONS.dump_json(renditions, by_alias=True, exclude_none=True).decode()

    @property
    def conformance(self) -> list[RuleVerdict]:
        """Verdicts on the finished package; empty before, and where nobody looked."""
        return CONFORMANCE.validate_json(self.conformance_json or "[]")

    @conformance.setter
    def conformance(self, verdicts: list[RuleVerdict]) -> None:
        self.conformance_json = CONFORMANCE.dump_json(verdicts, by_alias=True).decode()


async def get_run(session: AsyncSession, video_id: str, number: int) -> Run:
    """
    Raises:
        NotFound: the video has no such run.
    """
    query = select(Run).where(Run.video_id == video_id, Run.number == number)
    run = (await session.execute(query)).scalar_one_or_none()
    if run is None:
        raise NotFound("run_not_found", "This video has no such run.")
    return run


async def get_runs(session: AsyncSession, video_id: str, *numbers: int) -> dict[int, Run]:
    """Those of a video's runs that there are, by their numbers."""
    query = select(Run).where(Run.video_id == video_id, col(Run.number).in_(numbers))
    return {run.number: run for run in (await session.execute(query)).scalars()}


async def runs_under_way(session: AsyncSession, video_ids: Sequence[str]) -> dict[str, Run]:
    """Of those of these videos that have one, by the videos."""
    query = select(Run).where(col(Run.video_id).in_(video_ids), Run.status == Status.PROCESSING)
    return {run.video_id: run for run in (await session.execute(query)).scalars()}

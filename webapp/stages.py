"""The stages of a run, as its row has them."""

from enum import StrEnum

from pydantic import TypeAdapter

from .events import StageName, Timestamp, WireModel


class StageState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    STOPPED = "stopped"


class Stage(WireModel):
    """One stage of a run as it stands.

    Of what stands in for the ladder, `publishedAt` is when it could be watched first, and `replacedAt` when
    the ladder took its place before the end: it broke off, and the ladder went as far.
    """

    name: StageName
    state: StageState = StageState.WAITING
    detail: str = ""
    progress: int | None = None
    started_at: Timestamp | None = None
    finished_at: Timestamp | None = None
    published_at: Timestamp | None = None
    replaced_at: Timestamp | None = None


STAGES: TypeAdapter[list[Stage]] = TypeAdapter(list[Stage])


def with_sketch(stages: list[Stage]) -> list[Stage]:
    """The stages of a run that makes a sketch, which few do."""
    return _with(StageName.SKETCH, StageName.COPY, stages)


def with_subtitles(stages: list[Stage]) -> list[Stage]:
    """The stages of a run that has subtitles to take out, which few have; they come after the sound."""
    return _with(StageName.SUBTITLES, StageName.AUDIO, stages)


def _with(name: StageName, before: StageName, stages: list[Stage]) -> list[Stage]:
    names = [stage.name for stage in stages]
    if name in names:
        return stages
    place = names.index(before) + 1
    return [*stages[:place], Stage(name=name), *stages[place:]]

"""Who does which job in the child."""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

from .answers import Answer
from .jobs import (
    AudioJob,
    ChunkJob,
    ComplexityJob,
    CopyJob,
    InspectJob,
    Job,
    PosterJob,
    PreviewJob,
    ProbeJob,
    StillJob,
    StoryboardJob,
    SubtitlesJob,
    WaveformJob,
)

# By module and function, imported by nurseries, or once there is such a job.
DONE_BY: Mapping[type[Job], tuple[str, str]] = {
    ProbeJob: ("probe", "probe"),
    ComplexityJob: ("complexity", "measure"),
    CopyJob: ("copy", "copy"),
    PosterJob: ("poster", "make"),
    WaveformJob: ("waveform", "make"),
    StillJob: ("still", "make"),
    StoryboardJob: ("storyboard", "make"),
    PreviewJob: ("preview", "make"),
    ChunkJob: ("chunk", "encode"),
    AudioJob: ("audio", "encode"),
    SubtitlesJob: ("subtitles", "extract"),
    InspectJob: ("verifying", "inspect"),
}


def function(kind: type[Job]) -> Callable[..., Iterator[Answer]]:
    """Takes such a job, of chunks also those that follow it, and yields the answers."""
    module, name = DONE_BY[kind]
    found: Callable[..., Iterator[Answer]] = getattr(import_module(f".{module}", __package__), name)
    return found


def answers(job: Job, further: Iterator[Job]) -> Iterator[Answer]:
    """Does the job. Of `further` ones it takes those that go on where it ends."""
    do = function(type(job))
    return do(job, further) if isinstance(job, ChunkJob) else do(job)

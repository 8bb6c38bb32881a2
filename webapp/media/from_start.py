"""The way back to the beginning of an upload, for whom its first frames do not tell enough."""

from collections.abc import Iterator
from contextlib import contextmanager

from av.container import InputContainer
from av.stream import Stream

from .jobs import SourceJob
from .source import open_upload


@contextmanager
def from_start(
    job: SourceJob, container: InputContainer, stream: Stream, tick: int
) -> Iterator[InputContainer]:
    """The container, to be read from a tick of `stream` on; of an upload that is arriving one opened anew.

    To go back, libavformat looks for the last time of a transport stream, and for the keyframe after in a
    Matroska: it would wait for the end of the upload.

    Raises:
        av.FFmpegError: there is no way back.
    """
    if job.arriving:
        with open_upload(job.source, job.limits, arriving=job.arriving) as anew:
            yield anew
    else:
        container.seek(tick, stream=stream)
        yield container

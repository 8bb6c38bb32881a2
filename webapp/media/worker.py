"""Entry of the child process: `python -m webapp.media.worker PARENT CPU_SECONDS [MEMORY_BYTES]`.

Jobs come on stdin, and answers go to stdout, a JSON line each; what the codec library has to say goes to
stderr. A job is begun when the one before is answered. Exit code 0 means that the last line is the answer to
the last job, or Failed.
"""

import sys
from collections.abc import Iterator
from typing import Any

from .limits import allow_more_time, confine


def main() -> None:
    parent, cpu_s, *memory_bytes = (int(argument) for argument in sys.argv[1:])
    confine(parent, cpu_s, *memory_bytes)
    # Imported under the limits: from here on foreign code runs.
    import av
    import msgspec

    from . import failures
    from .answers import Answer, Failed
    from .failures import Unprocessable
    from .jobs import (
        AudioJob,
        ChunkJob,
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
    from .saying import say

    def read() -> Iterator[Any]:
        decoder = msgspec.json.Decoder(Job)
        for number, line in enumerate(sys.stdin.buffer):
            if number:
                allow_more_time(cpu_s)
            yield decoder.decode(line)

    jobs = read()

    def answers(job: Job) -> Iterator[Answer]:
        # Only what this job needs: the modules of all take 40 ms of CPU, a third of a start.
        match job:
            case ProbeJob():
                from . import probe

                return probe.probe(job)
            case CopyJob():
                from . import copy

                return copy.copy(job)
            case PosterJob():
                from . import poster

                return poster.make(job)
            case WaveformJob():
                from . import waveform

                return waveform.make(job)
            case StillJob():
                from . import still

                return still.make(job)
            case StoryboardJob():
                from . import storyboard

                return storyboard.make(job)
            case PreviewJob():
                from . import preview

                return preview.make(job)
            case ChunkJob():
                from . import chunk

                return chunk.encode(job, jobs)
            case AudioJob():
                from . import audio

                return audio.encode(job)
            case SubtitlesJob():
                from . import subtitles

                return subtitles.extract(job)
            case InspectJob():
                from . import verifying

                return verifying.inspect(job)

    av.logging.set_level(av.logging.ERROR)
    try:
        for job in jobs:
            for answer in answers(job):
                say(answer)
    except Unprocessable as failure:
        say(Failed(code=failure.code, detail=failure.detail))
    except av.error.ExternalError as error:
        # How encoders say that they get no memory; what fails to decode is counted as damage.
        say(Failed(code="too_demanding", detail=str(error)))
    except (MemoryError, OSError) as error:
        code = failures.code_of(error)
        if code is None:
            raise
        say(Failed(code=code, detail=str(error)))


if __name__ == "__main__":
    main()

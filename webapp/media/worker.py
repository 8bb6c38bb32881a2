"""Entry of the child process: `python -m webapp.media.worker PARENT CPU_SECONDS`, a job on stdin.

Answers on stdout, a JSON line each; what the codec library has to say goes to stderr. Exit code 0 means that
the last line is the answer, or Failed.
"""

import os
import sys
from collections.abc import Iterator

from .limits import confine


def main() -> None:
    parent, cpu_s = (int(argument) for argument in sys.argv[1:])
    confine(parent, cpu_s)
    # Imported under the limits: from here on foreign code runs.
    import av
    import msgspec

    from . import audio, chunk, copy, inspection, poster, probe
    from .failures import Unprocessable
    from .messages import Answer, AudioJob, ChunkJob, CopyJob, Failed, InspectJob, Job, PosterJob, ProbeJob

    def answers(job: Job) -> Iterator[Answer]:
        match job:
            case ProbeJob():
                return probe.probe(job)
            case CopyJob():
                return copy.copy(job)
            case PosterJob():
                return poster.make(job)
            case ChunkJob():
                return chunk.encode(job)
            case AudioJob():
                return audio.encode(job)
            case InspectJob():
                return inspection.inspect(job)

    def say(answer: Answer) -> None:
        os.write(1, msgspec.json.encode(answer) + b"\n")

    av.logging.set_level(av.logging.ERROR)
    job: Job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    try:
        for answer in answers(job):
            say(answer)
    except Unprocessable as failure:
        say(Failed(code=failure.code, detail=failure.detail))
    except MemoryError as error:
        say(Failed(code="too_demanding", detail=str(error)))


if __name__ == "__main__":
    main()

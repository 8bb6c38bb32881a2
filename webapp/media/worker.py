"""What a child does, from its first job to its end.

Jobs come on stdin, and answers go to stdout, a JSON line each; what the codec library has to say goes to
stderr. A job is begun when the one before is answered. Exit code 0 means that the last line is the answer to
the last job, or Failed. `python -m webapp.media.worker PARENT CPU_SECONDS [MEMORY_BYTES]` is a child that no
nursery has forked.
"""

import sys
from collections.abc import Iterator

from .limits import ADDRESS_SPACE_BYTES, allow_more_time, confine, name_process

NAME = "rushes-child"


def run(parent: int, cpu_s: int, memory_bytes: int = ADDRESS_SPACE_BYTES) -> None:
    """Until there are no more jobs; `limits.confine` has the arguments."""
    confine(parent, cpu_s, memory_bytes)
    name_process(NAME)
    # Imported under the limits: from here on foreign code runs.
    import av
    import msgspec

    from . import dispatch, failures
    from .answers import Failed
    from .failures import Unprocessable
    from .jobs import Job, ProbeJob
    from .saying import say

    def read() -> Iterator[Job]:
        decoder = msgspec.json.Decoder(Job)
        for number, line in enumerate(sys.stdin.buffer):
            job = decoder.decode(line)
            if isinstance(job, ProbeJob):
                allow_more_time(min(cpu_s, job.cpu_s))
            elif number:
                allow_more_time(cpu_s)
            yield job

    av.logging.set_level(av.logging.ERROR)
    jobs = read()
    try:
        for job in jobs:
            for answer in dispatch.answers(job, jobs):
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
    run(*(int(argument) for argument in sys.argv[1:]))

"""Entry of the child process: `python -m webapp.media.worker PARENT CPU_SECONDS [MEMORY_BYTES]`.

A job comes on stdin. Answers on stdout, a JSON line each; what the codec library has to say goes to stderr.
Exit code 0 means that the last line is the answer, or Failed.
"""

import os
import sys
from collections.abc import Iterator

from .limits import confine


def main() -> None:
    confine(*(int(argument) for argument in sys.argv[1:]))
    # Imported under the limits: from here on foreign code runs.
    import av
    import msgspec

    from . import (
        audio,
        chunk,
        copy,
        failures,
        poster,
        preview,
        probe,
        still,
        storyboard,
        subtitles,
        verifying,
        waveform,
    )
    from .failures import Unprocessable
    from .messages import (
        Answer,
        AudioJob,
        ChunkJob,
        CopyJob,
        Failed,
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

    def answers(job: Job) -> Iterator[Answer]:
        match job:
            case ProbeJob():
                return probe.probe(job)
            case CopyJob():
                return copy.copy(job)
            case PosterJob():
                return poster.make(job)
            case WaveformJob():
                return waveform.make(job)
            case StillJob():
                return still.make(job)
            case StoryboardJob():
                return storyboard.make(job)
            case PreviewJob():
                return preview.make(job)
            case ChunkJob():
                return chunk.encode(job)
            case AudioJob():
                return audio.encode(job)
            case SubtitlesJob():
                return subtitles.extract(job)
            case InspectJob():
                return verifying.inspect(job)

    def say(answer: Answer) -> None:
        os.write(1, msgspec.json.encode(answer) + b"\n")

    av.logging.set_level(av.logging.ERROR)
    job: Job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    try:
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

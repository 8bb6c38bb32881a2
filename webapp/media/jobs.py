"""What a child may be asked to do: a JSON line each on its stdin.

msgspec and not pydantic, because each child pays for its imports: 20 ms against 60.
"""

import msgspec

from .facts import Facts
from .ladder import Rung
from .message import Message
from .wanted import WANTED_OF_NEW_RUNS, Wanted

# A probe takes a tenth of a second, of 8K five. Those that take longer than a quick one are made one at a
# time, so that files made to take long hold up each other, and nobody else.
PROBE_CPU_S, QUICK_PROBE_CPU_S = 30, 2


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What an upload may be like; what is beyond is refused, with a code for each.

    Attributes:
        pixels: of a picture, as stored and as shown; the default is a little above 8192 × 4320.
        frame_rate: frames per second, on average.
        duration_s: whether there are so many frames or only two.
        streams: of all kinds.
    """

    pixels: int = 40_000_000
    frame_rate: float = 480
    duration_s: float = 24 * 3600
    streams: int = 64


class Arriving(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is still being received: its path once it is whole, and its bytes then, about."""

    final: str
    size: int


class SourceJob(Message, frozen=True, kw_only=True):
    """Base of what is done with the upload at the path `source`, of which more may be `arriving`."""

    source: str
    limits: Limits = Limits()
    arriving: Arriving | None = None


class ProbeJob(SourceJob, frozen=True, kw_only=True):
    """Find out what is in the file `source`, and which of the codecs `wanted` beside H.264 this build has.

    Answered by Facts. Of a file that is arriving, by an Obstacle if it cannot be told before it is whole.

    Attributes:
        cpu_s: seconds of CPU that it may take.
    """

    cpu_s: int = PROBE_CPU_S
    wanted: Wanted = WANTED_OF_NEW_RUNS


class ComplexityJob(SourceJob, frozen=True, kw_only=True):
    """Find out how many bits a second this picture needs. Answered by Complexity.

    Attributes:
        rungs: in H.264, as they would be for any source of this size.
        moments: how many to encode for it; with none, only the source's own rate is looked up.
    """

    facts: Facts
    rungs: list[Rung]
    moments: int


class CopyJob(SourceJob, frozen=True, kw_only=True):
    """Copy the upload's own packets into segments in `folder`. Answered by Written lines, then Copied."""

    folder: str
    facts: Facts


class PosterJob(SourceJob, frozen=True, kw_only=True):
    """Write a JPEG of a frame to `target`: the one about `second`, or one worth showing if None.

    Answered by Poster.
    """

    target: str
    facts: Facts
    second: float | None = None


class WaveformJob(SourceJob, frozen=True, kw_only=True):
    """Draw the waveform of sound alone as a JPEG. Answered by Progress lines, then Still."""

    target: str
    facts: Facts


class StillJob(SourceJob, frozen=True, kw_only=True):
    """Make a JPEG at `target` of the still picture that is the source. Answered by Still."""

    target: str


class StoryboardJob(SourceJob, frozen=True, kw_only=True):
    """Write a JPEG of moments all over the video to `target`. Answered by Progress, then Storyboard."""

    target: str
    facts: Facts


class PreviewJob(SourceJob, frozen=True, kw_only=True):
    """Write an animated WebP of a few moments to `target`. Answered by Progress lines, then Preview."""

    target: str
    facts: Facts


class ChunkJob(SourceJob, frozen=True, kw_only=True):
    """Encode every rung of one chunk into `folder`/<rung>/. Answered by Progress lines, then Chunk.

    Attributes:
        first: number of the first segment.
        bounds_s: where its segments start, and where the last one ends; whole seconds. Without an
            end (`open_end`) the chunk goes on to the last frame, however far that is.
        side_by_side: whether the rungs are encoded in threads, since there are cores for them.
        decoders: threads that decode the upload; those for the first of several chunks hold for all.
        waited_for: somebody wants to watch it now, so nothing is made better that takes longer.
        sampled: whether to measure how close the rungs come to the source.
    """

    folder: str
    facts: Facts
    rungs: list[Rung]
    first: int
    bounds_s: list[int]
    open_end: bool
    side_by_side: bool = False
    decoders: int = 1
    waited_for: bool = False
    sampled: bool = False


class AudioJob(SourceJob, frozen=True, kw_only=True):
    """Encode a track of sound in one pass into `folder`. Answered by Written lines, then Audio.

    `number` is its place in `facts.sounds`.
    """

    folder: str
    facts: Facts
    number: int = 0


class SubtitlesJob(SourceJob, frozen=True, kw_only=True):
    """Write every track of `facts.subtitles` into `folder`. Answered by Subtitles."""

    folder: str
    facts: Facts


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A segment of a rendition of the picture: paths of its files, and what is to be in it."""

    init: str
    segment: str
    width: int
    height: int
    frames: int


class InspectJob(Message, frozen=True, kw_only=True):
    """Count the frames in these segments of ours, decode their keyframes.

    Answered by Progress lines, then Inspected; or by Failed.
    """

    pieces: list[Piece]


Job = (
    ProbeJob
    | ComplexityJob
    | CopyJob
    | PosterJob
    | WaveformJob
    | StillJob
    | StoryboardJob
    | PreviewJob
    | ChunkJob
    | AudioJob
    | SubtitlesJob
    | InspectJob
)

"""A chunk of the picture.

One that is stored is not encoded again, even if the engine never heard of it.
"""

from collections.abc import Callable
from contextlib import aclosing

import msgspec

from ...media.answers import Chunk, Progress, Waiting
from ...media.jobs import ChunkJob
from ...media.timeline import ChunkSpan
from ...media.wanted import Wanted
from .. import notes
from ..encoder import Encoder
from ..patience import patience_s
from ..plan import Plan
from ..work import Work

# Signs of life, one a second, after which a child that encodes gives back its slot.
MOST_WAITS = 3
# Of a sketch, decoding the upload takes most of the time.
DECODERS_OF_SKETCH = 2
# What else a run keeps beside its chunks, and those of its sketch: lists to go back to, what was published
# early. A few more.
OTHER_NOTES = 10


class NotArrived(Exception):
    """What a chunk is made of has not been uploaded yet, though it should have been by the bytes."""


async def encode_chunk(
    work: Work,
    plan: Plan,
    span: ChunkSpan,
    encoder: Encoder,
    encoding: Callable[[int], None],
    side_by_side: bool = False,
    *,
    sketch: bool = False,
) -> Chunk:
    """Encodes and stores it, in a slot of the caller's; `encoding` hears how many frames are done.

    Of the `sketch`, or else of the ladder.

    Raises:
        NotArrived: the upload is not there so far.
    """
    note = work.keys.sketch(span.first) if sketch else work.keys.chunk(span.first)
    facts, rungs = plan.facts, plan.rungs
    if sketch:
        assert plan.sketch
        wanted = Wanted(encoding=facts.wanted.encoding)  # a preset is not for what has to be quick
        facts, rungs = msgspec.structs.replace(facts, wanted=wanted), [plan.sketch]
    stored = await notes.read(work.storage, note, Chunk)
    if stored is not None:
        return stored
    async with work.folder(f"{'sketch' if sketch else 'chunk'}{span.first}") as folder:
        encoding(0)

        def job(source: str) -> ChunkJob:
            return ChunkJob(
                source=source,
                arriving=work.arriving,
                folder=str(folder),
                facts=facts,
                rungs=rungs,
                first=span.first,
                bounds_s=span.bounds_s,
                open_end=span.open_end,
                side_by_side=side_by_side or sketch,
                decoders=DECODERS_OF_SKETCH if sketch else 1,
                waited_for=sketch or (plan.waited_for and span.first == 0),
                sampled=not sketch and plan.sampled(span),
            )

        silence_s = patience_s(plan, span, work.children.longest_silence_s)
        chunk = await _encoded(encoder, job, silence_s, encoding)
        for track in chunk.tracks:
            await work.put_track(track, folder, with_init=span.first == 0)
        await notes.write(work.storage, note, chunk)
    return chunk


async def any_stored(work: Work, plan: Plan) -> bool:
    """Whether any chunk is; chunks that are encoded side by side get done in any order."""
    names = await work.storage.names(work.keys.notes, 2 * len(plan.chunks) + OTHER_NOTES)
    return any(f"{work.keys.notes}{name}".startswith(work.keys.chunks) for name in names)


async def _encoded(
    encoder: Encoder,
    job: Callable[[str], ChunkJob],
    silence_s: float,
    encoding: Callable[[int], None],
) -> Chunk:
    chunk: Chunk | None = None
    waits = 0
    async with aclosing(encoder.answers(job, silence_s)) as answers:
        async for answer in answers:
            match answer:
                case Waiting():
                    waits += 1
                    if waits == MOST_WAITS:
                        raise NotArrived
                case Progress(frames=frames):
                    encoding(frames)
                case Chunk():
                    chunk = answer
    assert chunk is not None
    return chunk

"""A chunk of the picture.

One that is stored is not encoded again, even if the engine never heard of it.
"""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from ...media.answers import Chunk, Progress, Waiting
from ...media.facts import Facts
from ...media.jobs import ChunkJob
from ...media.ladder import Rung
from ...media.timeline import ChunkSpan
from .. import notes
from ..encoder import Encoder
from ..patience import patience_s
from ..plan import Plan
from ..work import Work

# Signs of life, one a second, after which a child that encodes gives back its slot.
MOST_WAITS = 3
# What else a run keeps beside its chunks, and those of its sketch: lists to go back to, what was published
# early. A few more.
OTHER_NOTES = 10

Count = Callable[[int], None]


@dataclass(frozen=True)
class Target:
    """What a span of the upload is encoded to.

    Attributes:
        note: the key where its answer is, once all of it is stored.
        folder: the name of that to write to.

    The others are as in `media.jobs.ChunkJob`.
    """

    note: str
    folder: str
    facts: Facts
    rungs: list[Rung]
    side_by_side: bool
    waited_for: bool
    decoders: int = 1
    sampled: bool = False


class NotArrived(Exception):
    """What a chunk is made of has not been uploaded yet, though it should have been by the bytes."""


async def encode_chunk(
    work: Work,
    plan: Plan,
    span: ChunkSpan,
    encoder: Encoder,
    encoding: Count = lambda frames: None,
    side_by_side: bool = False,
) -> Chunk:
    """One of the ladder.

    Raises:
        NotArrived: see `stored_or_encoded`.
    """
    target = Target(
        note=work.keys.chunk(span.first),
        folder=f"chunk{span.first}",
        facts=plan.facts,
        rungs=plan.rungs,
        side_by_side=side_by_side,
        waited_for=plan.waited_for and span.first == 0,
        sampled=plan.sampled(span),
    )
    return await stored_or_encoded(work, plan, span, target, encoder, encoding)


async def stored_or_encoded(
    work: Work,
    plan: Plan,
    span: ChunkSpan,
    target: Target,
    encoder: Encoder,
    encoding: Count = lambda frames: None,
) -> Chunk:
    """Encodes and stores a chunk, in a slot of the caller's; `encoding` hears how many frames are done.

    Raises:
        NotArrived: the upload is not there so far.
    """
    stored = await notes.read(work.storage, target.note, Chunk)
    if stored is not None:
        return stored
    async with work.folder(target.folder) as folder:
        encoding(0)

        def job(source: str) -> ChunkJob:
            return ChunkJob(
                source=source,
                arriving=work.arriving,
                folder=str(folder),
                facts=target.facts,
                rungs=target.rungs,
                first=span.first,
                bounds_s=span.bounds_s,
                open_end=span.open_end,
                side_by_side=target.side_by_side,
                decoders=target.decoders,
                waited_for=target.waited_for,
                sampled=target.sampled,
            )

        silence_s = patience_s(plan, span, work.children.longest_silence_s)
        chunk = await _encoded(encoder, job, silence_s, encoding)
        for track in chunk.tracks:
            await work.put_track(track, folder, with_init=span.first == 0)
        await notes.write(work.storage, target.note, chunk)
    return chunk


async def any_stored(work: Work, plan: Plan) -> bool:
    """Whether any chunk is; chunks that are encoded side by side get done in any order."""
    names = await work.storage.names(work.keys.notes, 2 * len(plan.chunks) + OTHER_NOTES)
    return any(f"{work.keys.notes}{name}".startswith(work.keys.chunks) for name in names)


async def _encoded(
    encoder: Encoder,
    job: Callable[[str], ChunkJob],
    silence_s: float,
    encoding: Count,
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

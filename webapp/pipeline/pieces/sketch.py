"""The sketch: a small rendition of all of the picture, quickly made, chunk after chunk."""

from collections.abc import Awaitable, Callable

import msgspec

from ...media.answers import Chunk
from ...media.message import Message
from ...media.segment import Track
from ...media.timeline import ChunkSpan
from ...media.wanted import Wanted
from ..encoder import Encoder
from ..plan import Plan
from ..work import Work
from .chunk import Target, stored_or_encoded
from .growing import Hear

# Decoding the upload takes most of the time.
DECODERS = 2


class Sketched(Message, frozen=True, kw_only=True):
    """The sketch as encoded; without a segment if there is no picture to be had."""

    track: Track


async def sketch(work: Work, plan: Plan, begun: Callable[[], Awaitable[None]], written: Hear) -> Sketched:
    """Encodes and stores it.

    Args:
        begun: told whenever it has its turn.
        written: hears of new segments once they are stored.
    """
    whole: Track | None = None
    async with work.encoder() as encoder:
        for span in plan.chunks:
            async with work.turn(work.slots.sketching):
                await begun()
                chunk = await sketch_chunk(work, plan, span, encoder)
            (track,) = chunk.tracks
            whole = whole.followed_by(track) if whole else track
            written(track)
            if work.slots.sketching.locked():
                await encoder.rest()  # or each run would keep a child that waits, with all its memory
    assert whole is not None
    return Sketched(track=whole)


async def sketch_chunk(work: Work, plan: Plan, span: ChunkSpan, encoder: Encoder) -> Chunk:
    """One of the sketch.

    Raises:
        NotArrived: see `stored_or_encoded`.
    """
    assert plan.sketch
    wanted = Wanted(encoding=plan.facts.wanted.encoding)  # a preset is not for what has to be quick
    target = Target(
        note=work.keys.sketch(span.first),
        folder=f"sketch{span.first}",
        facts=msgspec.structs.replace(plan.facts, wanted=wanted),
        rungs=[plan.sketch],
        side_by_side=True,
        waited_for=True,
        decoders=DECODERS,
    )
    return await stored_or_encoded(work, plan, span, target, encoder)

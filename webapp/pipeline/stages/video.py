"""The picture, encoded chunk by chunk into all rungs of the ladder."""

import asyncio

from ...events import StageName
from ...media.answers import Chunk
from ...media.timeline import ChunkSpan
from ...runs import StageState
from .. import describe
from ..choice import Choice
from ..durable import Durable
from ..encoder import Encoder
from ..order import Order
from ..pieces.chunk import encode_chunk
from ..together import together
from .ladder import choose_ladder
from .under_way import UnderWay

# The first chunk, which somebody waits for, keeps so many busy: with no more of them the others wait.
CORES_FOR_FIRST_CHUNK = 2


async def encode_chunks(
    run: UnderWay, choosing: Durable[Choice], chunks: list[tuple[ChunkSpan, Durable[Chunk]]], slots: int
) -> None:
    """`slots` of them at a time."""
    plan, journal, release, progress = run.plan, run.journal, run.release, run.progress
    if not plan.has_picture:
        await journal.stage(StageName.VIDEO, StageState.SKIPPED, "no picture in the file")
        return
    await release.cleared.wait()
    await choose_ladder(run, choosing)
    damaged, missing_s = 0, 0.0

    order = Order(len(chunks), slots)
    begun_well = asyncio.Event()

    async def encode(number: int, encoder: Encoder) -> None:
        nonlocal damaged, missing_s
        span, durable = chunks[number]
        side_by_side = order.side_by_side(number)

        async def work() -> Chunk:
            chunk = await encode_chunk(run.work, plan, span, encoder, progress.encoding(span), side_by_side)
            await journal.got_further()  # before its answer is kept, or a kill could come between
            return chunk

        chunk = await durable(work)
        begun_well.set()
        damaged += chunk.damaged
        missing_s += chunk.missing_s
        run.allowance.spend(*chunk.tracks)
        progress.encoded(span)
        release.chunk_encoded(span.first, chunk)

    async def encode_some(place: int) -> None:
        if place and not release.at_once and slots <= CORES_FOR_FIRST_CHUNK:
            await begun_well.wait()
        done: int | None = None
        async with run.work.encoder() as encoder:
            while order.left:
                # Which chunk comes next is known once there is a slot: none waits for a task that waits.
                async with run.work.slot(urgent=not place and done is None, lasting=True):
                    done = await encode_on(done, encoder)

    async def encode_on(done: int | None, encoder: Encoder) -> int | None:
        """One chunk after another, after `done`, as long as the slot is ours; the last that it did."""
        shared, name = run.work.slots, run.work.name
        while (following := order.next(done, growing=not release.at_once)) is not None:
            await encode(done := following, encoder)
            if shared.due_to_others(name):
                await encoder.rest()  # or each run would keep children that wait, with all their memory
            if shared.due(name):
                break
        return done

    await together(*(encode_some(place) for place in range(slots)))
    words, damage = describe.renditions(plan.rungs), describe.damage(damaged, missing_s)
    await journal.stage(StageName.VIDEO, StageState.DONE, words + damage, "Picture encoded" + damage)

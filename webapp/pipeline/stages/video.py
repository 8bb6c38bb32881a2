"""The picture, encoded chunk by chunk into all rungs of the ladder."""

import asyncio

from ...events import StageName
from ...losses import Losses, losing
from ...media.answers import Chunk
from ...media.timeline import ChunkSpan
from ...stages import StageState
from .. import describe
from ..choice import Choice
from ..durable import Durable
from ..encoder import Encoder
from ..excused import unless
from ..order import Order
from ..pieces.chunk import encode_chunk
from ..together import together
from .ladder import choose_ladder
from .under_way import UnderWay

# The first chunk, which somebody waits for, keeps so many busy: with no more of them the others wait.
CORES_FOR_FIRST_CHUNK = 2
# The sketch, which somebody watches, keeps so many busy as well.
CORES_FOR_SKETCH = 2


async def encode_chunks(
    run: UnderWay, choosing: Durable[Choice], chunks: list[tuple[ChunkSpan, Durable[Chunk]]], slots: int
) -> None:
    """`slots` of them at a time."""
    if not run.plan.has_picture:
        await run.journal.stage(StageName.VIDEO, StageState.SKIPPED, "no picture in the file")
        return
    release = run.release
    await release.cleared.wait()
    if slots <= CORES_FOR_SKETCH:
        await release.all_cores.wait()
    # Any number of videos can be watched as they came: no more than so many of them share the slots with
    # those whose ladder is waited for.
    async with unless(release.awaited, run.work.permit(run.work.slots.ladders)):
        await choose_ladder(run, choosing)
        encoding = Encoding(run, chunks, slots)
        await together(*(encoding.take_part(place) for place in range(slots)))
    words = describe.renditions(run.plan.rungs)
    damage = describe.damage(encoding.damaged, encoding.missing_s)
    lost = losing(
        Losses(picture_damaged_packets=encoding.damaged, picture_missing_seconds=round(encoding.missing_s, 3))
    )
    await run.journal.stage(
        StageName.VIDEO, StageState.DONE, words + damage, "Picture encoded" + damage, lost
    )


class Encoding:
    """The chunks of a run, shared among as many tasks as it may have slots.

    Attributes:
        damaged, missing_s: sums over the chunks so far, see media.answers.Chunk.
    """

    def __init__(self, run: UnderWay, chunks: list[tuple[ChunkSpan, Durable[Chunk]]], slots: int) -> None:
        self._run, self._chunks, self._slots = run, chunks, slots
        self._order = Order(len(chunks), slots)
        self._begun_well = asyncio.Event()
        self.damaged, self.missing_s = 0, 0.0

    async def take_part(self, place: int) -> None:
        """Encodes chunks until none is left; task number `place`, of which the first begins."""
        work, release = self._run.work, self._run.release
        if place and not release.at_once and self._slots <= CORES_FOR_FIRST_CHUNK:
            await self._begun_well.wait()
        if place >= self._slots - CORES_FOR_SKETCH:
            await release.all_cores.wait()
        done: int | None = None
        async with work.encoder() as encoder:
            if not place and not release.at_once:
                async with work.turn(work.slots.opening):
                    if (first := self._order.next(None, growing=True)) is not None:
                        await self._encode(done := first, encoder)
                if work.slots.taken:
                    await encoder.rest()  # or it would keep a child that waits, with all its memory
            while self._order.left:
                # Which chunk comes next is known once there is a slot: none waits for a task that waits.
                async with work.slot(lasting=True, ready=encoder.has_child):
                    done = await self._encode_on(done, encoder)

    async def _encode_on(self, done: int | None, encoder: Encoder) -> int | None:
        """One chunk after another, after `done`, as long as the slot is ours; the last that it did."""
        shared, name = self._run.work.slots, self._run.work.name
        while (following := self._order.next(done, growing=not self._run.release.at_once)) is not None:
            await self._encode(done := following, encoder)
            if shared.due_to_others(name):
                await encoder.rest()  # or each run would keep children that wait, with all their memory
            if shared.due(name):
                break
        return done

    async def _encode(self, number: int, encoder: Encoder) -> None:
        run = self._run
        span, durable = self._chunks[number]
        side_by_side = self._order.side_by_side(number)

        async def work() -> Chunk:
            told = run.progress.encoding(span)
            chunk = await encode_chunk(run.work, run.plan, span, encoder, told, side_by_side)
            await run.journal.got_further()  # before its answer is kept, or a kill could come between
            return chunk

        chunk = await durable(work)
        self._begun_well.set()
        self.damaged += chunk.damaged
        self.missing_s += chunk.missing_s
        run.allowance.spend(*chunk.tracks)
        run.progress.encoded(span)
        run.release.chunk_encoded(span.first, chunk)

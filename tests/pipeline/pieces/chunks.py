"""Encodes a chunk, as a run does."""

from collections.abc import Callable

from webapp.media.answers import Chunk
from webapp.pipeline.pieces.chunk import encode_chunk
from webapp.pipeline.plan import Plan
from webapp.pipeline.work import Work


async def encoded(
    work: Work, plan: Plan, number: int, encoding: Callable[[int], None] = lambda frames: None
) -> Chunk:
    async with work.encoder() as encoder:
        return await encode_chunk(work, plan, plan.chunks[number], encoder, encoding)

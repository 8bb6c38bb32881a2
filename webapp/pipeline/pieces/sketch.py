"""The sketch: a small rendition of all of the picture, quickly made, chunk after chunk."""

from ...media.message import Message
from ...media.segment import Track
from ..plan import Plan
from ..work import Work
from .chunk import encode_chunk
from .growing import Hear


class Sketched(Message, frozen=True, kw_only=True):
    """The sketch as encoded; without a segment if there is no picture to be had."""

    track: Track


async def sketch(work: Work, plan: Plan, written: Hear) -> Sketched:
    """Encodes and stores it; `written` hears of new segments once they are stored."""
    whole: Track | None = None
    async with work.encoder() as encoder:
        for span in plan.chunks:
            async with work.turn(work.slots.sketching):
                chunk = await encode_chunk(work, plan, span, encoder, lambda frames: None, sketch=True)
            (track,) = chunk.tracks
            whole = whole.followed_by(track) if whole else track
            written(track)
            if work.slots.sketching.locked():
                await encoder.rest()  # or each run would keep a child that waits, with all its memory
    assert whole is not None
    return Sketched(track=whole)

"""The upload's own packets."""

from contextlib import nullcontext

from ...media.answers import Copied
from ...media.facts import Facts
from ...media.jobs import CopyJob
from ..work import Work
from .growing import Hear, stored_as_written


async def copy(work: Work, facts: Facts, written: Hear) -> Copied:
    """Stores them; `written` hears of new segments once they are stored."""
    # What waits for bytes most of the time holds no slot.
    slot = nullcontext() if work.incoming else work.turn(work.slots.copying)
    async with slot, work.source() as source, work.folder("copy") as folder:
        job = CopyJob(source=source, folder=str(folder), facts=facts, arriving=work.arriving)
        copied, _ = await stored_as_written(work, job, Copied, written)
    return copied

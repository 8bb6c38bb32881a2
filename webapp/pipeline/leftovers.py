"""What a run leaves behind in storage once it is over."""

import asyncio
from collections.abc import Sequence

import structlog

from ..events import Status
from ..keys import storage_prefix
from .journal import Journal
from .publication import Publication
from .work import Work

log = structlog.get_logger()

TIDY_PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0)


async def tidy_up(work: Work, journal: Journal, beside_the_copy: Sequence[str]) -> None:
    """Tries a few times. How the run went is settled, and what is left behind does not change it.

    `beside_the_copy` are the renditions that go if the copied upload stays without a ladder.
    """
    for pause_s in TIDY_PAUSES_S:
        try:
            await _tidy(work, journal, beside_the_copy)
            return
        except Exception as error:
            log.warning("not tidied up yet", exc_info=error)
        await asyncio.sleep(pause_s)
    log.error("left something behind in storage")


async def _tidy(work: Work, journal: Journal, beside_the_copy: Sequence[str]) -> None:
    """Leaves in storage what belongs there, whoever ended the run, and also if it had ended before."""
    run = await journal.read()
    if run is None:  # nor is there a video
        await work.storage.delete(storage_prefix(work.video_id))
    elif run.status is Status.PROCESSING:
        return  # it is not this process's any more
    elif run.status is Status.READY:
        await _discard_earlier(work, run.replaces)
    elif run.copied:
        await _discard_earlier(work, run.replaces)
        await _discard_ladder(work, beside_the_copy)
        if await journal.read() is None:  # deleted in between, and some of it was written anew
            await work.storage.delete(storage_prefix(work.video_id))
    else:
        await work.publication.discard(run.replaces)


async def _discard_earlier(work: Work, replaced: int) -> None:
    """Removes the runs before this but the `replaced` one, which may still be watched by somebody.

    Those in between came to nothing, and their worker may have been killed before it could tidy up.
    """
    for run in (number for number in range(1, work.run) if number != replaced):
        await Publication(work.storage, work.video_id, run).remove()


async def _discard_ladder(work: Work, names: Sequence[str]) -> None:
    """Removes these renditions; what the run has copied, and sound that goes with that, stay."""
    await work.publication.fall_back()
    for name in names:
        await work.storage.delete(work.keys.rendition(name))
    await work.storage.delete(work.keys.chunks)

"""What a run leaves behind in storage once it is over."""

import asyncio

import structlog

from ..events import Status
from ..keys import storage_prefix
from .journal import Journal
from .publication import Publication
from .work import Work

log = structlog.get_logger()

TIDY_PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0)


async def tidy_up(work: Work, journal: Journal) -> None:
    """Tries a few times. How the run went is settled, and what is left behind does not change it."""
    for pause_s in TIDY_PAUSES_S:
        try:
            await _tidy(work, journal)
            return
        except Exception as error:
            log.warning("not tidied up yet", exc_info=error)
        await asyncio.sleep(pause_s)
    log.error("left something behind in storage")


async def _tidy(work: Work, journal: Journal) -> None:
    """Leaves in storage what belongs there, whoever ended the run, and also if it had ended before."""
    run = await journal.read()
    if run is None:  # nor is there a video
        await work.storage.delete(storage_prefix(work.video_id))
    elif run.status is Status.PROCESSING:
        return  # it is not this process's any more
    elif run.status is Status.READY:
        await _discard_earlier(work, journal, run.replaces)
    elif run.stood_in_for:
        await _discard_earlier(work, journal, run.replaces)
        await _discard_ladder(work.publication, journal)
        if await journal.read() is None:  # deleted in between, and some of it was written anew
            await work.storage.delete(storage_prefix(work.video_id))
    else:
        await work.publication.discard(run.replaces)


async def _discard_earlier(work: Work, journal: Journal, replaced: int) -> None:
    """Removes the runs before this but the `replaced` one, which may still be watched by somebody.

    Those in between came to nothing, and their worker may have been killed before it could tidy up; so may
    that of a run whose copy was replaced.
    """
    for run in (number for number in range(1, work.run) if number != replaced):
        await Publication(work.storage, work.video_id, run).remove()
    before = await journal.read(replaced) if 0 < replaced < work.run else None
    if before and before.stood_in_for and before.status is not Status.READY:
        await _discard_ladder(Publication(work.storage, work.video_id, replaced), journal)


async def _discard_ladder(publication: Publication, journal: Journal) -> None:
    """Leaves of a run what it has copied, and sound that goes with that."""
    await publication.fall_back(lambda: journal.is_published(publication.run))
    await publication.remove_beside_copy()

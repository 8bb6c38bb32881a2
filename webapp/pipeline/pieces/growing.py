"""What is stored while a child goes on writing."""

from collections import Counter
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from typing import TypeVar

from ...media.answers import Audio, Copied, Written
from ...media.jobs import AudioJob, CopyJob
from ...media.segment import Track
from ..work import Work

A = TypeVar("A", Audio, Copied)
Hear = Callable[[Track], None]


async def stored_as_written(
    work: Work, job: AudioJob | CopyJob, kind: type[A], written: Hear
) -> tuple[A, Counter[str]]:
    """What the child says at last, and how many segments of each track were stored until then.

    `written` hears of new segments once they are stored.
    """
    last: A | None = None
    stored: Counter[str] = Counter()
    async with aclosing(work.children.answers(job)) as answers:
        async for answer in answers:
            match answer:
                case Written(track=track):
                    await work.put_track(track, Path(job.folder), with_init=not stored[track.name])
                    stored[track.name] += len(track.segments)
                    written(track)
                case kind():
                    last = answer
    assert last is not None
    return last, stored

"""The pictures that stand for a video."""

from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import PurePosixPath
from typing import TypeVar

from ...keys import poster_key, preview_key, storyboard_key
from ...media.answers import Poster, Preview, Still, Storyboard
from ...media.facts import Facts
from ...media.jobs import PosterJob, PreviewJob, StoryboardJob, WaveformJob
from ..work import Work

Drawing = PosterJob | WaveformJob | StoryboardJob | PreviewJob
A = TypeVar("A", Poster, Still, Storyboard, Preview)


# Whether what is drawn is to be stored, and a hold on that until it is.
Wanted = AbstractAsyncContextManager[bool]
ALWAYS = nullcontext(True)


async def poster(work: Work, facts: Facts, wanted: Wanted = ALWAYS) -> Poster:
    key = poster_key(work.video_id)
    return await _drawn(work, "poster", PosterJob, facts, Poster, key, work.slots.posing, wanted)


async def waveform(work: Work, facts: Facts, wanted: Wanted = ALWAYS) -> Still:
    """The poster of sound alone."""
    key = poster_key(work.video_id)
    return await _drawn(work, "waveform", WaveformJob, facts, Still, key, work.slots.posing, wanted)


async def storyboard(work: Work, facts: Facts) -> Storyboard:
    key = storyboard_key(work.video_id)
    return await _drawn(work, "storyboard", StoryboardJob, facts, Storyboard, key, work.slot(urgent=False))


async def preview(work: Work, facts: Facts) -> Preview:
    key = preview_key(work.video_id)
    return await _drawn(work, "preview", PreviewJob, facts, Preview, key, work.slot(urgent=False))


async def _drawn(
    work: Work,
    name: str,
    job: type[Drawing],
    facts: Facts,
    kind: type[A],
    key: str,
    turn: AbstractAsyncContextManager[None],
    wanted: Wanted = ALWAYS,
) -> A:
    """Has a child draw it in its `turn`, in a folder of that name, under the name it has in storage.

    It is stored if it is `wanted` then.
    """
    async with turn, work.source() as source, work.folder(name) as folder:
        target = folder / PurePosixPath(key).name
        answer = await work.answer(job(source=source, target=str(target), facts=facts), kind)
        async with wanted as still_wanted:
            if still_wanted:
                await work.storage.put_file(key, target)
    return answer

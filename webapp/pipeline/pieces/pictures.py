"""The pictures that stand for a video."""

from contextlib import AbstractAsyncContextManager
from pathlib import PurePosixPath
from typing import TypeVar

from ...keys import poster_key, preview_key, storyboard_key
from ...media.answers import Poster, Preview, Still, Storyboard
from ...media.facts import Facts
from ...media.jobs import PosterJob, PreviewJob, StoryboardJob, WaveformJob
from ..work import Work

Drawing = PosterJob | WaveformJob | StoryboardJob | PreviewJob
A = TypeVar("A", Poster, Still, Storyboard, Preview)


async def poster(work: Work, facts: Facts) -> Poster:
    key = poster_key(work.video_id)
    return await _drawn(work, "poster", PosterJob, facts, Poster, key, work.slots.posing)


async def waveform(work: Work, facts: Facts) -> Still:
    """The poster of sound alone."""
    key = poster_key(work.video_id)
    return await _drawn(work, "waveform", WaveformJob, facts, Still, key, work.slots.posing)


async def storyboard(work: Work, facts: Facts) -> Storyboard:
    key = storyboard_key(work.video_id)
    return await _drawn(work, "storyboard", StoryboardJob, facts, Storyboard, key, work.slot())


async def preview(work: Work, facts: Facts) -> Preview:
    key = preview_key(work.video_id)
    return await _drawn(work, "preview", PreviewJob, facts, Preview, key, work.slot())


async def _drawn(
    work: Work,
    name: str,
    job: type[Drawing],
    facts: Facts,
    kind: type[A],
    key: str,
    turn: AbstractAsyncContextManager[None],
) -> A:
    """Has a child draw it in its `turn`, in a folder of that name, under the name it has in storage."""
    async with turn, work.source() as source, work.folder(name) as folder:
        target = folder / PurePosixPath(key).name
        answer = await work.answer(job(source=source, target=str(target), facts=facts), kind)
        await work.storage.put_file(key, target)
    return answer

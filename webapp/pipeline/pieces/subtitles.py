"""The tracks of text."""

from ...media.answers import Subtitles
from ...media.facts import Facts
from ...media.jobs import SubtitlesJob
from ...media.subtitle_playlist import SEGMENT_NAME, subtitle_name
from ..work import Work


async def extract(work: Work, facts: Facts) -> Subtitles:
    """Stores those that have something to read."""
    async with work.slot(), work.source() as source, work.folder("subtitles") as folder:
        job = SubtitlesJob(source=source, folder=str(folder), facts=facts)
        subtitles = await work.answer(job, Subtitles)
        for number, cues in enumerate(subtitles.cues):
            if cues:
                name = subtitle_name(number)
                path = folder / name / SEGMENT_NAME
                await work.storage.put_file(work.keys.file(name, SEGMENT_NAME), path)
    return subtitles

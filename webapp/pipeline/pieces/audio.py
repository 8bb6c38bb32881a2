"""A track of sound."""

from contextlib import nullcontext

import msgspec

from ...media.answers import Audio
from ...media.jobs import AudioJob
from ...media.obstacles import Copying
from ...media.track_names import audio_name
from ..plan import Plan
from ..work import Work
from .growing import Hear, stored_as_written


async def encode_sound(work: Work, plan: Plan, written: Hear, number: int = 0) -> Audio:
    """Encodes and stores it; `written` hears of new segments once they are stored."""
    name = audio_name(number)
    copying = plan.facts.copying
    needed = number == 0 and not (isinstance(copying, Copying) and copying.sound)
    slot = work.turn(work.slots.sounding) if needed else work.slot()
    async with nullcontext() if work.incoming else slot, work.source() as source, work.folder(name) as folder:
        job = AudioJob(
            source=source, folder=str(folder), facts=plan.facts, number=number, arriving=work.arriving
        )
        audio, stored = await stored_as_written(work, job, Audio, written)
        if audio.track:
            known = stored[audio.track.name]
            rest = msgspec.structs.replace(audio.track, segments=audio.track.segments[known:])
            await work.put_track(rest, folder, with_init=not known)
    return audio

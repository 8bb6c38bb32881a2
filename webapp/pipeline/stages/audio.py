"""The tracks of sound, each encoded in one pass."""

import asyncio
from contextlib import nullcontext

import structlog

from ...events import StageName
from ...losses import Losses, losing
from ...media.answers import Audio, most_missing_s
from ...media.failures import LIMITS, Unprocessable
from ...media.obstacles import Copying
from ...media.segment import Track
from ...stages import StageState
from .. import describe
from ..durable import Durable
from ..engine import GaveUp
from ..failure import failure_code
from ..pieces.audio import encode_sound
from ..together import together
from .under_way import UnderWay

log = structlog.get_logger()


async def encode_sounds(run: UnderWay, durables: list[Durable[Audio]]) -> None:
    """`durables` are in the order of the plan's sounds."""
    plan, journal, release = run.plan, run.journal, run.release
    if not plan.has_audio:
        await journal.stage(StageName.AUDIO, StageState.SKIPPED, "no sound in the file")
        return
    if isinstance(plan.facts.copying, Copying) and plan.facts.copying.sound:
        await release.cleared.wait()
    words = describe.sounds(plan.facts.sounds)
    await journal.stage(StageName.AUDIO, StageState.RUNNING, words)
    encoded: list[Audio] = []
    # The main sound is needed to play at all. The others, one by one, leave cores to the picture.
    others = asyncio.Semaphore(1)

    async def encode(number: int, name: str, durable: Durable[Audio]) -> None:
        if number:
            await release.cleared.wait()
        async with others if number else nullcontext():
            audio = await _encoded(run, number, name, durable)
        if audio.track:
            run.allowance.spend(audio.track)
        release.audio_ended(name, audio.track)
        run.progress.audio_ended(name)
        encoded.append(audio)

    tracks = zip(plan.sounds, durables, strict=True)
    await together(*(encode(number, *track) for number, track in enumerate(tracks)))
    message, details = describe.encoded_sounds(plan.facts.sounds, encoded)
    state = StageState.DONE if any(audio.track for audio in encoded) else StageState.SKIPPED
    lost = losing(
        Losses(
            sound_damaged_packets=sum(audio.damaged for audio in encoded),
            sound_missing_seconds=most_missing_s(encoded),
            undecodable_sounds=sum(audio.track is None for audio in encoded),
        )
    )
    await journal.stage(StageName.AUDIO, state, details, message, lost)


async def _encoded(run: UnderWay, number: int, name: str, durable: Durable[Audio]) -> Audio:
    """Without a track where the picture, or the other sounds, can do without this one."""

    def written(track: Track) -> None:
        run.allowance.spend(track)
        run.release.audio_written(track)
        run.progress.audio(track)

    try:
        return await durable(lambda: encode_sound(run.work, run.plan, written, number))
    except (Unprocessable, GaveUp) as error:
        if failure_code(error) in LIMITS or not (run.plan.has_picture or number):
            raise
        log.warning("no sound", track=name, exc_info=error)
        return Audio(track=None)

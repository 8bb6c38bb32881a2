"""A look into what was encoded."""

from contextlib import AsyncExitStack

from ...media.answers import Inspected
from ...media.jobs import InspectJob, Piece
from ...media.segment import Track
from ...media.track import INIT_NAME, segment_name
from ..plan import Plan
from ..work import Work


async def inspect(work: Work, plan: Plan, tracks: list[Track]) -> Inspected:
    """Looks into the first and the last segment of each rung.

    Raises:
        Unprocessable: "output_mismatch".
    """
    async with work.slot(), AsyncExitStack() as files:

        async def path(track: Track, name: str) -> str:
            file = work.storage.as_file(work.keys.file(track.name, name))
            return str(await files.enter_async_context(file))

        pieces: list[Piece] = []
        for rung, track in zip(plan.rungs, tracks, strict=True):
            init = await path(track, INIT_NAME)
            ends = {each.index: each for each in (track.segments[0], track.segments[-1])}
            pieces += [
                Piece(
                    init=init,
                    segment=await path(track, segment_name(segment.index)),
                    width=rung.width,
                    height=rung.height,
                    frames=segment.samples,
                )
                for segment in ends.values()
            ]
        return await work.answer(InspectJob(pieces=pieces), Inspected)

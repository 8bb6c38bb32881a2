"""A run's pictures."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.support.content import pieces
from tests.support.pictures import RED, is_like, opened, picture, top_left
from tests.support.working import Working
from webapp.events import StageName, Status
from webapp.pipeline.children import Children
from webapp.pipeline.durable import Durable, M
from webapp.pipeline.journal import Journal
from webapp.pipeline.pieces.probe import probe
from webapp.pipeline.slots import Slots
from webapp.pipeline.stages.pictures import Pictures
from webapp.pipeline.work import Work
from webapp.stages import StageState


async def shown(working: Working, video_id: str) -> bytes:
    """The poster that whoever asks for it gets."""
    response = await working.app.test_client().get(f"/videos/{video_id}/poster.jpg")
    return bytes(await response.get_data(as_text=False))


async def test_a_poster_that_the_owner_chose_outlives_later_runs(working: Working, small_video: Path) -> None:
    video_id = await working.upload(small_video)
    await working.ended(video_id)
    await working.parts.posters.replace(video_id, pieces(picture()))
    await working.control.process(video_id, again=True)
    run = await working.ended(video_id)
    assert run.status is Status.READY and run.number == 2
    states = {stage.name: stage.state for stage in run.stages}
    assert states[StageName.POSTER] is StageState.SKIPPED
    assert states[StageName.PREVIEWS] is StageState.DONE
    assert is_like(top_left(opened(await shown(working, video_id))), RED)


async def test_one_that_the_owner_chooses_while_the_run_makes_its_own_is_kept(
    idle: Working, small_video: Path
) -> None:
    video_id = await idle.upload(small_video)
    work = Work(idle.parts.storage, Children(60, 60), Slots(2), idle.settings.scratch_dir, video_id, run=1)
    journal = Journal(idle.parts.history, video_id, 1)

    def reserve(name: str, kind: type[M]) -> Durable[M]:
        async def durable(step: Callable[[], Awaitable[M]]) -> M:
            await idle.parts.posters.replace(video_id, pieces(picture()))
            return await step()

        return durable

    opened_already = asyncio.Event()
    opened_already.set()
    await Pictures(work, journal, await probe(work), reserve, opened_already, asyncio.Event()).poster()
    assert is_like(top_left(opened(await shown(idle, video_id))), RED)
    poster = next(stage for stage in (await idle.run(video_id)).stages if stage.name is StageName.POSTER)
    assert (poster.state, poster.detail) == (StageState.SKIPPED, "chosen by the owner")

"""A run's pictures."""

from pathlib import Path

from tests.support.content import pieces
from tests.support.pictures import RED, is_like, opened, picture, top_left
from tests.support.working import Working
from webapp.events import StageName, Status
from webapp.runs import StageState


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
    assert is_like(top_left(opened((working.folder(video_id) / "poster.jpg").read_bytes())), RED)

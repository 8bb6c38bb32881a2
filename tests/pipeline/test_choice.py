"""Renditions by what a title needs: whole runs."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.facts import facts
from tests.support.resuming import Remembered, interrupted_after, process
from tests.support.titles import detailed_motion, slide
from tests.support.video import VideoSpec, make_video
from tests.support.waiting import until
from tests.support.working import Working
from webapp.config import Settings
from webapp.events import StageName, Status
from webapp.media.answers import Complexity, Need
from webapp.media.fitting import HEADROOM
from webapp.media.wanted import WANTED_OF_NEW_RUNS, Wanted
from webapp.pipeline import describe
from webapp.pipeline.choice import Choice
from webapp.pipeline.plan import Plan
from webapp.runs import Run
from webapp.stages import StageState

QUICK = {"preset": "ultrafast"}
USUAL = ["360p", "240p", "144p"]


@pytest.fixture
def slides(tmp_path: Path) -> Path:
    spec = VideoSpec(width=640, height=360, seconds=8, picture=slide, audio=None, options=QUICK)
    return make_video(tmp_path / "slides.mp4", spec)


@pytest.fixture
def motion(tmp_path: Path) -> Path:
    spec = VideoSpec(width=640, height=360, seconds=4, picture=detailed_motion, audio=None, options=QUICK)
    return make_video(tmp_path / "motion.mp4", spec)


def names(run: Run) -> list[str]:
    return [rendition.name for rendition in run.renditions if rendition.height]


def broken_rules(run: Run) -> dict[str, str]:
    return {each.rule: each.measured for each in run.conformance if not each.passed}


async def test_slides_get_fewer_and_lower_renditions_than_detailed_motion(
    working: Working, slides: Path, motion: Path
) -> None:
    easy_id, hard_id = await working.upload(slides), await working.upload(motion)
    easy, hard = await working.ended(easy_id), await working.ended(hard_id)
    assert (easy.status, hard.status) == (Status.READY, Status.READY)
    assert names(hard) == USUAL and hard.ladder_because is None
    assert names(easy) == ["360p", "144p"]
    assert easy.renditions[0].ceiling_bps < hard.renditions[0].ceiling_bps  # type: ignore[operator]
    assert broken_rules(easy) == {} and broken_rules(hard) == {}


async def test_it_is_said_why_there_are_no_others(working: Working, slides: Path) -> None:
    video_id = await working.upload(slides)
    await working.ended(video_id)
    why = "Easy to encode: 2 of 3 sizes are enough"
    assert why in await working.page(video_id)
    assert (await working.document(video_id))["ladderBecause"] == why
    assert f"Encoding 360p 144p. {why}" in [event.message for event in await working.events(video_id)]


async def test_what_is_easy_looks_no_worse_for_it(settings: Settings, slides: Path) -> None:
    found = []
    for per_title in (True, False):
        async with Working.started(settings.model_copy(update={"per_title": per_title})) as working:
            run = await working.ended(await working.upload(slides))
            found.append({each.name: each.ssim or 0 for each in run.renditions})
    fitted, usual = found
    assert len(fitted) < len(usual)
    assert all(fitted[name] >= usual[name] - 0.002 for name in fitted)


@pytest.mark.parametrize(
    ("update", "lower"), [({"per_title": False}, False), ({"ladder": "360,240,144"}, True)]
)
async def test_nothing_is_left_out_where_settings_say_so(
    settings: Settings, slides: Path, update: dict[str, Any], lower: bool
) -> None:
    """What the sizes may take follows the title all the same, unless it is not looked at."""
    async with Working.started(settings.model_copy(update=update)) as working:
        run = await working.ended(await working.upload(slides))
    assert names(run) == USUAL
    ceilings = [each.ceiling_bps or 0 for each in run.renditions if each.height]
    usual = [rung.ceiling_bps for rung in Plan.of(facts()).usual]
    assert (ceilings < usual) is lower and (ceilings == usual) is not lower


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        (90, None),
        (50, "Easy to encode: lower bit rates are enough"),
        (10, "Easy to encode: 2 of 3 sizes are enough"),
    ],
)
def test_only_what_is_much_lower_is_worth_a_word(needs: int, said: str | None) -> None:
    """`needs` is per cent of the usual ceiling, with all the room there is."""
    plan = Plan.of(facts())
    top = plan.usual[0]
    need = Need(top.width * top.height, round(top.ceiling_bps * needs / 100 / HEADROOM))
    made = Choice.of(plan, Complexity(needs=[need]))
    assert made.rungs[0].ceiling_bps < top.ceiling_bps
    assert describe.choice(made) == said


async def test_a_restart_keeps_to_what_was_chosen(settings: Settings, tmp_path: Path) -> None:
    spec = VideoSpec(width=640, height=360, seconds=30, picture=slide, audio=None, options=QUICK)
    source = make_video(tmp_path / "long.mp4", spec)
    async with Working.started(settings) as working:
        video_id = await working.upload(source)
        run = await working.run(video_id)

        async def look() -> None:
            nonlocal run
            run = await working.run(video_id)

        def encoding() -> bool:
            states = {stage.name: stage.state for stage in run.stages}
            return states[StageName.VIDEO] is StageState.RUNNING

        await until(encoding, look=look)
        because = run.ladder_because
    assert because
    async with Working.started(settings.model_copy(update={"per_title": False})) as working:
        run = await working.ended(video_id)
        assert run.status is Status.READY
        assert (names(run), run.ladder_because) == (["360p", "144p"], because)
        said = [event.message for event in await working.events(video_id)]
    assert sum(message.startswith("Encoding 360p") for message in said) == 1


async def test_nothing_changes_for_who_watches_what_came_of_the_uploads_beginning(
    idle: Working, slides: Path
) -> None:
    """There are chunks of all sizes, not of the start even, and no choice that anybody made."""
    video_id, steps = await idle.upload(slides), Remembered()
    all_sizes = msgspec.structs.replace(WANTED_OF_NEW_RUNS, per_title=False)
    beginning = process(idle, video_id, 1, steps, all_sizes)
    await interrupted_after(beginning, lambda: len(idle.notes(video_id)) > 1)
    idle.notes(video_id)[0].unlink()
    steps.forget("probe", "ladder", "chunk 0")
    await process(idle, video_id, 1, steps)
    run = await idle.run(video_id)
    assert run.status is Status.READY
    assert names(run) == USUAL


async def test_a_run_that_an_earlier_build_began_goes_on_as_it_began(idle: Working, slides: Path) -> None:
    video_id, steps = await idle.upload(slides), Remembered()
    await interrupted_after(
        process(idle, video_id, 1, steps, Wanted(encoding=1)), lambda: bool(idle.notes(video_id))
    )
    steps.forget("ladder")  # which it did not have
    await process(idle, video_id, 1, steps)
    run = await idle.run(video_id)
    assert run.status is Status.READY
    assert names(run) == USUAL
    package = idle.package(video_id)
    assert [len(list(package.frames(variant.uri))) for variant in package.variants] == [200] * len(USUAL)

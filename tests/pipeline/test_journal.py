import asyncio
from datetime import timedelta

import pytest

from tests.support.waiting import LONGEST_S
from tests.support.working import Working
from webapp.events import EventType, StageName, Status, VideoEvent
from webapp.media.failures import FAILURES, Unprocessable
from webapp.pipeline.journal import MOST_ATTEMPTS, Journal, RunOver
from webapp.runs import RenditionInfo, Run, get_run
from webapp.stages import Stage, StageState

RENDITION = RenditionInfo(name="360p", codec="avc1.64001e", peak_bps=2, average_bps=1, size_bytes=9)


class Told:
    """A run that is written down, and what its rows and events say."""

    def __init__(self, working: Working, video_id: str) -> None:
        self.working, self.video_id = working, video_id
        self.journal = Journal(working.parts.history, video_id, 1)

    async def run(self) -> Run:
        return await self.working.run(self.video_id, 1)

    async def stage(self, name: StageName) -> Stage:
        return next(stage for stage in (await self.run()).stages if stage.name is name)

    async def events(self) -> list[VideoEvent]:
        return await self.working.events(self.video_id)

    async def messages(self) -> list[str]:
        return [event.message for event in await self.events()]


@pytest.fixture
async def told(idle: Working) -> Told:
    return Told(idle, await idle.upload(b"any"))


async def test_a_stage_that_is_done_twice_is_told_once(told: Told) -> None:
    await told.journal.begin()
    for _ in range(2):
        await told.journal.stage(StageName.PROBE, StageState.RUNNING)
        await told.journal.stage(StageName.PROBE, StageState.DONE, "a film", "Inspected: a film")
    stage = await told.stage(StageName.PROBE)
    assert (stage.state, stage.detail) == (StageState.DONE, "a film")
    assert stage.started_at and stage.finished_at and stage.started_at <= stage.finished_at
    assert (await told.messages()).count("Inspected: a film") == 1


@pytest.mark.parametrize("final", [StageState.DONE, StageState.SKIPPED])
async def test_a_stage_that_is_over_does_not_begin_again(told: Told, final: StageState) -> None:
    await told.journal.begin()
    await told.journal.stage(StageName.AUDIO, final, message="over")
    before = await told.stage(StageName.AUDIO)
    await told.journal.stage(StageName.AUDIO, StageState.RUNNING, message="Encoding the sound")
    assert await told.stage(StageName.AUDIO) == before
    assert "Encoding the sound" not in await told.messages()


async def test_what_becomes_true_with_a_stage_is_committed_with_it(told: Told) -> None:
    await told.journal.begin()

    def find_out(video: object, run: Run) -> None:
        run.speed = 2.5

    await told.journal.stage(StageName.PROBE, StageState.DONE, message="Inspected", change=find_out)
    assert (await told.run()).speed == 2.5
    assert (await told.events())[-1].speed == 2.5


async def test_progress_never_falls(told: Told) -> None:
    await told.journal.begin()
    for percent in (10, 40, 25, 41):
        await told.journal.tick(percent, {StageName.VIDEO: percent}, 1.5, 12.2)
    ticks = [event for event in await told.events() if event.stage is StageName.VIDEO]
    assert [event.progress for event in ticks] == [10, 40, 40, 41]
    assert [event.message for event in ticks[1:3]] == [
        "40 % done, 1.5 × real time",
        "25 % done, 40 % before it was interrupted, 1.5 × real time",
    ]
    assert (ticks[-1].speed, ticks[-1].eta_seconds) == (1.5, 13)
    assert (await told.working.video(told.video_id)).progress == 41


async def test_stages_have_progress_only_while_they_run(told: Told) -> None:
    await told.journal.begin()
    await told.journal.stage(StageName.VIDEO, StageState.RUNNING)
    await told.journal.tick(10, {StageName.VIDEO: 12, StageName.AUDIO: 50}, None, None)
    assert (await told.stage(StageName.VIDEO)).progress == 12
    assert (await told.stage(StageName.AUDIO)).progress is None
    await told.journal.stage(StageName.VIDEO, StageState.DONE)
    assert (await told.stage(StageName.VIDEO)).progress is None


async def test_that_it_can_be_watched_is_told_once(told: Told) -> None:
    await told.journal.begin()
    for segments in (1, 2, 1):
        await told.journal.published(segments)
    assert (await told.run()).published_segments == 2
    assert sum("Can be watched" in message for message in await told.messages()) == 1
    assert (await told.events())[-1].playable


async def test_how_long_first_play_waited_for_its_turn_is_told_with_it(told: Told) -> None:
    async with told.working.parts.history.recording(told.video_id) as recorder:
        run = await get_run(recorder.session, told.video_id, 1)
        assert recorder.video.uploaded_at
        recorder.video.uploaded_at -= timedelta(seconds=60)
        run.created_at = recorder.video.uploaded_at + timedelta(seconds=1)
    await told.journal.begin()
    await told.journal.published(1, core_wait_s=0.5)
    run, document = await told.run(), await told.working.document(told.video_id)
    assert run.playable_s and 60 <= run.playable_s < 90
    assert run.started_at
    assert run.waited_s == pytest.approx((run.started_at - run.created_at).total_seconds() + 0.5)
    assert (document["playableAfterSeconds"], document["waitedSeconds"]) == (run.playable_s, run.waited_s)
    assert " s after its last byte came, " in (await told.messages())[-1]
    assert "of it waiting for its turn. The rest follows" in await told.working.page(told.video_id)


async def test_the_end_is_ready_with_all_that_is_in_it(told: Told) -> None:
    await told.journal.begin()
    await told.journal.stage(StageName.PUBLISH, StageState.RUNNING)
    await told.journal.ready([RENDITION])
    run, video, last = await told.run(), await told.working.video(told.video_id), (await told.events())[-1]
    assert (run.status, run.progress, run.renditions) == (Status.READY, 100, [RENDITION])
    assert (video.status, video.progress, video.published_run) == (Status.READY, 100, 1)
    assert (last.status, last.progress, last.playable, last.eta_seconds) == (Status.READY, 100, True, None)
    assert (await told.stage(StageName.PUBLISH)).state is StageState.DONE


@pytest.mark.parametrize("code", FAILURES)
async def test_a_failure_is_told_with_reason_and_way_out(told: Told, code: str) -> None:
    await told.journal.begin()
    await told.journal.stage(StageName.VIDEO, StageState.RUNNING)
    await told.journal.published(1)
    await told.journal.fail(code)
    video, last = await told.working.video(told.video_id), (await told.events())[-1]
    assert (video.status, last.status, last.event_type) == (Status.FAILED, Status.FAILED, EventType.ERROR)
    assert video.error == last.error
    assert last.error and last.error.code == code
    assert (last.error.message, last.error.hint) == FAILURES[code]
    assert (await told.stage(StageName.VIDEO)).state is StageState.FAILED
    assert not video.playable


async def test_a_run_that_is_over_takes_no_more_records(told: Told) -> None:
    await told.journal.begin()
    await told.working.control.cancel(told.video_id)
    count = len(await told.events())
    for late in (
        told.journal.begin(),
        told.journal.stage(StageName.VIDEO, StageState.RUNNING, message="late"),
        told.journal.tick(50, {}, None, None),
        told.journal.published(3),
        told.journal.ready([RENDITION]),
        told.journal.fail("internal"),
    ):
        with pytest.raises(RunOver):
            await late
    assert len(await told.events()) == count
    assert (await told.run()).status is Status.CANCELLED
    run = await told.journal.read()
    assert run and run.status is Status.CANCELLED


async def test_a_run_of_a_deleted_video_takes_no_more_records(told: Told) -> None:
    await told.journal.begin()
    await told.working.control.delete(told.video_id)
    with pytest.raises(RunOver):
        await told.journal.tick(50, {}, None, None)
    assert await told.journal.read() is None


async def test_a_run_that_only_kills_its_worker_is_given_up(told: Told) -> None:
    for _ in range(MOST_ATTEMPTS):
        await told.journal.begin()
    with pytest.raises(Unprocessable) as caught:
        await told.journal.begin()
    assert caught.value.code == "interrupted"


@pytest.mark.parametrize("finished", ["a stage", "a segment", "a chunk"])
async def test_whatever_a_start_finishes_begins_the_count_anew(told: Told, finished: str) -> None:
    for start in range(3 * MOST_ATTEMPTS):
        await told.journal.begin()
        if start % (MOST_ATTEMPTS - 1) == 0:
            if finished == "a segment":
                await told.journal.published(start)
            elif finished == "a chunk":
                await told.journal.got_further()
            else:
                names = (StageName.PROBE, StageName.POSTER, StageName.AUDIO, StageName.VIDEO)
                await told.journal.stage(names[start // (MOST_ATTEMPTS - 1)], StageState.DONE)
    assert (await told.run()).attempts < MOST_ATTEMPTS


async def test_starts_that_ended_in_good_order_do_not_count(told: Told) -> None:
    for _ in range(2 * MOST_ATTEMPTS):
        await told.journal.begin()
        await told.journal.set_down()
    assert (await told.run()).attempts == 0


async def test_publishing_again_what_was_published_before_finishes_nothing(told: Told) -> None:
    for _ in range(MOST_ATTEMPTS):
        await told.journal.begin()
        await told.journal.published(1)
    await told.journal.begin()  # the first start did finish something
    with pytest.raises(Unprocessable):
        await told.journal.begin()


async def test_going_on_is_told_as_such(told: Told) -> None:
    await told.journal.begin()
    began = (await told.run()).started_at
    await told.journal.begin()
    assert (await told.messages())[-2:] == [
        "Processing started",
        "Processing goes on after an interruption",
    ]
    assert (await told.run()).started_at == began


async def test_a_record_that_is_cancelled_at_any_moment_does_not_keep_others_from_writing(told: Told) -> None:
    await told.journal.begin()
    longest_s = 0.004  # a record takes about half of that
    for moment in range(200):
        cut_short = asyncio.create_task(told.journal.tick(1, {}, None, None))
        await asyncio.sleep(longest_s * moment / 200)
        cut_short.cancel()
        await asyncio.gather(cut_short, return_exceptions=True)
        await told.journal.tick(2, {}, None, None)
    events = await told.events()
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


async def test_what_is_only_asked_does_not_wait_for_who_writes(told: Told) -> None:
    async with told.working.parts.history.recording(told.video_id), asyncio.timeout(LONGEST_S):
        run = await told.journal.read()
        assert run and run.status is Status.PROCESSING
        assert not await told.journal.is_published()
        assert await told.journal.poster_wanted()


async def test_of_a_run_that_is_over_nobody_wants_a_poster(told: Told) -> None:
    await told.journal.fail("crashed")
    with pytest.raises(RunOver):
        await told.journal.poster_wanted()
    await told.working.control.delete(told.video_id)
    with pytest.raises(RunOver):
        await told.journal.poster_wanted()
    assert await told.journal.read() is None and not await told.journal.is_published()

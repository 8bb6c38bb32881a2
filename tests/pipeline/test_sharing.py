"""Two runs at once, by the real engine in real children."""

import asyncio
from pathlib import Path

import pytest

from tests.media import hostile
from tests.support.waiting import until
from tests.support.working import TERMINAL, Working
from webapp.config import Settings
from webapp.events import Status
from webapp.pipeline.encoder import Encoder

CORES = 2


async def test_runs_that_have_a_core_each_keep_their_children(
    settings: Settings, slow_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = 0
    rest = Encoder.rest

    async def counted(self: Encoder) -> None:
        nonlocal ended
        ended += self._child is not None
        await rest(self)

    monkeypatch.setattr(Encoder, "rest", counted)
    settings = settings.model_copy(update={"encoder_slots": CORES, "per_title": False})
    async with Working.started(settings) as working:
        videos = [await working.upload(slow_video) for _ in range(2)]
        runs = await asyncio.gather(*(working.ended(video) for video in videos))
        assert [run.status for run in runs] == [Status.READY] * 2
        chunks = [len(working.notes(video)) for video in videos]
    # One for each of ten chunks if they do not; when which run gets a core is not the same each time.
    assert ended < sum(chunks) - CORES, (ended, chunks)


async def test_a_run_whose_probe_takes_long_is_none_of_those_at_a_time(
    settings: Settings, small_video: Path, tmp_path: Path
) -> None:
    costly = hostile.comments(tmp_path / "a.mp3", 150_000)
    async with Working.started(settings.model_copy(update={"concurrent_runs": 1})) as working:
        first = await working.upload(costly, "a.mp3")
        second = await working.upload(small_video)
        assert (await working.ended(second)).status is Status.READY
        assert (await working.run(first)).status not in TERMINAL
        await working.control.cancel(first)
        assert (await working.ended(first)).status is Status.CANCELLED


async def test_a_run_that_is_watched_already_holds_up_no_other(
    settings: Settings, slow_video: Path, small_video: Path
) -> None:
    async with Working.started(
        settings.model_copy(update={"concurrent_runs": 1, "encoder_slots": 1, "preset": "slow"})
    ) as working:
        first, second, third = [
            await working.upload(source) for source in (slow_video, slow_video, small_video)
        ]
        video = await working.video(third)

        async def look() -> None:
            nonlocal video
            video = await working.video(third)

        await until(lambda: video.playable, look=look)
        assert (await working.run(first)).status not in TERMINAL
        ready = [await working.ended(each) for each in (first, second, third)]
        assert [run.status for run in ready] == [Status.READY] * 3
        # One ladder after the other, as they came.
        assert [run.finished_at for run in ready] == sorted(
            run.finished_at for run in ready if run.finished_at
        )

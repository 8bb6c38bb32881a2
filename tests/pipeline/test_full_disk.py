"""A disk that is full while a video is processed."""

from pathlib import Path

import pytest

from tests.support.full_disk import fill
from tests.support.working import Working
from webapp.errors import NoSpace
from webapp.events import Status
from webapp.pipeline.engine import GaveUp
from webapp.pipeline.failure import failure_code


async def test_one_that_is_full_for_a_moment_costs_nothing_but_time(
    working: Working, small_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video_id = await working.upload(small_video, process=False)
    note = working.folder(video_id) / "runs/1/chunk-00000.json"
    fill(monkeypatch, note)
    full = list(note.parent.iterdir())
    await working.control.process(video_id)
    assert (await working.ended(video_id)).status is Status.READY
    assert note.exists()
    assert full
    assert not full[0].is_symlink()


def test_one_that_stays_full_is_the_reason_of_the_failure() -> None:
    full = NoSpace("no_space", "The server has no space left.")
    gave_up = GaveUp()
    gave_up.__cause__ = full
    assert failure_code(full) == failure_code(gave_up) == "no_space"

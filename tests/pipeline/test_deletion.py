"""What was deleted is gone in the end, whatever came in between."""

import os
import time
from pathlib import Path

import pytest

from tests.support.full_disk import fill
from tests.support.waiting import until
from tests.support.working import Working
from webapp.errors import NotFound
from webapp.events import Status
from webapp.pipeline.deletion import MARK_LASTS_S, MARKS, Deletion


@pytest.fixture
def deletion(idle: Working) -> Deletion:
    return Deletion(idle.parts.history, idle.parts.storage, nothing_to_forget)


async def nothing_to_forget(video_id: str) -> None:
    pass


def mark_of(working: Working, video_id: str) -> Path:
    return working.settings.data_dir / "storage" / MARKS / video_id


async def rows_deleted(working: Working, video_id: str) -> None:
    async with working.parts.history.recording(video_id) as recorder:
        await recorder.delete()


async def test_a_worker_removes_what_a_crash_between_rows_and_files_left(
    idle: Working, deletion: Deletion
) -> None:
    video_id, other = await idle.upload(b"any", process=False), await idle.upload(b"any", process=False)
    await deletion.mark(video_id)
    await rows_deleted(idle, video_id)
    assert idle.folder(video_id).exists()
    async with Working.started(idle.settings):
        await until(lambda: not idle.folder(video_id).exists())
    assert idle.folder(other).exists()


async def test_a_crash_before_the_rows_went_costs_nothing(idle: Working, deletion: Deletion) -> None:
    video_id = await idle.upload(b"any", process=False)
    await deletion.mark(video_id)
    await deletion.sweep()
    assert (idle.folder(video_id) / "source/original").exists()


async def test_what_is_stored_right_after_is_removed_too_and_then_the_mark(
    idle: Working, deletion: Deletion
) -> None:
    video_id = await idle.upload(b"any", process=False)
    await idle.control.delete(video_id)
    await idle.parts.storage.put_bytes(f"videos/{video_id}/hls/r1/240p/s00000.m4s", b"late")
    await deletion.sweep()
    assert not idle.folder(video_id).exists()
    assert mark_of(idle, video_id).exists()
    long_ago = time.time() - 2 * MARK_LASTS_S
    os.utime(mark_of(idle, video_id), (long_ago, long_ago))
    await deletion.sweep()
    assert not mark_of(idle, video_id).exists()


async def test_nothing_is_removed_that_nobody_asked_to_delete(idle: Working, deletion: Deletion) -> None:
    await idle.parts.storage.put_bytes("videos/of-another-database/source/original", b"precious")
    await deletion.sweep()
    assert idle.folder("of-another-database").exists()


async def test_files_that_cannot_be_removed_now_are_removed_later(
    idle: Working, deletion: Deletion, tmp_path: Path
) -> None:
    video_id = await idle.upload(b"any", process=False)
    kept = idle.folder(video_id).rename(tmp_path / "elsewhere")
    idle.folder(video_id).symlink_to(kept)
    await idle.control.delete(video_id)
    with pytest.raises(NotFound):
        await idle.video(video_id)
    await deletion.sweep()
    assert (kept / "source/original").exists()
    idle.folder(video_id).unlink()
    kept.rename(idle.folder(video_id))
    await deletion.sweep()
    assert not idle.folder(video_id).exists()


async def test_a_full_disk_can_be_emptied(idle: Working, monkeypatch: pytest.MonkeyPatch) -> None:
    video_id = await idle.upload(b"any", process=False)
    fill(monkeypatch, mark_of(idle, video_id))
    await idle.control.delete(video_id)
    assert not idle.folder(video_id).exists()


async def test_storage_that_is_away_when_a_run_has_ended_changes_nothing_about_it(
    working: Working, tmp_path: Path
) -> None:
    video_id = await working.upload(b"no video", process=False)
    await working.parts.storage.put_bytes(f"videos/{video_id}/runs/1/left", b"")
    package = working.folder(video_id) / "hls/r1"
    package.parent.mkdir()
    package.symlink_to(tmp_path)
    await working.control.process(video_id)
    assert (await working.ended(video_id)).status is Status.FAILED
    package.unlink()
    await until(lambda: not (working.folder(video_id) / "runs/1").exists())
    assert (await working.run(video_id)).status is Status.FAILED

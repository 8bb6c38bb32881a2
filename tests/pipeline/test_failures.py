"""Uploads that are no videos, through the whole pipeline."""

import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.unusable import CODES, Unusable
from tests.support.working import Working, children
from webapp.config import Settings
from webapp.events import EventType, StageName, Status
from webapp.media.failures import FAILURES
from webapp.runs import Run
from webapp.stages import StageState

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> AsyncIterator[Working]:
    """One product for all of them, as in life."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("shared") / "data")
    shutil.copytree(migrated, settings.data_dir)
    async with Working.started(settings) as working:
        yield working


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """Somebody whom no upload may call."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


@pytest.fixture
def unusable(tmp_path: Path, listener: socket.socket) -> Unusable:
    return Unusable(tmp_path, listener.getsockname()[1])


@pytest.mark.parametrize("name", CODES)
async def test_it_fails_with_a_reason_and_a_way_out_everywhere(
    shared: Working, unusable: Unusable, name: str
) -> None:
    video_id = await shared.upload(unusable[name])
    run = await shared.ended(video_id)
    video, last = await shared.video(video_id), (await shared.events(video_id))[-1]
    message, hint = FAILURES[CODES[name]]
    assert (run.status, video.status, last.status) == (Status.FAILED,) * 3
    assert (last.event_type, last.message) == (EventType.ERROR, message)
    for error in (video.error, last.error):
        assert error and (error.code, error.message, error.hint) == (CODES[name], message, hint)
    document = await shared.document(video_id)
    assert document["error"] == {"code": CODES[name], "message": message, "hint": hint}
    assert (document["status"], document["playable"], document["renditions"]) == ("failed", False, [])
    assert _state(run, StageName.PROBE) is StageState.FAILED
    assert run.finished_at and not run.renditions
    assert not video.playable
    assert not list(shared.folder(video_id).rglob("*.m3u8"))
    assert (shared.folder(video_id) / "source/original").exists()
    assert not children()


async def test_a_playlist_posing_as_a_video_calls_nobody(
    shared: Working, unusable: Unusable, listener: socket.socket
) -> None:
    await shared.ended(await shared.upload(unusable["playlist"]))
    with pytest.raises(BlockingIOError):
        listener.accept()


def _state(run: Run, name: StageName) -> StageState:
    return next(stage.state for stage in run.stages if stage.name is name)

"""Fixtures of the pipeline's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.video import VideoSpec, make_video
from tests.support.working import Working
from webapp.broker.memory import MemoryBroker
from webapp.config import Settings
from webapp.db import Database
from webapp.history import History
from webapp.storage.local import LocalStorage


@pytest.fixture
async def working(settings: Settings) -> AsyncIterator[Working]:
    """The product with a worker inside."""
    async with Working.started(settings) as working:
        yield working


@pytest.fixture
async def idle(settings: Settings) -> AsyncIterator[Working]:
    """The product without a worker: runs wait in the queue."""
    async with Working.started(settings, with_worker=False) as working:
        yield working


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[Database]:
    db = Database(settings.database_url)
    yield db
    await db.close()


@pytest.fixture
def history(db: Database) -> History:
    return History(db, MemoryBroker(), most_events=1000)


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "storage")


@pytest.fixture(scope="session")
def slow_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five chunks, each of which takes a while."""
    spec = VideoSpec(width=640, height=360, seconds=20, options={"preset": "ultrafast"})
    return make_video(tmp_path_factory.mktemp("media") / "slow.mp4", spec)


@pytest.fixture(scope="session")
def slow_444_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same in colours that browsers do not play: not copied, its ladder is watched while it grows."""
    spec = VideoSpec(
        width=640, height=360, seconds=20, pixel_format="yuv444p", options={"preset": "ultrafast"}
    )
    return make_video(tmp_path_factory.mktemp("media") / "slow-444.mp4", spec)

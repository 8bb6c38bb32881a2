"""Fixtures that more than one folder of tests uses."""

import os
import shutil
import tracemalloc  # noqa: F401 - pytest does where files are collected, which may be while it does
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.support.desk import UPLOAD_LIMIT_BYTES, Desk
from tests.support.server import SLOTS, Server
from tests.support.station import Station
from tests.support.video import VideoSpec, make_video
from webapp.app import Installation
from webapp.config import Settings
from webapp.media.limits import stay_below_real_time
from webapp.migrate import migrate

# Real files that cameras, phones and encoders made; not part of the project.
SAMPLES = Path(os.environ.get("RUSHES_SAMPLES", Path(__file__).parents[2] / "shared/samples"))

# How long an example takes, or to think of one, says more about who else uses the machine.
hypothesis.settings.register_profile(
    "rushes", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("rushes")


def pytest_configure() -> None:
    """Tests that encode do so in this process: AV1 as root would leave no core to what runs beside them."""
    stay_below_real_time()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with nothing but a migrated database: a copy of it takes no time."""
    folder = tmp_path_factory.mktemp("migrated") / "data"
    migrate(Settings(data_dir=folder))
    return folder


@pytest.fixture
def settings(tmp_path: Path, migrated: Path) -> Settings:
    """Settings with a data folder of the test's own, and a migrated database in it."""
    shutil.copytree(migrated, tmp_path / "data")
    return Settings(data_dir=tmp_path / "data", encoder_slots=SLOTS)


@pytest.fixture
async def desk(settings: Settings, tmp_path: Path) -> AsyncIterator[Desk]:
    """Uploads with a low limit and little patience."""
    changed = settings.model_copy(update={"upload_max_bytes": UPLOAD_LIMIT_BYTES, "upload_idle_s": 0.2})
    desk = Desk(changed, tmp_path / "files")
    async with desk.station:
        yield desk


@pytest.fixture
async def station(settings: Settings) -> AsyncIterator[Station]:
    """What lies between a change and a stream."""
    async with Station(settings) as station:
        yield station


@pytest.fixture
async def installation(settings: Settings) -> AsyncIterator[Installation]:
    """The app, started, without a worker."""
    installation = Installation(settings, with_worker=False)
    await installation.start()
    yield installation
    await installation.close()


@pytest.fixture(scope="session")
def small_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine seconds of 320 × 180 with sound: three segments, encoded in about a second."""
    return make_video(tmp_path_factory.mktemp("media") / "small.mp4", VideoSpec(seconds=9))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The product, running in a process of its own."""
    with Server(tmp_path / "data") as server:
        yield server


@pytest.fixture
def sample() -> "Samples":
    return Samples()


class Samples:
    """`sample("bikes.mp4")` is the path of a real file; the test is skipped where there is none."""

    def __call__(self, name: str) -> Path:
        path = SAMPLES / name
        if not path.exists():
            pytest.skip(f"{name} is not in {SAMPLES}; set RUSHES_SAMPLES to a folder with real videos")
        return path

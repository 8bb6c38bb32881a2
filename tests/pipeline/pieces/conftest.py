"""Fixtures of the tests of single pieces of work."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from webapp.keys import original_key
from webapp.pipeline.children import Children
from webapp.pipeline.pieces.probe import probe
from webapp.pipeline.plan import Plan
from webapp.pipeline.slots import Slots
from webapp.pipeline.work import Work
from webapp.storage.local import LocalStorage

VIDEO = "a-video"


@pytest.fixture
async def work(storage: LocalStorage, small_video: Path, tmp_path: Path) -> Work:
    copy = Path(shutil.copyfile(small_video, tmp_path / "copy.mp4"))
    await storage.put_file(original_key(VIDEO), copy)
    return Work(storage, Children(60, 60), Slots(2), tmp_path / "scratch", VIDEO, run=1)


@pytest.fixture
async def plan(work: Work) -> Plan:
    return Plan.of(await probe(work))


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where storage has what belongs to the video."""
    return tmp_path / "storage/videos" / VIDEO


@pytest.fixture
def stored(kept: Path) -> Callable[[], dict[str, int]]:
    """What storage holds, with the moment each file was written."""

    def look() -> dict[str, int]:
        return {
            path.relative_to(kept).as_posix(): path.stat().st_mtime_ns
            for path in kept.rglob("*")
            if path.is_file()
        }

    return look

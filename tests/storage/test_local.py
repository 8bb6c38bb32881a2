"""What is particular to files on a local disk."""

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.content import PLENTY, content, pieces
from webapp.errors import TooLarge, Unavailable
from webapp.storage.local import LocalStorage

KEY = "videos/abc/source/original"


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


async def test_files_lie_under_their_keys(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "made by it" / "storage")
    await storage.put_bytes(KEY, b"x")
    assert files(tmp_path) == [f"made by it/storage/{KEY}"]


async def test_another_process_with_the_same_folder_sees_the_same_files(tmp_path: Path) -> None:
    await LocalStorage(tmp_path).put_bytes(KEY, b"x")
    assert await content(LocalStorage(tmp_path), KEY) == b"x"


async def test_nothing_unfinished_stays_after_a_failure(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * 2_000_000
        raise ConnectionResetError

    storage = LocalStorage(tmp_path)
    with pytest.raises(ConnectionResetError):
        await storage.put(KEY, broken(), PLENTY)
    with pytest.raises(TooLarge):
        await storage.put(KEY, pieces(b"x" * 2_000_000), 10)
    assert files(tmp_path) == []


async def test_nothing_unfinished_stays_after_a_put_that_was_cancelled_at_any_moment(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    for steps in range(30):
        putting = asyncio.create_task(storage.put(KEY, pieces(b"x" * 1_500_000, b"y"), PLENTY))
        for _ in range(steps):
            await asyncio.sleep(0)
        putting.cancel()
        await asyncio.gather(putting, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_default_executor()  # waits for what threads still do
    gc.collect()  # a file that was left open is noticed here, and fails this test
    assert files(tmp_path) in ([], [KEY])


async def test_a_file_that_is_missing_cannot_be_put_and_replaces_nothing(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "storage")
    await storage.put_bytes(KEY, b"old")
    with pytest.raises(FileNotFoundError):
        await storage.put_file(KEY, tmp_path / "missing")
    assert await content(storage, KEY) == b"old"
    assert files(tmp_path) == [f"storage/{KEY}"]


async def test_what_a_killed_process_left_is_discarded_and_nothing_else(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", WRITE_AND_DIE, str(tmp_path), KEY)
    assert await killed.wait() == -signal.SIGKILL
    assert len(files(tmp_path)) == 1
    await storage.put_bytes("videos/abc/source/other", b"x")
    started, going_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"x" * 2_000_000
        started.set()
        await going_on.wait()

    putting = asyncio.create_task(storage.put(KEY, slowly(), PLENTY))
    await started.wait()
    assert len(files(tmp_path)) == 3
    assert await storage.discard_orphans(KEY)
    assert len(files(tmp_path)) == 2
    going_on.set()
    assert await putting == 2_000_000
    assert not await storage.discard_orphans(KEY)
    assert files(tmp_path) == [KEY, "videos/abc/source/other"]


async def test_a_folder_that_cannot_be_deleted_is_said(tmp_path: Path) -> None:
    elsewhere = tmp_path / "another disk"
    elsewhere.mkdir()
    storage = LocalStorage(tmp_path / "storage")
    (tmp_path / "storage/videos").mkdir()
    (tmp_path / "storage/videos/abc").symlink_to(elsewhere)
    with pytest.raises(Unavailable):
        await storage.delete("videos/abc/")


WRITE_AND_DIE = """
import asyncio, os, signal, sys
from pathlib import Path
from webapp.storage.local import LocalStorage

async def pieces():
    yield b"x" * 2_000_000
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(LocalStorage(Path(sys.argv[1])).put(sys.argv[2], pieces(), 1 << 40))
"""


@pytest.fixture
def from_another_disk(tmp_path: Path) -> Iterator[Path]:
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second file system")
    path = other / f"rushes-{tmp_path.name}"
    path.write_bytes(b"from afar")
    yield path
    path.unlink(missing_ok=True)


async def test_a_file_from_another_disk_can_be_put(tmp_path: Path, from_another_disk: Path) -> None:
    storage = LocalStorage(tmp_path)
    await storage.put_file(KEY, from_another_disk)
    assert await content(storage, KEY) == b"from afar"
    assert files(tmp_path) == [KEY]


async def test_what_is_being_put_can_be_read_until_it_lies_in_its_place(tmp_path: Path) -> None:
    """And is forgotten then, also if it breaks off."""
    storage = LocalStorage(tmp_path)
    seen: list[bytes] = []

    async def arriving() -> AsyncIterator[bytes]:
        assert storage.arriving(KEY) is None
        yield bytes(2 * 1024 * 1024)
        incoming = storage.arriving(KEY)
        assert incoming and not incoming.final.exists()
        seen.append(incoming.draft.read_bytes())
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await storage.put(KEY, arriving(), PLENTY)
    assert seen == [bytes(2 * 1024 * 1024)] and storage.arriving(KEY) is None

"""What every storage adapter does: files appear whole or not at all, and go where they are told to."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from tests.support.content import PLENTY, content, exists, pieces
from webapp.errors import NoSpace, NotFound, TooLarge, Unavailable
from webapp.storage import Storage

KEY = "videos/abc/source/original"


class Broken(Exception):
    """What a source that breaks off raises here."""


async def breaking_off(*data: bytes) -> AsyncIterator[bytes]:
    for piece in data:
        yield piece
    raise Broken


async def test_what_is_put_can_be_read(storage: Storage) -> None:
    assert await storage.put(KEY, pieces(b"one ", b"", b"two"), PLENTY) == 7
    assert await content(storage, KEY) == b"one two"


async def test_many_pieces_arrive_in_order_and_all_of_them(storage: Storage) -> None:
    data = [bytes([number]) * 300_000 for number in range(17)]
    assert await storage.put(KEY, pieces(*data), PLENTY) == 17 * 300_000
    assert await content(storage, KEY) == b"".join(data)


async def test_an_empty_file_is_a_file(storage: Storage) -> None:
    assert await storage.put(KEY, pieces(), PLENTY) == 0
    assert await content(storage, KEY) == b""
    assert (await storage.stat(KEY)).size == 0


async def test_putting_again_replaces(storage: Storage) -> None:
    await storage.put_bytes(KEY, b"a long first version")
    await storage.put_bytes(KEY, b"short")
    assert await content(storage, KEY) == b"short"


async def test_a_file_of_ours_can_be_put(storage: Storage, tmp_path: Path) -> None:
    for text in (b"first", b"second"):
        source = tmp_path / "made here"
        source.write_bytes(text)
        await storage.put_file(KEY, source)
        assert await content(storage, KEY) == text


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, None, b"0123456789"),
        (3, None, b"3456789"),
        (0, 4, b"0123"),
        (3, 7, b"3456"),
        (9, 10, b"9"),
        (4, 4, b""),
        (10, None, b""),
        (8, 99, b"89"),
    ],
)
async def test_a_part_can_be_read(storage: Storage, start: int, end: int | None, expected: bytes) -> None:
    await storage.put_bytes(KEY, b"0123456789")
    assert await content(storage, KEY, start, end) == expected


async def test_a_part_of_a_large_file_can_be_read(storage: Storage) -> None:
    data = bytes(range(256)) * 8192
    await storage.put_bytes(KEY, data)
    assert await content(storage, KEY, 255_999, 1_500_001) == data[255_999:1_500_001]


async def test_size_and_age_are_known(storage: Storage) -> None:
    before = time.time()
    await storage.put_bytes(KEY, b"12345")
    stored = await storage.stat(KEY)
    assert stored.size == 5
    assert before - 60 < stored.modified < time.time() + 60


async def test_an_etag_is_an_entity_tag_and_stays(storage: Storage) -> None:
    await storage.put_bytes(KEY, b"12345")
    etag = (await storage.stat(KEY)).etag
    assert etag[0] == etag[-1] == '"' and '"' not in etag[1:-1]
    assert (await storage.stat(KEY)).etag == etag


async def test_the_etag_changes_with_the_bytes_however_fast(storage: Storage) -> None:
    etags = []
    for number in range(100):
        await storage.put_bytes(KEY, f"{number:03}".encode())
        etags.append((await storage.stat(KEY)).etag)
    assert len(set(etags)) == len(etags)


@pytest.mark.parametrize("key", ["nothing", "videos/abc", f"{KEY}/below", "videos/abc/source/original2"])
async def test_what_is_not_there_is_not_found(storage: Storage, key: str) -> None:
    await storage.put_bytes(KEY, b"something")
    with pytest.raises(NotFound):
        await storage.stat(key)
    with pytest.raises(NotFound):
        await storage.open(key)
    with pytest.raises(NotFound):
        await content(storage, key)
    with pytest.raises(NotFound):
        async with storage.as_file(key):
            pass


async def test_a_file_on_this_machine_has_the_content(storage: Storage) -> None:
    await storage.put_bytes(KEY, b"something")
    async with storage.as_file(KEY) as path:
        assert path.read_bytes() == b"something"
    assert await content(storage, KEY) == b"something"


async def test_nothing_appears_before_it_is_whole(storage: Storage) -> None:
    seen = []

    async def watched() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 2_000_000
            seen.append(await exists(storage, KEY))

    await storage.put(KEY, watched(), PLENTY)
    assert seen == [False] * 3


async def test_a_source_that_breaks_off_leaves_nothing(storage: Storage) -> None:
    with pytest.raises(Broken):
        await storage.put(KEY, breaking_off(b"x" * 2_000_000), PLENTY)
    assert not await exists(storage, KEY)


async def test_a_source_that_breaks_off_leaves_what_was_there(storage: Storage) -> None:
    await storage.put_bytes(KEY, b"old")
    with pytest.raises(Broken):
        await storage.put(KEY, breaking_off(b"x" * 2_000_000), PLENTY)
    assert await content(storage, KEY) == b"old"


async def test_a_cancelled_put_leaves_what_was_there(storage: Storage) -> None:
    await storage.put_bytes(KEY, b"old")
    halfway, never = asyncio.Event(), asyncio.Event()

    async def stuck() -> AsyncIterator[bytes]:
        yield b"x" * 2_000_000
        halfway.set()
        await never.wait()

    putting = asyncio.create_task(storage.put(KEY, stuck(), PLENTY))
    await halfway.wait()
    putting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await putting
    assert await content(storage, KEY) == b"old"


@pytest.mark.parametrize("sizes", [[11], [10, 1], [3_000_000], [1] * 11])
async def test_too_much_is_refused_and_leaves_what_was_there(storage: Storage, sizes: list[int]) -> None:
    await storage.put_bytes(KEY, b"old")
    with pytest.raises(TooLarge):
        await storage.put(KEY, pieces(*(b"x" * size for size in sizes)), 10)
    assert await content(storage, KEY) == b"old"


async def test_the_limit_itself_is_not_too_much(storage: Storage) -> None:
    assert await storage.put(KEY, pieces(b"12345", b"67890"), 10) == 10


async def test_too_much_is_noticed_before_all_of_it_was_taken(storage: Storage) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 100_000
            yield b"x" * 100_000

    with pytest.raises(TooLarge):
        await storage.put(KEY, endless(), 1_000_000)
    assert taken < 10_000_000


async def test_who_reads_while_a_file_is_replaced_gets_one_version(storage: Storage) -> None:
    await storage.put_bytes(KEY, b"a" * 2_000_000)
    reading = storage.read(KEY)
    first = await anext(reading)
    await storage.put_bytes(KEY, b"b" * 2_000_000)
    assert first + b"".join([piece async for piece in reading]) == b"a" * 2_000_000


async def test_what_is_known_of_an_open_file_stays_true_when_it_is_replaced(storage: Storage) -> None:
    await storage.put_bytes(KEY, b"a" * 2_000_000)
    known = await storage.stat(KEY)
    opened = await storage.open(KEY)
    await storage.put_bytes(KEY, b"b")
    assert opened.stored == known
    assert b"".join([piece async for piece in opened.read()]) == b"a" * 2_000_000
    await storage.delete(KEY)
    assert [piece async for piece in opened.read(3, 5)] == [b"aa"]
    opened.close()


async def test_who_stops_reading_in_the_middle_has_closed_the_file(storage: Storage) -> None:
    await storage.put_bytes(KEY, b"a" * 2_000_000)
    descriptors = psutil.Process().num_fds()
    reading = storage.read(KEY)
    await anext(reading)
    assert isinstance(reading, AsyncGenerator)
    await reading.aclose()
    assert psutil.Process().num_fds() == descriptors


@pytest.mark.parametrize("size", [1, 3_000_000])
async def test_a_full_disk_is_called_that_and_leaves_what_was_there(
    storage: Storage, fill_up: Callable[[str], None], size: int
) -> None:
    await storage.put_bytes(KEY, b"old")
    fill_up(KEY)
    with pytest.raises(NoSpace) as caught:
        await storage.put(KEY, pieces(b"x" * size), PLENTY)
    assert (caught.value.code, isinstance(caught.value.__cause__, OSError)) == ("no_space", True)
    assert await content(storage, KEY) == b"old"
    await storage.put_bytes(KEY, b"there is room again")
    assert await content(storage, KEY) == b"there is room again"


async def test_storage_that_fails_otherwise_is_unavailable_and_leaves_what_was_there(
    storage: Storage, break_down: Callable[[str], None]
) -> None:
    await storage.put_bytes(KEY, b"old")
    break_down(KEY)
    with pytest.raises(Unavailable) as caught:
        await storage.put_bytes(KEY, b"x")
    assert caught.value.code == "storage_unavailable"
    assert await content(storage, KEY) == b"old"


async def test_a_source_that_fails_by_itself_is_no_trouble_of_the_disk(storage: Storage) -> None:
    async def reset() -> AsyncIterator[bytes]:
        yield b"x"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await storage.put(KEY, reset(), PLENTY)


async def test_names_are_of_the_files_right_there(storage: Storage) -> None:
    assert await storage.names("marks/", 10) == []
    for name in ("one", "two", "three", "below/four"):
        await storage.put_bytes(f"marks/{name}", b"")
    assert sorted(await storage.names("marks/", 10)) == ["one", "three", "two"]
    assert len(await storage.names("marks/", 2)) == 2


async def test_folders_are_those_right_there(storage: Storage) -> None:
    assert await storage.folders("hls/r1/") == []
    for key in (
        "hls/r1/240p/init.mp4",
        "hls/r1/audio/below/init.mp4",
        "hls/r1/list",
        "hls/r10/copy/init.mp4",
    ):
        await storage.put_bytes(key, b"")
    assert sorted(await storage.folders("hls/r1/")) == ["240p", "audio"]


async def test_of_two_who_write_at_once_one_wins_as_a_whole(storage: Storage) -> None:
    versions = [bytes([number]) * 1_500_000 for number in range(4)]
    await asyncio.gather(*(storage.put_bytes(KEY, version) for version in versions))
    assert await content(storage, KEY) in versions


async def test_deleting_removes_what_starts_with_the_prefix_and_nothing_else(storage: Storage) -> None:
    inside = ["videos/a/poster.jpg", "videos/a/hls/r1/240p/init.mp4", "videos/a/hls/multivariant.m3u8"]
    outside = ["videos/ab/poster.jpg", "videos/b/a/poster.jpg"]
    for key in inside + outside:
        await storage.put_bytes(key, key.encode())
    await storage.delete("videos/a/")
    assert [key for key in inside + outside if await exists(storage, key)] == outside


async def test_a_prefix_need_not_end_at_a_slash(storage: Storage) -> None:
    for name in ("chunk-00001.json", "chunk-00002.json", "chunks/x", "other.json"):
        await storage.put_bytes(f"videos/a/{name}", b"x")
    await storage.delete("videos/a/chunk")
    left = ["chunk-00001.json", "chunk-00002.json", "chunks/x", "other.json"]
    assert [name for name in left if await exists(storage, f"videos/a/{name}")] == ["other.json"]


async def test_a_file_can_be_deleted_by_its_key(storage: Storage) -> None:
    await storage.put_bytes(KEY, b"x")
    await storage.delete(KEY)
    assert not await exists(storage, KEY)


@pytest.mark.parametrize("prefix", ["videos/none/", "videos/none", "none/"])
async def test_deleting_what_is_not_there_is_harmless(storage: Storage, prefix: str) -> None:
    await storage.delete(prefix)


async def test_two_can_delete_the_same_at_once(storage: Storage) -> None:
    for number in range(200):
        await storage.put_bytes(f"videos/a/hls/r1/{number}", b"x")
    await asyncio.gather(*(storage.delete("videos/a/") for _ in range(4)))
    assert not await exists(storage, "videos/a/hls/r1/0")


async def test_what_was_deleted_can_be_put_again(storage: Storage) -> None:
    await storage.put_bytes(KEY, b"one")
    await storage.delete("videos/abc/")
    await storage.put_bytes(KEY, b"two")
    assert await content(storage, KEY) == b"two"


async def test_a_key_that_is_deleted_while_its_bytes_come_stays_so(storage: Storage) -> None:
    async def deleted_meanwhile() -> AsyncIterator[bytes]:
        yield b"x" * 2_000_000
        await storage.delete("videos/abc/")
        yield b"x" * 2_000_000

    with pytest.raises(NotFound):
        await storage.put(KEY, deleted_meanwhile(), PLENTY)
    assert not await exists(storage, KEY)


async def test_discarding_what_the_dead_left_is_about_nothing_else(storage: Storage) -> None:
    assert not await storage.discard_orphans(KEY)
    await storage.put_bytes(KEY, b"x")
    assert not await storage.discard_orphans(KEY)
    assert await content(storage, KEY) == b"x"

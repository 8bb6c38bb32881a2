"""What players start from, and what they start from once a run is taken back."""

import pytest

from webapp.errors import NotFound
from webapp.keys import hls_key
from webapp.pipeline.publication import Publication
from webapp.storage.local import LocalStorage

VIDEO = "a-video"


def playlist(run: int) -> bytes:
    return f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nr{run}/360p/playlist.m3u8\n".encode()


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


async def current(storage: LocalStorage) -> bytes:
    return b"".join([piece async for piece in storage.read(hls_key(VIDEO, "multivariant.m3u8"))])


async def publish(storage: LocalStorage, run: int, ended: bool = True) -> Publication:
    publication = Publication(storage, VIDEO, run)
    await publication.put(playlist(run), ended)
    return publication


async def test_a_first_run_that_is_taken_back_leaves_nothing_to_start_from(storage: LocalStorage) -> None:
    publication = await publish(storage, 1, ended=False)
    for _ in range(2):
        await publication.withdraw(0)
        with pytest.raises(NotFound):
            await current(storage)


async def test_a_later_run_that_is_taken_back_leaves_the_one_it_replaced(storage: LocalStorage) -> None:
    await publish(storage, 1)
    second = await publish(storage, 2)
    assert await current(storage) == playlist(2)
    for _ in range(2):
        await second.withdraw(1)
        assert await current(storage) == playlist(1)


async def test_a_run_that_never_published_takes_nothing_back(storage: LocalStorage) -> None:
    await publish(storage, 1)
    await Publication(storage, VIDEO, 2).withdraw(1)
    assert await current(storage) == playlist(1)


async def test_a_run_does_not_take_back_what_a_later_one_published_meanwhile(storage: LocalStorage) -> None:
    first = await publish(storage, 1, ended=False)
    await publish(storage, 12, ended=False)
    await first.withdraw(0)
    assert await current(storage) == playlist(12)


async def test_where_there_will_be_no_ladder_players_start_from_the_copy_for_good(
    storage: LocalStorage,
) -> None:
    original = playlist(1).replace(b"360p", b"copy")
    first = Publication(storage, VIDEO, 1)
    await first.put_original(original, ended=True)
    await first.put(playlist(1), ended=True)
    for _ in range(2):
        await first.fall_back(yes)
        assert await current(storage) == original
    await (await publish(storage, 2)).withdraw(1)
    assert await current(storage) == original


async def test_the_copy_does_not_take_the_place_of_a_later_run(storage: LocalStorage) -> None:
    first = Publication(storage, VIDEO, 1)
    await first.put_original(playlist(1), ended=True)
    second = await publish(storage, 2)
    await first.fall_back(yes)
    assert await current(storage) == playlist(2)
    await second.withdraw(1)
    assert await current(storage) == playlist(1)


async def test_nor_of_one_that_is_published_by_now(storage: LocalStorage) -> None:
    first = Publication(storage, VIDEO, 1)
    await first.put_original(playlist(1).replace(b"360p", b"copy"), ended=True)
    await first.put(playlist(1), ended=True)
    await first.fall_back(no)
    assert await current(storage) == playlist(1)


async def test_without_a_copy_players_start_from_what_they_did(storage: LocalStorage) -> None:
    first = await publish(storage, 1)
    await first.fall_back(yes)
    assert await current(storage) == playlist(1)
    await (await publish(storage, 2)).withdraw(1)
    assert await current(storage) == playlist(1)


async def test_a_copy_is_come_back_to_also_where_nobody_could_tidy_up(storage: LocalStorage) -> None:
    original = playlist(1).replace(b"360p", b"copy")
    await Publication(storage, VIDEO, 1).put_original(original, ended=True)
    await (await publish(storage, 2)).withdraw(1)
    assert await current(storage) == original

"""A video's events over WebSocket, to a client that somebody else wrote."""

import asyncio
import json
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.http import PATIENCE_S
from tests.support.site import Site
from tests.support.waiting import until
from tests.support.wire import subscribers, tell
from webapp.app import Installation
from webapp.config import Settings
from webapp.events import Status

NORMAL, SERVICE_RESTART, TOO_BIG = 1000, 1012, 1009
CANCEL, ACCEPTED = json.dumps({"action": "cancel"}), {"action": "cancel", "accepted": True}


@pytest.fixture
async def video_id(site: Site) -> str:
    video_id = await site.uploaded()
    await site.parts.control.process(video_id)
    return video_id


def socket(site: Site, video_id: str, query: str = "", **options: Any) -> connect:
    url = f"{site.address.url.replace('http', 'ws')}/videos/{video_id}/status.ws{query}"
    return connect(url, open_timeout=PATIENCE_S, **options)


async def message(client: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_S):
        found = json.loads(await client.recv())
    assert isinstance(found, dict)
    return found


async def rest(client: ClientConnection) -> tuple[list[int], int]:
    """Numbers of the events up to the end, and the code that it comes with."""
    seqs = []
    try:
        while True:
            seqs.append((await message(client))["seq"])
    except ConnectionClosed as closed:
        return seqs, closed.rcvd.code if closed.rcvd else 0


@pytest.fixture
async def newest(site: Site, video_id: str) -> int:
    return (await site.video(video_id)).seq


async def test_it_tells_what_the_stream_tells(site: Site, video_id: str, newest: int) -> None:
    async with socket(site, video_id, "?last_event_id=0") as client:
        events = [await message(client) for _ in range(newest)]
        for _ in range(20):
            await tell(site, video_id)
            events.append(await message(client))
        await tell(site, video_id, 1, Status.CANCELLED)
        events.append(await message(client))
        assert await rest(client) == ([], NORMAL)
    async with site.client.stream("GET", f"/videos/{video_id}/status?last_event_id=0") as response:
        lines = [line.removeprefix("data: ") async for line in response.aiter_lines() if "videoId" in line]
    assert events == [json.loads(line) for line in lines]


@pytest.mark.parametrize(("last", "missed"), [("", 1), (None, 1), ("1", 3), ("newest", 0)])
async def test_it_goes_on_where_the_client_was(
    site: Site, video_id: str, newest: int, last: str | None, missed: int
) -> None:
    query = "" if last is None else f"?last_event_id={newest if last == 'newest' else last}"
    async with socket(site, video_id, query) as client:
        seqs = [(await message(client))["seq"] for _ in range(missed)]
        assert seqs == list(range(newest + 1 - missed, newest + 1))
        await tell(site, video_id)
        assert (await message(client))["seq"] == newest + 1


@pytest.mark.parametrize("last", ["99", "abc", "-1"])
async def test_an_id_that_cannot_be_is_answered_by_a_snapshot_that_says_so(
    site: Site, video_id: str, newest: int, last: str
) -> None:
    async with socket(site, video_id, f"?last_event_id={last}") as client:
        snapshot = await message(client)
        assert (snapshot["seq"], snapshot["reset"]) == (newest, True)


async def test_who_has_seen_the_end_is_told_that_it_was(site: Site, video_id: str) -> None:
    newest = await tell(site, video_id, 1, Status.CANCELLED)
    for query, seqs in ((f"?last_event_id={newest}", []), ("", [newest])):
        async with socket(site, video_id, query) as client:
            assert await rest(client) == (seqs, NORMAL)


async def test_cancel_works_and_shows_in_the_events(site: Site, video_id: str) -> None:
    async with socket(site, video_id) as client:
        await message(client)
        await client.send(CANCEL)
        told = await message(client)
        if told == ACCEPTED:  # or the end was faster
            told = await message(client)
        assert told["status"] == "cancelled"
        await until(lambda: client.close_code == NORMAL)


async def test_cancelling_where_nothing_runs_is_harmless(site: Site) -> None:
    video_id = await site.uploaded()
    async with socket(site, video_id) as client:
        assert (await message(client))["status"] == "uploaded"
        await client.send(CANCEL)
        assert await message(client) == ACCEPTED
    assert (await site.video(video_id)).status is Status.UPLOADED


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
async def test_another_site_may_watch_and_not_cancel(site: Site, video_id: str, origin: str) -> None:
    async with socket(site, video_id, origin=origin) as client:
        await message(client)
        await client.send(CANCEL)
        assert (await message(client))["error"]["code"] == "other_site"
    assert (await site.video(video_id)).status is Status.PROCESSING


async def test_our_own_pages_may_cancel(site: Site, video_id: str) -> None:
    async with socket(site, video_id, origin=site.address.url) as client:
        await client.send(CANCEL)
        await until(lambda: client.close_code == NORMAL)
    assert (await site.video(video_id)).status is Status.CANCELLED


@pytest.mark.parametrize(
    "bad",
    [
        "",
        b"",
        "x",
        "{",
        "[]",
        "null",
        '{"action":"delete"}',
        '{"action":["cancel"]}',
        b"\xff\xfe",
        "[" * 1024,
    ],
)
async def test_what_makes_no_sense_is_said_and_does_no_harm(
    site: Site, video_id: str, newest: int, bad: str | bytes
) -> None:
    async with socket(site, video_id) as client:
        await message(client)
        await client.send(bad)
        await client.send("x" * 5000)
        for _ in range(2):
            assert (await message(client))["error"]["code"] == "bad_message"
        await tell(site, video_id)
        assert (await message(client))["seq"] == newest + 1


async def test_the_last_message_says_that_it_was_deleted(site: Site, video_id: str, newest: int) -> None:
    async with socket(site, video_id) as client:
        await message(client)
        await site.parts.control.delete(video_id)
        last = await message(client)
        assert (last["deleted"], last["seq"]) == (True, newest + 1)
        assert await rest(client) == ([], NORMAL)


async def test_cancelling_what_was_deleted_is_answered(site: Site, video_id: str) -> None:
    async with socket(site, video_id) as client:
        await message(client)
        await asyncio.gather(site.parts.control.delete(video_id), client.send(CANCEL), client.send("x"))
        await until(lambda: client.close_code is not None)
        assert client.close_code == NORMAL


@pytest.mark.parametrize("path", ["nothing", "library", "%2e%2e"])
async def test_a_video_that_does_not_exist_is_said_before_the_handshake(site: Site, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await socket(site, path).__aenter__()
    response = refused.value.response
    assert response.status_code == 404
    assert json.loads(response.body)["code"] == "video_not_found"
    assert response.headers["Content-Type"] == "application/problem+json"


@asynccontextmanager
async def opened(settings: Settings, **changes: float) -> AsyncIterator[Site]:
    installation = Installation(settings.model_copy(update=changes), with_worker=False)
    await installation.start()
    try:
        async with Site.open(installation) as site:
            yield site
    finally:
        await installation.close()


async def test_too_many_are_sent_away_before_the_handshake(settings: Settings) -> None:
    async with opened(settings, stream_max_total=1) as site:
        video_id = await site.uploaded()
        async with socket(site, video_id) as client:
            await message(client)
            with pytest.raises(InvalidStatus) as refused:
                await socket(site, video_id).__aenter__()
            assert refused.value.response.status_code == 503
            assert int(refused.value.response.headers["Retry-After"]) > 0
        await until(lambda: site.parts.hub.open_streams == 0)
        async with socket(site, video_id) as client:
            await message(client)


async def test_closing_asks_to_come_back(site: Site, video_id: str) -> None:
    async with socket(site, video_id) as one, socket(site, video_id) as other:
        for client in (one, other):
            await message(client)
        await site.parts.hub.close()
        for client in (one, other):
            assert await rest(client) == ([], SERVICE_RESTART)


async def test_nothing_is_left_of_who_vanishes(site: Site, video_id: str) -> None:
    for turns in range(0, 40, 4):
        client = await socket(site, video_id).__aenter__()
        for _ in range(turns):
            await asyncio.sleep(0)
        assert subscribers(site, "ordinary") >= 1
        client.transport.abort()
    await until(lambda: site.parts.hub.open_streams == 0)
    assert subscribers(site, "ordinary") == 0
    assert not [task for task in asyncio.all_tasks() if "webapp/web/sockets" in repr(task)]


async def test_who_only_talks_and_does_not_listen_is_cut_off(settings: Settings) -> None:
    """Its messages wait in its own memory, not here."""
    async with opened(settings, stream_stall_s=0.2) as site:
        video_id = await site.uploaded()
        kernel_side = sockets.socket()
        kernel_side.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        kernel_side.connect((site.address.host, site.address.port))
        client = await socket(site, video_id, sock=kernel_side, ping_interval=None).__aenter__()
        talking = asyncio.create_task(talk(client))
        await until(lambda: site.parts.hub.open_streams == 0)
        talking.cancel()
        client.transport.abort()
        await asyncio.gather(talking, return_exceptions=True)


async def talk(client: ClientConnection) -> None:
    client.transport.pause_reading()
    with suppress(ConnectionClosed):
        while True:
            await client.send("x")
            await asyncio.sleep(0)  # to whom it talks has to have a turn

"""Clients that others wrote, and a server that is killed in the middle: each ends with all of it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import Visitor
from tests.support.follower import Follower
from tests.support.readers import BrowsersOwn, Reader, curl, node, tell
from tests.support.server import Server
from tests.support.sse import Message
from tests.support.waiting import until_true
from webapp.events import Status

BEFORE, MEANWHILE, AFTER = 5, 40, 5


class HttpxSse:
    """Python's httpx-sse."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    @property
    def told(self) -> list[Message]:
        return [Message("video_update", "", str(id)) for id in self._follower.ids]

    def ended(self) -> bool:
        return self._follower.has_ended


@contextmanager
def httpx_sse(server: Server, video_id: str) -> Iterator[Reader]:
    with Follower(server.url, video_id, patience_s=30) as follower:
        yield HttpxSse(follower)


@dataclass
class Upheaval:
    """
    Attributes:
        newest: number of the last event.
        readers: by what they are called.
        visitor: has been on the video's page all the time.
    """

    newest: int
    readers: dict[str, Reader]
    visitor: Visitor


READERS = ["node", "curl", "httpx-sse", "chromium"]


@pytest.fixture(scope="module")
def upheaval(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Upheaval]:
    """All of them follow a video; the server is killed, things go on without it, and it comes back."""
    data_dir: Path = tmp_path_factory.mktemp("readers") / "data"
    with Server(data_dir, "--no-worker", RUSHES_STREAM_POLL_S="0.05") as server, ExitStack() as stack:
        with server.client() as client:
            video_id = client.post("/videos", json={"filename": "followed.mp4"}).json()["videoId"]
        url = f"{server.url}/videos/{video_id}/status?last_event_id=0"
        visitor, other = Visitor(browser, server.url), Visitor(browser, server.url)
        stack.callback(other.close)
        stack.callback(visitor.close)
        visitor.page.goto(f"/videos/{video_id}")
        other.page.goto("/healthz")
        made: dict[str, Callable[[], AbstractContextManager[Reader]]] = {
            "node": lambda: node(url),
            "curl": lambda: curl(url),
            "httpx-sse": lambda: httpx_sse(server, video_id),
        }
        readers = {name: stack.enter_context(make()) for name, make in made.items()}
        readers["chromium"] = BrowsersOwn(other.page, url)

        def all_know(seq: int) -> bool:
            return all(reader.told and int(reader.told[-1].id) >= seq for reader in readers.values())

        seq = tell(data_dir, video_id, BEFORE)
        until_true(lambda: all_know(seq), why="everybody is told")
        visitor.page.get_by_text(f"This is event {seq}.").wait_for()
        server.kill()
        tell(data_dir, video_id, MEANWHILE)
        server.start()
        tell(data_dir, video_id, AFTER)
        newest = tell(data_dir, video_id, 1, Status.CANCELLED)
        until_true(lambda: all(reader.ended() for reader in readers.values()), why="it ends")
        visitor.page.get_by_text(f"This is event {newest}.").wait_for()
        yield Upheaval(newest, readers, visitor)


@pytest.mark.parametrize("name", READERS)
def test_each_is_told_everything_once_and_in_order(upheaval: Upheaval, name: str) -> None:
    ids = [int(message.id) for message in upheaval.readers[name].told if message.event == "video_update"]
    assert ids == list(range(1, upheaval.newest + 1))


@pytest.mark.parametrize("name", ["node", "chromium", "curl"])
def test_each_is_told_of_the_end_and_then_stays_away(upheaval: Upheaval, name: str) -> None:
    reader = upheaval.readers[name]
    assert [message.event for message in reader.told].count("done") == 1
    assert reader.told[-1].event == "done"
    assert reader.ended()  # because it came back and was told so (204)


def test_the_page_ends_as_one_that_is_opened_now(upheaval: Upheaval) -> None:
    page = upheaval.visitor.page
    shown = page.locator("#live").inner_text()
    assert "Cancelled" in shown
    assert upheaval.visitor.loads == 1
    page.reload()
    assert page.locator("#live").inner_text() == shown

"""Uploads that cannot become a video, told to somebody who follows, looks at the page, or asks the API."""

import html
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from tests.support.follower import Event, Follower
from tests.support.server import Server
from tests.support.unusable import CODES, Unusable
from webapp.media.failures import FAILURES


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """Somebody whom no upload may call."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outcomes") / "data"


@pytest.fixture(scope="module")
def server(data_dir: Path) -> Iterator[Server]:
    with Server(data_dir) as server:
        yield server


class Outcome(NamedTuple):
    """A run that was followed to its end."""

    video_id: str
    error: dict[str, str]
    events: list[Event]


@pytest.fixture(scope="module", params=CODES)
def outcome(
    request: pytest.FixtureRequest,
    server: Server,
    listener: socket.socket,
    tmp_path_factory: pytest.TempPathFactory,
) -> Outcome:
    unusable = Unusable(tmp_path_factory.mktemp("upload"), listener.getsockname()[1])
    video_id = server.upload(unusable[request.param])
    with Follower(server.url, video_id) as follower:
        follower.wait_for_end()
    code = CODES[request.param]
    message, hint = FAILURES[code]
    return Outcome(video_id, {"code": code, "message": message, "hint": hint}, follower.events)


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def test_the_stream_ends_with_the_reason_and_a_way_out(outcome: Outcome) -> None:
    last = outcome.events[-1]
    assert (last["eventType"], last["status"]) == ("video_error", "failed")
    assert (last["message"], last["error"]) == (outcome.error["message"], outcome.error)
    assert not any(event.get("playable") for event in outcome.events)


def test_the_api_tells_the_same(outcome: Outcome, client: httpx.Client) -> None:
    document = client.get(f"/videos/{outcome.video_id}", headers={"Accept": "application/json"}).json()
    assert (document["status"], document["playable"]) == ("failed", False)
    assert document["error"] == outcome.error
    newest = client.get(f"/videos/{outcome.video_id}/status", headers={"Accept": "application/json"}).json()
    assert newest == outcome.events[-1]


def test_the_page_tells_the_same(outcome: Outcome, client: httpx.Client) -> None:
    page = html.unescape(client.get(f"/videos/{outcome.video_id}", headers={"Accept": "text/html"}).text)
    for words in outcome.error.values():
        assert words in page


def test_nothing_is_listed_and_nobody_was_called(
    outcome: Outcome, client: httpx.Client, data_dir: Path, listener: socket.socket
) -> None:
    assert client.get(f"/videos/{outcome.video_id}/hls/multivariant.m3u8").status_code == 404
    stored = [path.name for path in (data_dir / "storage/videos" / outcome.video_id).rglob("*.*")]
    assert not stored
    with pytest.raises(BlockingIOError):
        listener.accept()

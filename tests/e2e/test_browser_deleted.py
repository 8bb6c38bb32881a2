"""Pages that are open as their video is deleted: they say so, and play on no more."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.conftest import Visit
from tests.support.browser import Visitor
from tests.support.server import Server
from tests.support.waiting import until_true

WORDS = "This video was deleted"
HTMX_SETTLES_MS = 300


def held(visitor: Visitor, asked: list[Route]) -> Route:
    """The request that waits for its answer, once it has come."""

    def come() -> bool:
        visitor.page.wait_for_timeout(20)  # requests come while something is asked of the page
        return bool(asked)

    until_true(come)
    return asked[0]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Encodes so slowly that nothing is over before somebody looks."""
    with Server(tmp_path / "data", RUSHES_PRESET="veryslow", RUSHES_ENCODER_SLOTS="1") as server:
        yield server


@pytest.mark.parametrize("page", ["/videos/{}", "/embed/{}"])
def test_a_page_that_plays_what_is_deleted_says_so(
    server: Server, visit: Visit, long_video: Path, page: str
) -> None:
    video_id = server.upload(long_video)
    visitor = visit(server.url)
    visitor.page.goto(page.format(video_id))
    visitor.page.locator("media-controller").wait_for()
    with server.client() as client:
        client.delete(f"/videos/{video_id}").raise_for_status()
    expect(visitor.page.get_by_text(WORDS).first).to_be_visible()
    expect(visitor.page.locator("media-controller")).to_have_count(0)
    expect(visitor.page.get_by_text("Processing", exact=True)).to_have_count(0)
    for summary in visitor.page.locator("summary").all():
        expect(summary).to_be_hidden()
    # What the player asked for just then is not there any more.
    assert [said for said in visitor.complaints if "404" not in said] == []
    assert visitor.accessibility() == []


def test_a_picture_that_comes_for_a_player_that_is_gone_does_no_harm(
    server: Server, visit: Visit, long_video: Path
) -> None:
    video_id = server.upload(long_video)
    visitor = visit(server.url)
    asked: list[Route] = []
    visitor.page.route("**/pictures?missing=*storyboard", lambda route: asked.append(route))
    visitor.page.goto(f"/videos/{video_id}")
    visitor.page.locator("media-controller").wait_for()
    with server.client() as client:
        until_true(lambda: "storyboard" in client.get(f"/videos/{video_id}").json()["links"])
        answer = held(visitor, asked).fetch()
        assert "thumbnails" in answer.text()
        client.delete(f"/videos/{video_id}").raise_for_status()
    expect(visitor.page.locator("media-controller")).to_have_count(0)
    asked[0].fulfill(response=answer)
    expect(visitor.page.get_by_text(WORDS).first).to_be_visible()
    visitor.page.wait_for_timeout(HTMX_SETTLES_MS)
    assert [said for said in visitor.complaints if "404" not in said] == []


@pytest.mark.parametrize("page", ["/videos/{}", "/embed/{}"])
def test_a_player_that_comes_after_the_deletion_is_not_shown(
    server: Server, visit: Visit, long_video: Path, page: str
) -> None:
    with server.client() as client:
        created = client.post("/videos", json={"filename": "a.mp4", "process": True}).json()
        video_id = created["videoId"]
        visitor = visit(server.url)
        asked: list[Route] = []
        visitor.page.route("**/player", lambda route: asked.append(route))
        visitor.page.goto(page.format(video_id))
        client.put(created["upload"]["url"], content=long_video.read_bytes()).raise_for_status()
        answer = held(visitor, asked).fetch()
        assert "media-controller" in answer.text()
        client.delete(f"/videos/{video_id}").raise_for_status()
    expect(visitor.page.get_by_text(WORDS).first).to_be_visible()
    asked[0].fulfill(response=answer)
    visitor.page.wait_for_timeout(HTMX_SETTLES_MS)
    expect(visitor.page.locator("media-controller")).to_have_count(0)
    assert [said for said in visitor.complaints if "404" not in said] == []

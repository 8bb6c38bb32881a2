"""Pages that are open as their video is deleted: they say so, and play on no more."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.support.server import Server

WORDS = "This video was deleted"


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

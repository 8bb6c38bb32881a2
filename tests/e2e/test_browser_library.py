"""The library while others upload: it shows what happens, without being loaded again."""

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.support.browser import PATIENCE_MS
from tests.support.server import Server

expect.set_options(timeout=PATIENCE_MS)


def test_it_shows_what_others_upload_and_how_far_it_is(
    visit: Visit, server: Server, small_video: Path
) -> None:
    visitor = visit(server.url)
    visitor.page.goto("/videos")
    expect(visitor.page.get_by_text("Nothing here yet")).to_be_visible()
    loads = visitor.loads
    for number in (1, 2):
        server.upload(small_video, title=f"Video {number}")
        expect(visitor.page.get_by_role("heading", name=f"Video {number}")).to_be_visible()
    expect(visitor.page.get_by_text("Nothing here yet")).to_be_hidden()
    expect(visitor.page.locator(".grid li .chip.ok")).to_have_count(2)
    titles = visitor.page.locator(".grid h3").all_inner_texts()
    assert titles == ["Video 2", "Video 1"]
    assert visitor.loads == loads
    assert visitor.complaints == []


def test_a_search_shows_nothing_new_but_what_happens_to_what_it_found(
    visit: Visit, server: Server, small_video: Path
) -> None:
    with server.client() as client:
        created = client.post("/videos", json={"filename": "a.mp4", "title": "Findable"}).json()
    visitor = visit(server.url)
    visitor.page.goto("/videos?q=findable")
    expect(visitor.page.get_by_text("Waiting for its file")).to_be_visible()
    server.upload(small_video, title="Another")
    with server.client() as client, small_video.open("rb") as file:
        client.put(created["upload"]["url"], content=file).raise_for_status()
    expect(visitor.page.get_by_text("Uploaded")).to_be_visible()
    assert visitor.page.locator(".grid li").count() == 1
    assert visitor.complaints == []

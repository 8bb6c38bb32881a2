"""The test client in Chromium, against the whole product."""

import re
from itertools import product
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.e2e.conftest import Visit
from tests.support.browser import DESKTOP, PHONE, SCHEMES, Visitor
from tests.support.server import Server

PANELS = ("json", "fragments", "socket")


def panel(visitor: Visitor, kind: str) -> Locator:
    return visitor.page.locator(f".stream[data-kind={kind}]")


def shown(panel: Locator, name: str) -> Locator:
    return panel.locator(f"[data-show={name}]")


def test_a_developer_creates_uploads_and_watches(server: Server, visit: Visit, small_video: Path) -> None:
    visitor = visit(server.url)
    page = visitor.page
    page.goto("/test-sse.html")
    page.get_by_label("File", exact=True).set_input_files(small_video)
    page.get_by_label("Title (optional)").fill("From the test client")
    page.get_by_role("button", name="Create").click()
    expect(page.locator("#requests li", has_text="POST /videos → 201")).to_be_visible()
    for kind in PANELS:
        expect(shown(panel(visitor, kind), "state")).to_have_text("open")
        expect(shown(panel(visitor, kind), "last")).to_have_text("1")
    page.get_by_role("button", name="Upload the file").click()
    expect(page.locator("#requests li", has_text="PUT → 200")).to_be_visible()
    expect(page.locator("#sent")).to_have_js_property("value", 100)
    page.get_by_role("button", name="Process", exact=True).click()
    expect(page.locator("#requests li", has_text="/process → 202")).to_be_visible()
    for kind in PANELS:
        expect(shown(panel(visitor, kind), "state")).to_have_text("done")
    counts = {kind: shown(panel(visitor, kind), "last").inner_text() for kind in PANELS}
    assert counts["json"] == counts["fragments"] == counts["socket"]
    assert shown(panel(visitor, "json"), "messages").inner_text() == counts["json"]
    for kind in ("json", "socket"):
        assert shown(panel(visitor, kind), "gaps").inner_text() == "0"
        assert re.fullmatch(r"-?\d+ ms", shown(panel(visitor, kind), "lag").inner_text())
    page.get_by_role("button", name="Document").click()
    expect(page.locator("#requests li").first).to_contain_text('"title":"From the test client"')
    assert visitor.complaints == []


def test_it_drops_and_resumes_where_it_was(server: Server, visit: Visit) -> None:
    with server.client() as client:
        video_id = client.post("/videos", json={"filename": "a.mp4"}).json()["videoId"]

        def rename(title: str) -> None:
            client.patch(f"/videos/{video_id}", json={"title": title}).raise_for_status()

        visitor = visit(server.url)
        visitor.page.goto("/test-sse.html")
        visitor.page.get_by_label("Recent videos").select_option(video_id)
        visitor.page.get_by_role("button", name="Watch").click()
        for kind in PANELS:
            expect(shown(panel(visitor, kind), "last")).to_have_text("1")
            panel(visitor, kind).get_by_role("button", name="Drop", exact=True).click()
            expect(shown(panel(visitor, kind), "state")).to_have_text("closed")
        for title in ("two", "three"):
            rename(title)
        for kind in PANELS:
            panel(visitor, kind).get_by_role("button", name="Connect", exact=True).click()
            expect(shown(panel(visitor, kind), "last")).to_have_text("3")
            expect(shown(panel(visitor, kind), "connections")).to_have_text("2")
        assert [shown(panel(visitor, kind), "messages").inner_text() for kind in PANELS] == ["3", "2", "3"]
        for kind in PANELS:
            panel(visitor, kind).get_by_role("button", name="Drop and reconnect").click()
            expect(shown(panel(visitor, kind), "connections")).to_have_text("3")
            expect(shown(panel(visitor, kind), "state")).to_have_text("open")
        rename("four")
        for kind in PANELS:
            expect(shown(panel(visitor, kind), "last")).to_have_text("4")
        expect(panel(visitor, "json").locator("[data-raw]")).to_contain_text("Last-Event-ID 3")
    assert visitor.complaints == []


def test_it_comes_back_by_itself_when_the_server_does(server: Server, visit: Visit) -> None:
    with server.client() as client:
        video_id = client.post("/videos", json={"filename": "a.mp4"}).json()["videoId"]
    visitor = visit(server.url)
    visitor.page.goto("/test-sse.html")
    visitor.page.get_by_label("Video id").fill(video_id)
    visitor.page.get_by_role("button", name="Watch").click()
    for kind in PANELS:
        expect(shown(panel(visitor, kind), "last")).to_have_text("1")
    server.kill()
    for kind in PANELS:
        expect(shown(panel(visitor, kind), "state")).to_have_text(re.compile("waiting|connecting"))
    server.start()
    with server.client() as client:
        client.patch(f"/videos/{video_id}", json={"title": "after"}).raise_for_status()
    for kind in PANELS:
        expect(shown(panel(visitor, kind), "last")).to_have_text("2")
        assert int(shown(panel(visitor, kind), "connections").inner_text()) > 1


def test_it_fits_and_can_be_used_by_everyone(server: Server, visit: Visit) -> None:
    with server.client() as client:
        video_id = client.post("/videos", json={"filename": "a.mp4"}).json()["videoId"]
    for viewport, scheme in product((PHONE, DESKTOP), SCHEMES):
        visitor = visit(server.url, viewport=viewport, color_scheme=scheme)
        visitor.page.goto("/test-sse.html")
        assert visitor.accessibility() == []
        visitor.page.get_by_label("Video id").fill(video_id)
        visitor.page.get_by_label("Video id").press("Enter")
        for kind in PANELS:
            expect(shown(panel(visitor, kind), "last")).to_have_text("1")
        assert visitor.overflow == 0
        assert visitor.accessibility() == []
        visitor.close()

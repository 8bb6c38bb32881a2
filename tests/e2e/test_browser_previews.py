"""What a visitor sees of a video without watching it."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.support.browser import Visitor
from tests.support.server import Server

THUMBNAIL = """() => {
  const range = document.querySelector('media-time-range');
  const preview = range.shadowRoot.querySelector('media-preview-thumbnail');
  const image = preview.shadowRoot.querySelector('img');
  const box = preview.getBoundingClientRect();
  return {
    source: image.src, loaded: image.complete && image.naturalWidth > 0,
    coordinates: preview.getAttribute('mediapreviewcoords'), width: box.width, height: box.height,
  };
}"""


def scrub(visitor: Visitor, share: float) -> None:
    """Points at this share of the player's time range."""
    box = visitor.page.locator("media-time-range").bounding_box()
    assert box
    inset = 10
    visitor.page.mouse.move(
        box["x"] + inset + (box["width"] - 2 * inset) * share, box["y"] + box["height"] / 2
    )


def thumbnail_at(visitor: Visitor, share: float, coordinates: str) -> None:
    """Points there until that tile is shown."""
    scrub(visitor, share)
    visitor.page.wait_for_function(
        f"wanted => ({THUMBNAIL})().coordinates === wanted && ({THUMBNAIL})().loaded", arg=coordinates
    )


def assert_scrubs(visitor: Visitor, video_id: str) -> None:
    # Nine seconds are five tiles of 1.8 s, 160 pixels wide, in a row.
    thumbnail_at(visitor, 0.1, "0 0 160 90")
    thumbnail_at(visitor, 0.5, "320 0 160 90")
    thumbnail_at(visitor, 0.9, "640 0 160 90")
    shown = visitor.page.evaluate(THUMBNAIL)
    assert f"/videos/{video_id}/storyboard.jpg" in shown["source"]
    assert shown["width"] / shown["height"] == pytest.approx(16 / 9, rel=0.02)
    assert visitor.complaints == []


def test_scrubbing_shows_the_moment_that_is_pointed_at(
    server: Server, visit: Visit, small_video: Path
) -> None:
    visitor = visit(server.url)
    video_id = visitor.upload(small_video)
    expect(visitor.page.locator("#live .chip")).to_have_text("Ready")
    visitor.page.reload()
    visitor.page.locator("hls-video").wait_for()
    visitor.page.wait_for_function("() => document.querySelector('hls-video').duration > 8")
    assert_scrubs(visitor, video_id)


def asks(address: str, missing: str) -> str:
    """As templates/videos/_later.html has it, only sooner."""
    trigger = 'hx-trigger="load delay:100ms" hx-target="this" hx-swap="outerHTML"'
    return f'<div hidden hx-get="{address}/pictures?missing={missing}" {trigger}></div>'


def test_a_player_that_was_there_before_its_pictures_gets_them_too(
    server: Server, visit: Visit, small_video: Path
) -> None:
    visitor = visit(server.url)
    video_id = visitor.upload(small_video)
    expect(visitor.page.locator("#live .chip")).to_have_text("Ready")
    address = f"/videos/{video_id}"
    with server.client() as client:
        player = client.get(f"{address}/player").text
    # As it is while there is neither poster nor storyboard yet.
    track, end = player.index("<track"), player.index("</hls-video>")
    before = (
        f"{player[:track]}{asks(address, 'storyboard')}</hls-video>{asks(address, 'poster')}{player[end:]}"
    )
    before = before.replace(f' poster="{address}/poster.jpg"', "")
    visitor.page.route("**/player", lambda route: route.fulfill(body=before, content_type="text/html"))
    visitor.page.reload()
    visitor.page.locator("hls-video > track").wait_for(state="attached")
    poster = visitor.page.locator("media-poster-image")
    expect(poster).to_be_visible()
    assert poster.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    visitor.page.wait_for_function("() => document.querySelector('hls-video').duration > 8")
    assert_scrubs(visitor, video_id)


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_tile_that_is_pointed_at_moves_unless_motion_is_unwelcome(
    server: Server, visit: Visit, small_video: Path, motion: str
) -> None:
    video_id = server.upload(small_video)
    visitor = visit(server.url, reduced_motion=motion)
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    visitor.page.goto("/videos")
    tile, preview = visitor.page.locator(".tile"), visitor.page.locator(".tile .preview")
    expect(visitor.page.locator(".tile .chip")).to_have_text("Ready")
    expect(preview).to_be_attached()
    # A tile that was swapped in a moment ago may have had its picture looked at before its style.
    asked.clear()
    visitor.page.reload()
    expect(preview).to_be_attached()
    assert not [url for url in asked if "preview" in url]
    tile.hover()
    if motion == "reduce":
        expect(preview).to_be_hidden()
    else:
        visitor.page.wait_for_function("() => document.querySelector('.tile .preview').naturalWidth === 320")
        expect(preview).to_be_visible()
        assert preview.bounding_box() == tile.locator("figure").bounding_box()
    assert any(f"/videos/{video_id}/preview.webp" in url for url in asked) == (motion != "reduce")
    assert visitor.complaints == []


def test_another_moment_is_chosen_for_the_poster(server: Server, visit: Visit, small_video: Path) -> None:
    visitor = visit(server.url)
    video_id = visitor.upload(small_video)
    expect(visitor.page.locator("#live .chip")).to_have_text("Ready")
    before = poster_of(server, video_id)
    # The page is from before there was anything to choose from.
    visitor.page.locator("summary", has_text="Poster").click()
    visitor.page.get_by_role("button", name="The picture at 0:08").click()
    expect(visitor.page.get_by_text("Chosen by you")).to_be_attached()
    assert poster_of(server, video_id) != before
    visitor.page.locator("summary", has_text="Poster").click()
    assert visitor.accessibility() == [] and visitor.overflow == 0
    assert visitor.complaints == []


def poster_of(server: Server, video_id: str) -> bytes:
    with server.client() as client:
        return client.get(f"/videos/{video_id}/poster.jpg").raise_for_status().content

"""A visitor who uploads sound alone, and listens to it."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.test_browser_tracks import assert_french_can_be_chosen
from tests.support.browser import DESKTOP, PHONE
from tests.support.server import Server
from tests.support.sound import make_sound, make_sounds


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_sound_alone_is_uploaded_and_listened_to(
    server: Server, visit: Visit, tmp_path: Path, viewport: dict[str, int]
) -> None:
    visitor = visit(server.url, viewport=viewport)
    video_id = visitor.upload(make_sound(tmp_path / "A song.mp3", "libmp3lame", seconds=9))
    expect(visitor.page.locator("#live .chip")).to_have_text("Ready")
    visitor.page.locator("hls-video").wait_for()
    visitor.play(0.5)
    # Infinite as long as the player has the list that was still growing.
    visitor.page.wait_for_function("() => Math.abs(document.querySelector('hls-video').duration - 9) < 0.1")
    visitor.media("media.pause()")
    visitor.page.reload()  # the player may be older than the waveform
    visitor.page.locator("hls-video").wait_for()
    assert visitor.media("media.getAttribute('poster')").endswith(f"/videos/{video_id}/poster.jpg")
    assert visitor.overflow == 0 and visitor.accessibility() == []
    player = visitor.page.locator("media-controller").bounding_box()
    assert player and player["width"] / player["height"] == pytest.approx(16 / 9, rel=0.02)

    visitor.page.goto("/videos")
    tile = visitor.page.locator(f'a[href="/videos/{video_id}"]')
    expect(tile.locator("img")).to_be_visible()
    expect(tile).to_contain_text("Sound alone")
    assert visitor.complaints == []


def test_of_several_tracks_another_can_be_chosen(server: Server, visit: Visit, tmp_path: Path) -> None:
    visitor = visit(server.url)
    visitor.upload(make_sounds(tmp_path / "A talk.mka", ["eng", "fre"], seconds=9))
    expect(visitor.page.locator("#live .chip")).to_have_text("Ready")
    assert_french_can_be_chosen(visitor, played_to_s=8)

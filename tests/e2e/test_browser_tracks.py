"""A visitor chooses among tracks of sound while the video plays."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Visit
from tests.support.server import Server
from tests.support.tracks import SoundTrack, add_tracks


@pytest.mark.timeout(180)
def test_the_sound_can_be_changed_while_it_plays(
    server: Server, visit: Visit, small_video: Path, tmp_path: Path
) -> None:
    sounds = [SoundTrack(440, "eng"), SoundTrack(880, "fre")]
    visitor = visit(server.url)
    visitor.upload(add_tracks(small_video, tmp_path / "two.mkv", sounds))
    page = visitor.page
    page.locator("#live .chip", has_text="Ready").wait_for()
    page.locator("hls-video").wait_for()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    visitor.media("media.play()")
    page.wait_for_function("() => document.querySelector('hls-video').currentTime > 1")
    page.locator("media-audio-track-menu-button").click()
    page.get_by_role("menuitemradio", name="French").click()
    page.wait_for_function("() => document.querySelector('hls-video').currentTime > 3")
    assert visitor.media("[...media.audioTracks].map(track => [track.label, track.enabled])") == [
        ["English", False],
        ["French", True],
    ]
    assert any("/audio1/" in url for url in asked)
    assert visitor.complaints == []

"""Finished packages in the players that people have, beside Chromium with the vendored one."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Visit
from tests.support.browser import PLAYS_TO
from tests.support.firefox import firefox
from tests.support.server import Server
from tests.support.tracks import SoundTrack, add_tracks
from tests.support.video import VideoSpec, make_video
from tests.support.waiting import until_true

SECONDS = 12
PLAYER = "document.querySelector('hls-video')"
# Chromium's own player, without any script.
PLAY_NATIVELY = """async (url) => {
  const video = window.native = document.createElement('video');
  video.muted = true;
  video.src = url;
  document.body.append(video);
  await video.play();
}"""


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds with two tracks of sound."""
    folder = tmp_path_factory.mktemp("video")
    spec = VideoSpec(width=640, height=360, seconds=SECONDS, options={"preset": "ultrafast"})
    plain = make_video(folder / "plain.mp4", spec)
    return add_tracks(plain, folder / "A day.mkv", sounds=[SoundTrack(440, "eng"), SoundTrack(880, "fra")])


@pytest.fixture
def ready(server: Server, video: Path) -> str:
    """The id of a video that is ready."""
    video_id = server.upload(video)
    with server.client() as client:
        until_true(lambda: client.get(f"/videos/{video_id}").json()["status"] == "ready", 120)
    return video_id


def test_firefox_plays_seeks_and_changes_sound_and_size(server: Server, ready: str, tmp_path: Path) -> None:
    with firefox(tmp_path) as browser:
        browser.goto(f"{server.url}/videos/{ready}")
        browser.wait_for(f"{PLAYER} !== null")
        browser.wait_for(f"({PLAYS_TO})(1)")
        assert browser.evaluate(f"{PLAYER}.duration") == pytest.approx(SECONDS, abs=0.1)
        for rendition in range(browser.evaluate(f"{PLAYER}.videoRenditions.length")):
            browser.evaluate(f"{PLAYER}.videoRenditions.selectedIndex = {rendition}")
            browser.evaluate(f"{PLAYER}.currentTime = {9 - 4 * rendition}")
            browser.wait_for(f"!{PLAYER}.seeking && {PLAYER}.currentTime > {9.3 - 4 * rendition}")
        browser.evaluate(f"{PLAYER}.audioTracks[1].enabled = true")
        browser.evaluate(f"{PLAYER}.currentTime = 2")
        browser.wait_for(f"{PLAYER}.currentTime > 3")
        browser.evaluate(f"{PLAYER}.currentTime = {SECONDS - 1}")
        browser.wait_for(f"{PLAYER}.ended")
        assert browser.evaluate(f"{PLAYER}.error") is None
        assert browser.complaints == []


def test_chromium_plays_and_seeks_without_a_script(server: Server, visit: Visit, ready: str) -> None:
    visitor = visit(server.url)
    visitor.page.goto("/videos")
    visitor.page.evaluate(PLAY_NATIVELY, f"/videos/{ready}/hls/multivariant.m3u8")
    visitor.page.wait_for_function("() => native.currentTime > 1")
    assert visitor.page.evaluate("native.duration") == pytest.approx(SECONDS, abs=0.1)
    visitor.page.evaluate("native.currentTime = 9")
    visitor.page.wait_for_function("() => !native.seeking && native.currentTime > 9.3")
    visitor.page.evaluate("native.currentTime = 3")
    visitor.page.wait_for_function("() => !native.seeking && native.currentTime > 3.3")
    assert visitor.page.evaluate("native.error") is None
    assert visitor.complaints == []

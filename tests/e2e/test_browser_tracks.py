"""A visitor chooses among tracks of sound and of subtitles while the video plays."""

from pathlib import Path

from tests.e2e.conftest import Visit
from tests.support.browser import Visitor
from tests.support.server import Server
from tests.support.tracks import SoundTrack, SubtitleTrack, add_tracks


def assert_french_can_be_chosen(visitor: Visitor, played_to_s: int) -> None:
    """Of English and French, amid a video that is ready; and it is played up to there."""
    page = visitor.page
    page.reload()  # while it is encoded there may be just the main sound
    page.locator("hls-video").wait_for()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    visitor.play(1)
    page.locator("media-audio-track-menu-button").click()
    page.get_by_role("menuitemradio", name="French").click()
    page.wait_for_function(f"() => document.querySelector('hls-video').currentTime > {played_to_s}")
    assert visitor.media("[...media.audioTracks].map(track => [track.label, track.enabled])") == [
        ["English", False],
        ["French", True],
    ]
    assert any("/audio1/" in url for url in asked)
    assert visitor.complaints == []


def test_the_sound_can_be_changed_while_it_plays(
    server: Server, visit: Visit, small_video: Path, tmp_path: Path
) -> None:
    sounds = [SoundTrack(440, "eng"), SoundTrack(880, "fre")]
    visitor = visit(server.url)
    visitor.upload(add_tracks(small_video, tmp_path / "two.mkv", sounds))
    visitor.page.locator("#live .chip", has_text="Ready").wait_for()
    assert_french_can_be_chosen(visitor, played_to_s=3)


def test_subtitles_can_be_chosen(server: Server, visit: Visit, small_video: Path, tmp_path: Path) -> None:
    texts = [
        SubtitleTrack("1\n00:00:01,000 --> 00:00:09,000\nGood <i>evening</i>\n", "eng"),
        SubtitleTrack("1\n00:00:01,000 --> 00:00:09,000\nGuten Abend\n", "ger"),
    ]
    visitor = visit(server.url)
    visitor.upload(add_tracks(small_video, tmp_path / "texts.mkv", [SoundTrack(440)], texts))
    page = visitor.page
    page.locator("#live .chip", has_text="Ready").wait_for()
    page.reload()
    page.locator("hls-video").wait_for()
    page.locator("media-captions-menu-button").click()
    page.get_by_role("menuitemradio", name="German").click()
    visitor.play(1)
    page.wait_for_function(
        """() => [...document.querySelector('hls-video').textTracks].some(
            track => track.mode === 'showing' && track.activeCues?.[0]?.text === 'Guten Abend')"""
    )
    assert visitor.media("media.currentTime") >= 1
    assert visitor.complaints == []


def test_there_are_no_menus_where_there_is_nothing_to_choose(
    server: Server, visit: Visit, small_video: Path
) -> None:
    visitor = visit(server.url)
    visitor.upload(small_video)
    page = visitor.page
    page.locator("hls-video").wait_for()
    visitor.play(1)
    assert page.locator("media-rendition-menu-button").is_visible()
    page.locator("media-audio-track-menu-button").wait_for(state="hidden")
    page.locator("media-captions-menu-button").wait_for(state="hidden")

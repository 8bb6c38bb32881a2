"""The vendored player in a real browser, with AV1 beside H.264."""

from pathlib import Path

from tests.e2e.conftest import Visit
from tests.support.server import Server


def test_a_browser_plays_the_av1_renditions(visit: Visit, small_video: Path, tmp_path: Path) -> None:
    with Server(tmp_path / "data", RUSHES_CODECS="h264,av1") as server:
        visitor = visit(server.url)
        visitor.upload(small_video)
        page = visitor.page
        page.locator("#live .chip", has_text="Ready").wait_for()
        page.reload()
        page.locator("hls-video").wait_for()
        page.wait_for_function("() => document.querySelector('hls-video').api?.levels.length")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        assert visitor.media("MediaSource.isTypeSupported('video/mp4; codecs=\"av01.0.00M.08\"')")
        visitor.play(0.2)
        visitor.media(
            "media.api.nextLevel = media.api.levels.findIndex(one => one.videoCodec.startsWith('av01'))"
        )
        page.wait_for_function("() => document.querySelector('hls-video').currentTime > 8")
        assert any("_av1/s0000" in url for url in asked)
        assert visitor.complaints == []

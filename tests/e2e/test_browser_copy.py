"""A visitor watches the upload itself, and then the ladder once they want to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Visit
from tests.e2e.test_browser_upload import ENCODED_WITHIN_MS, chip, plays
from tests.support.browser import Visitor
from tests.support.server import Server
from tests.support.video import VideoSpec, make_video

LONGER_S = 90
QUALITIES = "media.videoRenditions.length"
# At one glance: the run may end at any moment.
PROCESSING_WITHOUT_OFFER = """() => document.querySelector('#live .chip').innerText === 'Processing'
  && !document.body.innerText.includes('Higher qualities are ready.')"""


def offer(visitor: Visitor) -> bool:
    return visitor.page.get_by_text("Higher qualities are ready.").is_visible()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """With one slot: the ladder is not there before somebody has looked."""
    with Server(tmp_path / "data", RUSHES_ENCODER_SLOTS="1") as server:
        yield server


@pytest.fixture
def longer_video(tmp_path: Path) -> Path:
    """A minute and a half, which takes longer than somebody to begin to watch."""
    spec = VideoSpec(width=640, height=360, seconds=LONGER_S, options={"preset": "ultrafast"})
    return make_video(tmp_path / "Two days at the sea.mp4", spec)


def test_the_upload_is_played_at_once_and_the_ladder_after_a_click(
    server: Server, visit: Visit, longer_video: Path
) -> None:
    visitor = visit(server.url)
    visitor.upload(longer_video)
    # In the second place if it was there before the player.
    visitor.page.locator("media-controller > media-poster-image, hls-video[poster]").first.wait_for()
    plays(visitor)
    assert visitor.page.evaluate(PROCESSING_WITHOUT_OFFER)
    elsewhere = visit(server.url)
    elsewhere.page.goto(visitor.page.url.replace("/videos/", "/embed/"))
    elsewhere.page.locator("hls-video").wait_for()
    plays(elsewhere)
    assert elsewhere.media(QUALITIES) == 1 and not offer(elsewhere)
    visitor.page.locator("hls-video > track[label=thumbnails]").wait_for(state="attached")
    assert visitor.media(QUALITIES) == 1
    visitor.page.wait_for_function("() => Number.isFinite(document.querySelector('hls-video').duration)")
    visitor.media("media.currentTime = 25")
    plays(visitor)
    visitor.media("media.touched = true")
    chip(visitor, "Ready", ENCODED_WITHIN_MS)
    visitor.page.get_by_text("Higher qualities are ready.").wait_for()
    assert visitor.media("media.touched && media.currentTime") > 25
    assert visitor.accessibility() == [] and visitor.overflow == 0
    loads = visitor.loads
    visitor.page.get_by_role("link", name="Reload the player").click()
    visitor.page.wait_for_function("() => document.querySelector('hls-video').videoRenditions?.length === 2")
    assert not visitor.media("media.touched") and visitor.loads == loads
    plays(visitor)
    assert visitor.media("media.duration") == pytest.approx(LONGER_S, abs=0.1)
    assert not offer(visitor)
    elsewhere.page.get_by_text("Higher qualities are ready.").wait_for()
    assert elsewhere.accessibility() == [] and elsewhere.overflow == 0
    elsewhere.page.get_by_role("link", name="Reload the player").click()
    elsewhere.page.wait_for_function(
        "() => document.querySelector('hls-video').videoRenditions?.length === 2"
    )
    plays(elsewhere)
    assert not offer(elsewhere)
    assert visitor.complaints == elsewhere.complaints == []


def test_whoever_comes_later_gets_the_ladder_and_no_offer(
    server: Server, visit: Visit, small_video: Path
) -> None:
    visitor = visit(server.url)
    visitor.upload(small_video)
    chip(visitor, "Ready")
    visitor.page.reload()
    visitor.page.locator("hls-video").wait_for()
    plays(visitor)
    assert visitor.media(QUALITIES) == 2
    assert not offer(visitor)
    assert visitor.complaints == []

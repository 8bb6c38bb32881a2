"""Videos on a site that is not ours, in Chromium: the snippets of a video's page, pasted as they are."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, FrameLocator, Locator, Page, expect

from tests.e2e.conftest import Visit
from tests.support.browser import SCHEMES
from tests.support.elsewhere import Elsewhere, elsewhere
from tests.support.server import Server
from tests.support.video import VideoSpec, make_video
from tests.support.waiting import until_true

WITHIN_MS = 150_000
PLAYER, PLAIN, FRAGMENTS = range(3)
# Notes each value that the progress bar has, however busy the machine is.
NOTE_PERCENTS = """() => {
  window.seen = [];
  new MutationObserver(() => {
    const value = document.querySelector('.rushes progress')?.getAttribute('value');
    if (value && window.seen.at(-1) !== value) window.seen.push(value);
  }).observe(document.body, { subtree: true, childList: true });
}"""
SIZES = [(1280, 720), (640, 360), (300, 500), (320, 180), (200, 112)]


@pytest.fixture
def site() -> Iterator[Elsewhere]:
    with elsewhere() as site:
        yield site


@pytest.fixture
def wander(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`wander()` is a page of somebody who goes where they like."""
    contexts = []

    def wander(**options: object) -> Page:
        contexts.append(browser.new_context(**options))  # type: ignore[arg-type]
        contexts[-1].set_default_timeout(WITHIN_MS)
        return contexts[-1].new_page()

    yield wander
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def slow_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Encoding it takes long enough to watch the percent rise."""
    spec = VideoSpec(width=1280, height=720, seconds=20, options={"preset": "ultrafast"})
    return make_video(tmp_path_factory.mktemp("media") / "Tom & 'Jerry' <3.mp4", spec)


def snippet(wander: Callable[..., Page], server: Server, video_id: str, which: int) -> str:
    """What a reader copies from the video's page."""
    page = wander()
    page.goto(f"{server.url}/videos/{video_id}")
    page.locator("summary", has_text="Embed").click()
    field = page.locator(".snippets textarea").nth(which)
    expect(field).to_be_visible()
    return field.input_value()


def process(server: Server, video_id: str) -> None:
    """Begins when somebody looks, however long it took them to come."""
    with server.client() as client:
        client.post(f"/videos/{video_id}/process").raise_for_status()


def percents(bar: Locator, done: Locator) -> list[str]:
    """The values that a progress bar shows one after the other, until something else is there."""
    seen: list[str] = []
    until_true(lambda: _look(bar, seen) or done.count() > 0, within_s=WITHIN_MS / 1000)
    return seen


def _look(bar: Locator, seen: list[str]) -> bool:
    for value in bar.evaluate_all("bars => bars.map(bar => bar.getAttribute('value'))")[-1:]:
        if value not in seen[-1:]:
            seen.append(value)
    return False


def assert_rising(values: list[str]) -> None:
    assert len(values) >= 3
    assert [int(value) for value in values] == sorted(int(value) for value in values)


# A player that was loaded a moment ago forgets that it was to play when its list arrives.
PLAY_AND_TELL_THE_TIME = """media => {
  media.muted = true;
  if (media.paused) media.play().catch(() => {});
  return media.currentTime;
}"""


def assert_plays(media: Locator) -> None:
    until_true(lambda: float(media.evaluate(PLAY_AND_TELL_THE_TIME)) > 0.5)


def frame_of(page: Page, path: str) -> Frame:
    def found() -> list[Frame]:
        page.wait_for_timeout(20)  # news of frames comes while something is asked of the page
        return [frame for frame in page.frames if path in frame.url]

    until_true(lambda: bool(found()))
    return found()[0]


def times(page: Page, said: list[str], *words: str) -> int:
    """How often the console said this."""
    page.wait_for_timeout(20)  # messages come while something is asked of the page
    return sum(all(word in text for word in words) for text in said)


def test_the_iframe_goes_from_status_to_player_by_itself(
    server: Server, site: Elsewhere, wander: Callable[..., Page], slow_video: Path
) -> None:
    video_id = server.upload(slow_video, process=False)
    html = snippet(wander, server, video_id, PLAYER)
    page = wander()
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    page.goto(site.put("/player", html))
    process(server, video_id)
    inside: FrameLocator = page.frame_locator("iframe")
    expect(page.locator("iframe")).to_have_attribute("title", "Tom & 'Jerry' <3")
    media = inside.locator("hls-video")
    expect(media).to_be_attached(timeout=WITHIN_MS)
    assert_plays(media)
    media.evaluate("media => { media.mark = 'the same' }")
    # It goes on below what is being watched, and is gone at the end.
    expect(inside.locator("progress")).to_have_count(0, timeout=WITHIN_MS)
    assert media.evaluate("media => media.mark") == "the same"
    assert_plays(media)
    assert [url for url in loads if url.startswith(server.url)] == [f"{server.url}/embed/{video_id}"]


def test_without_any_script_the_status_moves_until_the_player_is_there(
    server: Server, site: Elsewhere, wander: Callable[..., Page], slow_video: Path
) -> None:
    video_id = server.upload(slow_video, process=False)
    html = snippet(wander, server, video_id, PLAIN)
    page = wander(java_script_enabled=False)
    page.goto(site.put("/plain", html), wait_until="commit")
    process(server, video_id)
    inside = page.frame_locator("iframe")
    video = inside.locator("video")
    assert_rising(percents(inside.locator("progress"), video))
    expect(inside.locator(".state:visible")).to_have_count(1)
    expect(video).to_be_visible()
    until_true(lambda: int(video.evaluate("video => video.readyState")) >= 1)
    assert video.evaluate("video => Math.round(video.duration)") == 20


def test_the_page_for_an_iframe_goes_without_scripts_where_they_are_off(
    server: Server, wander: Callable[..., Page]
) -> None:
    with server.client() as client:
        video_id = client.post("/videos", json={"filename": "a.mp4"}).json()["videoId"]
    page = wander(java_script_enabled=False)
    page.goto(f"{server.url}/embed/{video_id}", wait_until="commit")
    page.wait_for_url("**/plain", wait_until="commit")
    expect(page.get_by_text("Waiting for its file").last).to_be_visible()


def test_fragments_live_in_a_page_elsewhere(
    server: Server, site: Elsewhere, wander: Callable[..., Page], slow_video: Path
) -> None:
    video_id = server.upload(slow_video, process=False)
    html = snippet(wander, server, video_id, FRAGMENTS)
    page = wander()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.goto(site.put("/fragments", html))
    page.evaluate(NOTE_PERCENTS)
    process(server, video_id)
    live = page.locator(".rushes")
    expect(live).to_contain_text("Tom & 'Jerry' <3")
    expect(live.locator("iframe")).to_be_visible(timeout=WITHIN_MS)
    player = frame_of(page, "/embed/")
    player.wait_for_selector("hls-video", state="attached")
    player.evaluate("() => { window.mark = 'the same' }")
    expect(page.locator(".rushes[data-status=ready]")).to_be_visible(timeout=WITHIN_MS)
    assert_rising(page.evaluate("() => window.seen"))
    # The player was moved from fragment to fragment, and never loaded again.
    assert frame_of(page, "/embed/").evaluate("() => window.mark") == "the same"
    assert_plays(page.frame_locator("iframe").locator("hls-video"))
    assert page.evaluate("() => document.cookie") == ""
    assert refused == []


def test_a_site_that_may_not_shows_nothing(
    server: Server, site: Elsewhere, wander: Callable[..., Page]
) -> None:
    with server.client() as client:
        wanted = {"filename": "secret.mp4", "embed": ["https://friend.example"]}
        video_id = client.post("/videos", json=wanted).json()["videoId"]
        html = "".join(snippet(wander, server, video_id, which) for which in range(3))
        page = wander()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(site.put("/refused", html))
        until_true(lambda: times(page, said, "frame-ancestors") >= 2)
        until_true(lambda: times(page, said, "/fragments", "CORS") >= 1)
        assert page.locator(".rushes").count() == 0
        assert not any(frame.locator(".status").count() for frame in page.frames)
        client.patch(f"/videos/{video_id}", json={"embed": [site.url]}).raise_for_status()
    page.reload(wait_until="commit")
    expect(page.locator(".rushes")).to_contain_text("secret")
    expect(page.frame_locator("iframe").first.locator(".status")).to_contain_text("secret")
    expect(page.frame_locator("iframe").nth(1).locator(".status").last).to_contain_text("secret")


def test_a_policy_is_set_on_the_videos_page(server: Server, visit: Visit) -> None:
    with server.client() as client:
        video_id = client.post("/videos", json={"filename": "a.mp4"}).json()["videoId"]
        visitor = visit(server.url)
        page = visitor.page
        page.goto(f"/videos/{video_id}")
        page.locator("summary", has_text="Embed").click()
        page.get_by_label("These sites:").check()
        page.get_by_label("Origins").fill("https://Example.org http://localhost:3000/")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name=re.compile("is no origin"))).to_be_visible()
        page.go_back()
        page.locator("summary", has_text="Embed").click()
        page.get_by_label("These sites:").check()
        page.get_by_label("Origins").fill("https://Example.org http://localhost:3000")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("summary", has_text="These sites may")).to_contain_text("https://example.org")
        assert client.get(f"/videos/{video_id}").json()["embed"] == [
            "https://example.org",
            "http://localhost:3000",
        ]
        assert visitor.accessibility() == []


def fits(shown: Locator, width: int, height: int) -> bool:
    """Whether all of it lies in a window of this size, in pixels."""
    box = shown.bounding_box()
    return (
        box is not None
        and min(box["x"], box["y"]) >= 0
        and box["x"] + box["width"] <= width + 1
        and box["y"] + box["height"] <= height + 1
    )


def test_every_size_and_both_schemes_hold_what_there_is_to_say(
    server: Server, visit: Visit, small_video: Path, tmp_path: Path
) -> None:
    letter = tmp_path / "A letter with a name that is rather long, and_goes_on_without_a_single_space.mp4"
    letter.write_text("Dear all,\n" * 100)
    with server.client() as client:
        ready, failed = server.upload(small_video), server.upload(letter)
        waiting = client.post("/videos", json={"filename": letter.name}).json()["videoId"]
        until_true(lambda: client.get(f"/videos/{ready}").json()["status"] == "ready")
        until_true(lambda: client.get(f"/videos/{failed}").json()["status"] == "failed")
    for scheme in SCHEMES:
        visitor = visit(server.url, color_scheme=scheme)
        page = visitor.page
        for video_id, path in product((ready, failed, waiting), ("", "/plain")):
            page.goto(f"/embed/{video_id}{path}", wait_until="commit")
            shown = page.locator(".screen, .status").last
            for width, height in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                expect(shown).to_be_visible()
                # The page is laid out anew a moment after its size was changed.
                until_true(partial(fits, shown, width, height), why=f"{path} of {video_id} at {width}")
                assert visitor.overflow == 0, (video_id, path, width)
            if video_id == failed:
                expect(shown).to_contain_text("This is not a file that Rushes can read.")
            if path == "" or video_id != waiting:  # a page that goes on never finishes to load
                assert visitor.accessibility() == []
        assert visitor.complaints == []

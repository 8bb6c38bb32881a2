"""A visitor who watches what is still being encoded, and is faster than that."""

import contextlib
import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Request, Response, TimeoutError as TooLong

from tests.e2e.conftest import Visit
from tests.support.browser import Visitor
from tests.support.growing import Growing
from tests.support.server import Server
from tests.support.waiting import until_true

# Seconds at which the segments of nine seconds end.
ENDS_S = [2, 6, 9]
SOUND_IS_LONGER_S = 0.02
PICTURE_SEGMENT = re.compile(r"p/s(\d+)\.m4s")
# A list is asked for once a second; after half a segment's length it was. One look may be under way, the next
# finds what is new, and what that names is asked for a moment later.
APART_MS, MOST_LOOKS = 1_500, 3
LONGEST_WAIT_FOR_A_LOOK_MS = 4_000
# What the sound device was given already.
SOUND_PLAYED_MS = 500
NOTE_SEEKS = """() => {
  window.seeks = 0;
  document.querySelector('hls-video').addEventListener('seeking', event => {
    window.seeks += 1;
    window.sought = event.target.currentTime;
  });
}"""
STANDS = """second => {
  const media = document.querySelector('hls-video');
  return media.readyState < 3 && media.currentTime > second - 0.2;
}"""


@pytest.fixture
def growing(server: Server, small_video: Path, tmp_path: Path) -> tuple[str, Growing]:
    """The address of a page whose video can be watched as far as its lists say, and those."""
    video_id = server.upload(small_video)
    with server.client() as client:
        until_true(lambda: client.get(f"/videos/{video_id}").json()["status"] == "ready")
    return f"/videos/{video_id}", Growing(tmp_path / "data", video_id)


def watching(visitor: Visitor, path: str) -> None:
    visitor.page.goto(path)
    visitor.page.locator("hls-video").wait_for()
    visitor.page.evaluate(NOTE_SEEKS)
    visitor.play(0.1)


def stands_at(visitor: Visitor, second: float) -> None:
    """Has played all that there is, and waits."""
    visitor.page.wait_for_function(STANDS, arg=second)


def is_list(response: Response) -> bool:
    return "p/playlist.m3u8" in response.url


def looks(visitor: Visitor) -> None:
    """The player asks for news, or has asked and waits for it."""
    with contextlib.suppress(TooLong):
        visitor.page.wait_for_event("response", predicate=is_list, timeout=LONGEST_WAIT_FOR_A_LOOK_MS)


class Looks:
    """The moments at which the player asked for a list, in ms, by the browser's clock.

    Attributes:
        before: how many there were when it first asked for each segment, by its number.
    """

    def __init__(self, visitor: Visitor) -> None:
        self._page = visitor.page
        self.began: list[float] = []
        self.before: dict[int, int] = {}
        self._page.on("response", self._note)
        self._page.on("request", self._note_segment)

    def _note(self, response: Response) -> None:
        if is_list(response):
            self.began.append(response.request.timing["startTime"])

    def _note_segment(self, request: Request) -> None:
        if segment := PICTURE_SEGMENT.search(request.url):
            self.before.setdefault(int(segment[1]), len(self.began))

    def apart_ms(self, count: int) -> float:
        """The shortest time between some that follow: others are longer where the machine is busy."""
        first = len(self.began)

        def enough() -> bool:
            self._page.wait_for_timeout(20)  # responses come while something is asked of the page
            return len(self.began) > first + count

        until_true(enough)
        return min(later - earlier for earlier, later in pairwise(self.began[first:]))


def test_news_are_asked_for_once_a_second_and_the_picture_goes_on_with_them(
    server: Server, visit: Visit, growing: tuple[str, Growing]
) -> None:
    path, lists = growing
    lists.name(1)
    visitor = visit(server.url)
    looks = Looks(visitor)
    watching(visitor, path)
    for segments, end_s in enumerate(ENDS_S[:2], start=2):
        stands_at(visitor, end_s)
        assert looks.apart_ms(3) < APART_MS
        before = len(looks.began)
        lists.name(segments, ended=segments == len(ENDS_S))
        visitor.page.wait_for_function(
            "second => document.querySelector('hls-video').currentTime > second",
            arg=end_s + SOUND_IS_LONGER_S,
        )
        assert looks.before[segments - 1] <= before + MOST_LOOKS
    visitor.page.wait_for_function("() => document.querySelector('hls-video').ended")
    assert visitor.media("media.duration") == pytest.approx(ENDS_S[-1], abs=0.1)
    assert visitor.page.evaluate("window.seeks") == 0
    assert visitor.complaints == []


def test_who_presses_pause_and_play_where_there_is_no_more_yet_is_not_thrown_back(
    server: Server, visit: Visit, growing: tuple[str, Growing]
) -> None:
    path, lists = growing
    lists.name(2)
    visitor = visit(server.url)
    watching(visitor, path)
    stands_at(visitor, 6)
    visitor.page.wait_for_timeout(SOUND_PLAYED_MS)
    visitor.media("media.pause()")
    # The sound has got as far as it goes, and that is farther than the picture's lists.
    visitor.page.wait_for_function("() => document.querySelector('hls-video').currentTime > 6")
    visitor.media("void media.play()")
    looks(visitor)
    looks(visitor)
    assert visitor.page.evaluate("window.seeks") == 0
    assert visitor.media("media.currentTime") > 6
    lists.name(3, ended=True)
    visitor.page.wait_for_function("() => document.querySelector('hls-video').ended")
    assert visitor.page.evaluate("window.seeks") == 0
    assert visitor.complaints == []


def test_one_can_seek_in_what_there_is(server: Server, visit: Visit, growing: tuple[str, Growing]) -> None:
    path, lists = growing
    lists.name(2)
    visitor = visit(server.url)
    watching(visitor, path)
    stands_at(visitor, 6)
    box = visitor.page.locator("media-time-range").bounding_box()
    assert box
    visitor.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    visitor.page.wait_for_function("() => document.querySelector('hls-video').currentTime < 4.5")
    assert visitor.page.evaluate("window.sought") == pytest.approx(3, abs=1.2)
    stands_at(visitor, 6)
    assert visitor.page.evaluate("window.seeks") == 1
    assert visitor.complaints == []

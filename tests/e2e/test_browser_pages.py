"""What every page owes its visitors: phone and desktop, light and dark, keyboard, no scripts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import Visit
from tests.support.browser import DESKTOP, PHONE, SCHEMES, Visitor
from tests.support.server import Server
from tests.support.video import make_video
from tests.support.waiting import until_true

LEAST_TARGET_PX = 24  # WCAG 2.5.8
UNBROKEN = "An_unbroken-name" * 12
# What has the focus, in the words of a screen reader, also inside the player.
FOCUSED = """() => {
  let element = document.activeElement;
  const name = element.getAttribute('aria-label') ?? element.innerText ?? '';
  return element.tagName.toLowerCase() + ' ' + (element.name ?? '') + ' ' + name;
}"""


@dataclass(frozen=True)
class House:
    """A server on which there is something in every state; the values are paths."""

    server: Server
    ready: str
    failed: str
    waiting: str

    @property
    def pages(self) -> list[str]:
        return ["/videos", self.ready, self.failed, self.waiting, "/nothing"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    portrait = make_video(folder / "portrait.mp4", width=180, height=320, seconds=2)
    letter = folder / "letter.mp4"
    letter.write_text("Dear all,\n" * 100)
    with Server(folder / "data") as server, server.client() as client:
        ready, failed = (
            f"/videos/{server.upload(path, title=title)}"
            for path, title in ((portrait, UNBROKEN), (letter, "A letter"))
        )
        waiting = client.post("/videos", json={"filename": "c.mp4"}).json()["videoId"]
        until_true(lambda: client.get(ready).json()["status"] == "ready")
        until_true(lambda: client.get(failed).json()["status"] == "failed")
        yield House(server, ready, failed, f"/videos/{waiting}")


def complaints(visitor: Visitor) -> list[str]:
    """All but those about what is meant to be missing."""
    return [said for said in visitor.complaints if "404" not in said]


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_page_is_for_everybody(
    house: House, visit: Visit, viewport: dict[str, int], scheme: str
) -> None:
    visitor = visit(house.server.url, viewport=viewport, color_scheme=scheme)
    for path in house.pages:
        visitor.page.goto(path)
        if path == house.ready:
            visitor.page.locator("media-controller").wait_for()
        assert visitor.overflow == 0, path
        assert visitor.accessibility() == [], path
    assert complaints(visitor) == []


def test_a_portrait_video_keeps_its_shape(house: House, visit: Visit) -> None:
    visitor = visit(house.server.url, viewport=PHONE)
    visitor.page.goto(house.ready)
    box = visitor.page.locator("media-controller").bounding_box()
    assert box
    assert box["height"] > box["width"]


def test_the_player_takes_the_place_that_was_kept_for_it(house: House, visit: Visit) -> None:
    visitor = visit(house.server.url)
    visitor.page.route("**/player", lambda route: None)  # never answered
    visitor.page.goto(house.ready)
    kept = visitor.page.locator("#waiting").bounding_box()
    visitor.page.unroute("**/player")
    visitor.page.goto(house.ready)
    assert visitor.page.locator("media-controller").bounding_box() == kept


def test_on_a_phone_nothing_of_the_renditions_is_cut_off(house: House, visit: Visit) -> None:
    visitor = visit(house.server.url, viewport=PHONE)
    visitor.page.goto(house.ready)
    table = visitor.page.locator(".scroll")
    assert table.evaluate("box => box.scrollWidth - box.clientWidth") == 0


def test_on_a_phone_there_is_room_to_point_at_a_moment(house: House, visit: Visit) -> None:
    visitor = visit(house.server.url, viewport=PHONE)
    visitor.page.goto(house.ready)
    player, time = visitor.page.locator("media-controller"), visitor.page.locator("media-time-range")
    visitor.page.locator("media-fullscreen-button").wait_for()
    outer, inner = player.bounding_box(), time.bounding_box()
    assert outer and inner
    assert inner["width"] == outer["width"] and inner["height"] >= LEAST_TARGET_PX
    for button in visitor.page.locator("media-control-bar > :not(media-time-range):visible").all():
        box = button.bounding_box()
        assert box and min(box["width"], box["height"]) >= LEAST_TARGET_PX
        assert inner["y"] + inner["height"] <= box["y"]
        assert box["y"] + box["height"] <= outer["y"] + outer["height"]


def reached(visitor: Visitor, presses: int) -> list[str]:
    """What gets the focus, by the Tab key alone."""
    found = []
    for _ in range(presses):
        visitor.page.keyboard.press("Tab")
        found.append(visitor.page.evaluate(FOCUSED))
    return found


def test_the_keyboard_reaches_everything_in_the_library(house: House, visit: Visit) -> None:
    visitor = visit(house.server.url)
    visitor.page.goto("/videos")
    found = reached(visitor, 10)
    assert found[0] == "a  Skip to content"
    for wanted in ("a  Library", "input file Video file", "input title", "button  Upload", "input q"):
        assert any(one.startswith(wanted) for one in found), wanted
    assert sum("Ready" in one or "Failed" in one or "Waiting" in one for one in found) == 3


def test_the_keyboard_reaches_everything_of_a_video(house: House, visit: Visit) -> None:
    visitor = visit(house.server.url)
    visitor.page.goto(house.ready)
    visitor.page.locator("media-controller").wait_for()
    found = " ; ".join(reached(visitor, 30))
    for wanted in ("media-play-button", "media-time-range", "media-fullscreen-button"):
        assert wanted in found
    for wanted in ("Download original", "Delete", "multivariant.m3u8", "div  Quality", "div  "):
        assert wanted in found
    visitor.page.get_by_role("button", name="Delete", exact=True).focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_role("dialog").wait_for()
    visitor.page.keyboard.press("Escape")
    visitor.page.get_by_role("dialog").wait_for(state="hidden")


def test_without_scripts_all_of_it_works(house: House, visit: Visit, long_video: Path) -> None:
    visitor = visit(house.server.url, java_script_enabled=False)
    visitor.upload(long_video)
    loads = visitor.loads
    visitor.page.locator(".chip", has_text="Ready").wait_for()
    assert visitor.loads > loads  # by itself
    video = visitor.page.locator("#player video")
    assert video.is_visible()
    assert visitor.page.locator("#waiting").is_hidden()
    assert visitor.page.get_by_role("link", name="Download original").is_visible()
    assert visitor.complaints == []
    visitor.page.get_by_role("button", name="Delete", exact=True).click()
    visitor.page.get_by_role("button", name="Delete it").click()
    visitor.page.wait_for_url("**/videos")
    # What the browser's player asked for just then is not there any more.
    assert complaints(visitor) == []

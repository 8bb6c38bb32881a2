"""A real Chromium that notices whatever a visitor would: errors, requests that fail, other hosts."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Frame,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

EXECUTABLE = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
AXE = Path(__file__).parents[2] / "vendor/node_modules/axe-core/axe.min.js"
PATIENCE_MS = 120_000
expect.set_options(timeout=PATIENCE_MS)  # its own 5 s are too few on a machine that is busy
LEFT_BY_THE_PAGE = "net::ERR_ABORTED"
# A player that was loaded a moment ago forgets that it was to play when its list arrives, and a promise to
# play is never kept if what is to be played is exchanged just then.
PLAYS_TO = """second => {
  const media = document.querySelector('hls-video');
  if (media.paused && !media.ended) media.play().catch(() => {});
  return media.currentTime > second;
}"""
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1180, "height": 800}
SCHEMES = ("light", "dark")


@contextmanager
def chromium() -> Iterator[Browser]:
    if not EXECUTABLE.exists():
        pytest.fail(f"There is no {EXECUTABLE}: `make test` installs it, or `apt-get install chromium` does.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
        yield browser
        browser.close()


class Visitor:
    """
    Attributes:
        complaints: what went wrong while this visitor was here.
        loads: how many pages were loaded.
    """

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self.url = url
        self.complaints: list[str] = []
        self.loads = 0
        self._context = browser.new_context(base_url=url, **{"viewport": DESKTOP, **options})
        self._context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self._context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        self.page.on("request", self._request)
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._response)
        self.page.on("framenavigated", self._navigated)

    def close(self) -> None:
        self._context.close()

    def upload(self, path: Path) -> str:
        """Uploads a file by the library's form; returns the video's id."""
        self.page.goto("/videos")
        self.page.get_by_label("Video file").set_input_files(path)
        self.page.get_by_role("button", name="Upload").click()
        self.page.wait_for_url("**/videos/*")
        return self.page.url.rpartition("/")[2]

    def slow_down(self, upload_bytes_per_s: int) -> None:
        """Makes the page's network as slow as that in one direction."""
        session = self._context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": 0,
                "downloadThroughput": -1,
                "uploadThroughput": upload_bytes_per_s,
            },
        )

    def accessibility(self) -> list[str]:
        """The serious and critical violations on the page, as axe-core finds them."""
        self.page.evaluate(AXE.read_text())
        options = {
            "rules": {"target-size": {"enabled": True}}
        }  # WCAG 2.5.8, which axe does not ask by itself
        found = cast("dict[str, Any]", self.page.evaluate("options => axe.run(options)", options))
        return [
            f"{violation['id']}: {node['html'][:200]}: {node['failureSummary']}"
            for violation in found["violations"]
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]

    @property
    def overflow(self) -> int:
        """How many pixels of the page lie beyond its right edge."""
        return int(
            self.page.evaluate(
                "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )

    def media(self, expression: str) -> Any:
        """Evaluates JavaScript about the player's media element, called `media` there."""
        return self.page.evaluate(
            f"() => {{ const media = document.querySelector('hls-video'); return {expression} }}"
        )

    def play(self, to_s: float) -> None:
        """Plays until it has come past that second."""
        self.page.wait_for_function(PLAYS_TO, arg=to_s)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "blob:", "data:")):
            self.complaints.append(f"another host: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != LEFT_BY_THE_PAGE:
            self.complaints.append(f"failed: {request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")

    def _navigated(self, frame: Frame) -> None:
        self.loads += frame == self.page.main_frame

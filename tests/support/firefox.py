"""A real Firefox, spoken to by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/).

Playwright's Firefox is a build of its own, which no registry has.
"""

import itertools
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, cast

import pytest
from websockets.sync.client import ClientConnection, connect

STARTED_WITHIN_S = ANSWERED_WITHIN_S = PATIENCE_S = 120
SOON_S = 0.1
ADDRESS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PREFERENCES = """\
user_pref("media.autoplay.default", 0);
user_pref("media.autoplay.blocking_policy", 0);
user_pref("app.update.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
"""
WATCHED = ["log.entryAdded", "network.fetchError", "network.responseCompleted"]


class Firefox:
    """One window.

    Attributes:
        complaints: errors of the page, and requests that failed.
    """

    def __init__(self, connection: ClientConnection) -> None:
        self.complaints: list[str] = []
        self._connection, self._numbers = connection, itertools.count(1)
        self._call("session.new", capabilities={})
        self._call("session.subscribe", events=WATCHED)
        (window,) = self._call("browsingContext.getTree")["contexts"]
        self._window = window["context"]

    def goto(self, url: str) -> None:
        """Returns once the page is loaded."""
        self._call("browsingContext.navigate", context=self._window, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The value of some JavaScript, awaited if it is a promise."""
        found = self._call(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self._window},
            awaitPromise=True,
            userActivation=True,
        )
        assert found["type"] == "success", found["exceptionDetails"]["text"]
        return json.loads(found["result"]["value"])

    def wait_for(self, condition: str) -> None:
        """Until this JavaScript is true."""
        deadline = time.monotonic() + PATIENCE_S
        while not self.evaluate(condition):
            assert time.monotonic() < deadline, condition
            time.sleep(SOON_S)

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._connection.recv(timeout=ANSWERED_WITHIN_S))
            if message["type"] == "event":
                self._notice(message["method"], message["params"])
            elif message["id"] == number:
                assert message["type"] == "success", message
                return cast("dict[str, Any]", message["result"])

    def _notice(self, event: str, about: dict[str, Any]) -> None:
        match event:
            case "log.entryAdded" if about["level"] == "error":
                self.complaints.append(f"{about['type']}: {about['text']}")
            case "network.fetchError":
                self.complaints.append(f"failed: {about['request']['url']}: {about['errorText']}")
            case "network.responseCompleted" if about["response"]["status"] >= 400:
                self.complaints.append(f"{about['response']['status']}: {about['request']['url']}")


class _Program:
    def __init__(self, profile: Path) -> None:
        (profile / "user.js").write_text(PREFERENCES)
        self._said = profile / "said.log"
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                [
                    *("firefox-esr", "--headless", "--no-remote", "--profile", str(profile)),
                    *("--remote-debugging-port", "0"),
                ],
                stdout=said,
                stderr=said,
            )

    def address(self) -> str:
        deadline = time.monotonic() + STARTED_WITHIN_S
        while time.monotonic() < deadline and self._process.poll() is None:
            if found := ADDRESS.search(self._said.read_text()):
                return found[1]
            time.sleep(SOON_S)
        pytest.fail(self._said.read_text())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=ANSWERED_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def firefox(profile: Path) -> Iterator[Firefox]:
    """A new one, with its profile in that empty folder."""
    if not shutil.which("firefox-esr"):
        pytest.fail(
            "There is no firefox-esr: `make test` installs it, or `apt-get install firefox-esr` does."
        )
    with (
        _Program(profile) as program,
        connect(f"{program.address()}/session", max_size=None) as connection,
    ):
        yield Firefox(connection)

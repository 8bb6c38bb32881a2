"""Fixtures of the end-to-end tests. The browser goes with its module: it keeps an event loop to itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser

from tests.support.browser import Visitor, chromium
from tests.support.video import VideoSpec, make_video


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class Visit(Protocol):
    def __call__(self, url: str, **options: Any) -> Visitor: ...


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """`visit(url)` is somebody new with a browser of their own; options are those of a browser context."""
    visitors: list[Visitor] = []

    def visit(url: str, **options: Any) -> Visitor:
        visitors.append(Visitor(browser, url, **options))
        return visitors[-1]

    yield visit
    for visitor in visitors:
        visitor.close()


@pytest.fixture(scope="session")
def long_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a minute in six chunks, which take several seconds."""
    spec = VideoSpec(width=640, height=360, seconds=LONG_S, options={"preset": "ultrafast"})
    return make_video(tmp_path_factory.mktemp("media") / "A day at the sea.mp4", spec)


LONG_S, LONG_CHUNKS = 30, 6

"""Which of the two things at one address a client gets."""

import pytest
from quart import Quart

from tests.support.site import HTML
from webapp.web.negotiation import EVENT_STREAM, JSON, prefers, wants_html


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        (HTML["Accept"], True),
        ("text/html", True),
        ("text/*", True),
        ("text/html;q=0.9,application/json;q=0.8", True),
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("application/*", False),
        ("text/html,application/json", False),
        ("text/html;q=0,*/*", False),
        ("image/png", False),
        ("nonsense", False),
    ],
)
async def test_browsers_get_pages_and_all_others_json(accept: str, html: bool) -> None:
    app = Quart(__name__)
    async with app.test_request_context("/", headers={"Accept": accept}):
        assert wants_html() is html


@pytest.mark.parametrize(
    ("accept", "json"),
    [
        ("application/json", True),
        ("application/json, text/event-stream;q=0.5", True),
        ("text/event-stream", False),
        ("*/*", False),
        ("", False),
    ],
)
async def test_a_stream_is_what_comes_without_a_preference(accept: str, json: bool) -> None:
    app = Quart(__name__)
    async with app.test_request_context("/", headers={"Accept": accept}) as context:
        assert prefers(JSON, EVENT_STREAM, context.request.accept_mimetypes) is json

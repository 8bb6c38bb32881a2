"""Errors: problem documents (RFC 9457) for programs, pages for people, on every route."""

import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.http import listening
from tests.support.site import HTML, JSON, Site
from webapp.app import Installation
from webapp.errors import Unavailable
from webapp.web.problems import refusal

# Which answer whatever the id is: what a form is about to send has an id before it is a video, and a page
# that asks on after its video was deleted is to end that quietly.
ANY_ID = {"pictures.later", "receiving.show"}


def assert_problem(response: httpx.Response) -> None:
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["type"] == "about:blank"
    assert problem["title"] and problem["detail"]
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", problem["code"])
    assert problem.get("hint") != ""


def assert_page(response: httpx.Response) -> None:
    assert response.headers["Content-Type"].startswith("text/html")
    assert "<h1>" in response.text and '<a class="btn" href="/videos">' in response.text
    assert f"{response.status_code} · <code>" in response.text


def paths_of_videos(installation: Installation) -> list[tuple[str, str]]:
    """Method and path of every route about one video, for a video that there is not."""
    values = {"video_id": "A" * 22, "name": "multivariant.m3u8"}
    return [
        (method, re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], rule.rule))
        for rule in installation.app.url_map.iter_rules()
        if "<video_id>" in rule.rule and not rule.websocket and rule.endpoint not in ANY_ID
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})
    ]


async def test_every_route_says_so_if_there_is_no_such_video(site: Site) -> None:
    tried = paths_of_videos(site.installation)
    assert len(tried) > 10
    for method, path in tried:
        response = await site.client.request(method, path, headers=JSON)
        assert response.status_code in (400, 403, 404), f"{method} {path}"
        assert_problem(response)


async def test_every_route_says_so_to_people_too(site: Site) -> None:
    for method, path in paths_of_videos(site.installation):
        if path.startswith("/embed/"):
            continue  # made for other people's pages
        response = await site.client.request(method, path, headers=HTML)
        assert response.status_code in (400, 403, 404), f"{method} {path}"
        assert_page(response)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing/here", 404),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/videos/x/hls/", 404),
        ("DELETE", "/videos", 405),
        ("PUT", "/healthz", 405),
        ("POST", "/videos", 400),
    ],
)
async def test_errors_of_the_framework_look_the_same(site: Site, method: str, path: str, status: int) -> None:
    as_json = await site.client.request(method, path, headers=JSON)
    as_page = await site.client.request(method, path, headers=HTML)
    assert (as_json.status_code, as_page.status_code) == (status, status)
    assert_problem(as_json)
    assert_page(as_page)


async def test_what_is_not_allowed_says_what_is(site: Site) -> None:
    response = await site.client.put("/videos")
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.fixture
async def buggy(installation: Installation) -> AsyncIterator[httpx.AsyncClient]:
    @installation.app.get("/bug")
    async def bug() -> str:
        raise RuntimeError("a secret of the house")

    async with listening(installation.app) as address, httpx.AsyncClient(base_url=address.url) as client:
        yield client


async def test_a_bug_is_a_problem_that_gives_nothing_away(buggy: httpx.AsyncClient) -> None:
    as_json, as_page = await buggy.get("/bug", headers=JSON), await buggy.get("/bug", headers=HTML)
    assert (as_json.status_code, as_page.status_code) == (500, 500)
    assert_problem(as_json)
    assert_page(as_page)
    assert "secret" not in as_json.text + as_page.text


async def test_what_is_said_is_text(site: Site) -> None:
    page = (await site.client.get("/videos?before=<script>alert(1)</script>", headers=HTML)).text
    assert "<script>alert" not in page


async def test_a_kind_of_an_error_is_answered_as_the_error(site: Site) -> None:
    class Full(Unavailable):
        pass

    async with site.installation.app.app_context():
        response = refusal(Full("full", "There is no room.", "Come back later."))
    assert (response.status_code, response.content_type) == (503, "application/problem+json")
    assert int(response.headers["Retry-After"]) > 0
    assert json.loads(await response.get_data()) == {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "There is no room.",
        "code": "full",
        "hint": "Come back later.",
    }

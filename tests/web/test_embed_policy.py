"""Who may embed a video: browsers are told, and sites that may not get nothing."""

import httpx
import pytest

from tests.support.site import HTML, JSON, Site
from tests.support.sse import parse
from webapp.config import Settings

FRIEND, STRANGER = "https://friend.example", "https://stranger.example"
SHARED = ("fragments", "status", "live")


def ancestors(response: httpx.Response) -> str:
    """Who may put a page into a frame."""
    policy = response.headers["Content-Security-Policy"]
    return next(
        directive.strip().removeprefix("frame-ancestors ")
        for directive in policy.split(";")
        if directive.strip().startswith("frame-ancestors ")
    )


async def test_everyone_may_where_nobody_says_otherwise(site: Site) -> None:
    video_id = await site.published()
    assert (await site.document(video_id))["embed"] == ["*"]
    assert ancestors(await site.client.get(f"/embed/{video_id}")) == "*"


@pytest.mark.parametrize(
    ("embed", "expected"),
    [(["*"], "*"), ([], "'none'"), ([FRIEND, "http://b.example:81"], f"{FRIEND} http://b.example:81")],
)
@pytest.mark.parametrize("page", ["", "/plain", "/live", "/player"])
async def test_browsers_are_told_who_may_frame_the_pages(
    site: Site, embed: list[str], expected: str, page: str
) -> None:
    video_id = await site.published(embed=embed)
    response = await site.client.get(f"/embed/{video_id}{page}")
    assert (response.status_code, ancestors(response)) == (200, expected)


async def test_the_videos_own_page_is_never_framed(site: Site) -> None:
    video_id = await site.published()
    assert ancestors(await site.client.get(f"/videos/{video_id}", headers=HTML)) == "'none'"


@pytest.mark.parametrize("path", SHARED)
async def test_a_site_that_may_can_read(site: Site, path: str) -> None:
    video_id = await site.published(embed=[FRIEND])
    response = await site.client.get(f"/embed/{video_id}/{path}", headers={"Origin": FRIEND})
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == FRIEND
    assert response.headers["Access-Control-Allow-Credentials"] == "true"
    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize("path", SHARED)
@pytest.mark.parametrize("origin", [STRANGER, "http://friend.example", "https://friend.example:444", "null"])
async def test_a_site_that_may_not_cannot(site: Site, path: str, origin: str) -> None:
    video_id = await site.published(embed=[FRIEND])
    response = await site.client.get(f"/embed/{video_id}/{path}", headers={"Origin": origin})
    assert (response.status_code, response.json()["code"]) == (403, "embedding_refused")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert not [name for name in response.headers if name.startswith("access-control-")]
    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize("path", SHARED)
async def test_everyone_is_named_since_credentials_do_not_go_with_a_star(site: Site, path: str) -> None:
    video_id = await site.published()
    for origin in (STRANGER, "null"):
        response = await site.client.get(f"/embed/{video_id}/{path}", headers={"Origin": origin})
        assert response.headers["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize("path", SHARED)
async def test_our_own_pages_and_programs_may_always(site: Site, path: str) -> None:
    video_id = await site.published(embed=[])
    for headers in ({}, {"Origin": site.address.url}):
        response = await site.client.get(f"/embed/{video_id}/{path}", headers=headers)
        assert response.status_code == 200
        assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("path", SHARED)
async def test_a_preflight_lets_htmx_ask(site: Site, path: str) -> None:
    video_id = await site.published(embed=[FRIEND])
    wanted = "hx-current-url,hx-request,hx-target,hx-trigger,last-event-id"
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": wanted}
    response = await site.client.options(f"/embed/{video_id}/{path}", headers={"Origin": FRIEND, **asked})
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == FRIEND
    allowed = response.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert set(wanted.split(",")) <= set(allowed)
    refused = await site.client.options(f"/embed/{video_id}/{path}", headers={"Origin": STRANGER, **asked})
    assert refused.status_code == 403
    assert "Access-Control-Allow-Origin" not in refused.headers


async def test_nothing_else_is_shared_with_other_sites(site: Site) -> None:
    video_id = await site.published()
    for path in (f"/videos/{video_id}", f"/videos/{video_id}/status", f"/embed/{video_id}/frame", "/videos"):
        response = await site.client.get(path, headers={"Origin": FRIEND, **JSON})
        assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("path", [*SHARED, "plain", ""])
async def test_no_cookie_is_read_or_set(site: Site, path: str) -> None:
    video_id = await site.published()
    plain, with_cookie = [
        await site.client.get(f"/embed/{video_id}/{path}".rstrip("/"), headers=headers)
        for headers in ({"Origin": FRIEND}, {"Origin": FRIEND, "Cookie": "session=somebody"})
    ]
    assert "Set-Cookie" not in with_cookie.headers
    assert "Cookie" not in with_cookie.headers.get("Vary", "")
    if path in ("fragments", "status"):  # what comes beside the events is not the same twice
        assert parse(plain.content) == parse(with_cookie.content)
    else:
        assert plain.content == with_cookie.content


async def test_a_video_that_is_not_there_is_said_to_nobody_in_particular(site: Site) -> None:
    for path in (*SHARED, "plain"):
        response = await site.client.get(f"/embed/nothing/{path}", headers={"Origin": FRIEND})
        assert (response.status_code, response.json()["code"]) == (404, "video_not_found")
        assert "Access-Control-Allow-Origin" not in response.headers


class TestTheInstallationSays:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"embed": f"{FRIEND} http://localhost:3000"})

    async def test_what_holds_for_videos_that_say_nothing(self, site: Site) -> None:
        video_id, own = await site.published(), await site.published(embed=["*"])
        assert (await site.document(video_id))["embed"] == [FRIEND, "http://localhost:3000"]
        assert ancestors(await site.client.get(f"/embed/{video_id}")) == f"{FRIEND} http://localhost:3000"
        assert ancestors(await site.client.get(f"/embed/{own}")) == "*"
        refused = await site.client.get(f"/embed/{video_id}/live", headers={"Origin": STRANGER})
        assert refused.status_code == 403

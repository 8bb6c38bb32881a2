"""What browsers are told with every response, and which requests of other sites are refused."""

import re
from html.parser import HTMLParser

import pytest

from tests.support.site import HTML, Site

LOADING = {"src", "href", "srcset", "poster", "action", "formaction", "data", "hx-get", "sse-connect"}


class Addresses(HTMLParser):
    """Everything that a page loads or leads to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.scripts = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attributes if name in LOADING]
        self.scripts += tag == "script" and not dict(attributes).get("src")
        self.scripts += any(name.startswith(("on", "hx-on")) for name, _ in attributes)


@pytest.fixture
async def pages(site: Site) -> dict[str, str]:
    """The pages of end users, in each of their states."""
    created, uploaded = (await site.create())["videoId"], await site.uploaded()
    processing, ready = await site.uploaded(), await site.published()
    await site.client.post(f"/videos/{processing}/process")
    paths = ["/videos", *(f"/videos/{id}" for id in (created, uploaded, processing, ready, "nothing"))]
    return {path: (await site.client.get(path, headers=HTML)).text for path in paths}


async def test_no_page_loads_anything_from_another_host(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        addresses = Addresses(page).found
        assert len(addresses) > 3, path
        assert [url for url in addresses if not re.match(r"/(?!/)|#", url)] == [], path


async def test_no_page_has_a_script_of_ours(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        assert Addresses(page).scripts == 0, path
        scripts = re.findall(r"<script src=\"([^\"]+)", page)
        assert all(script.startswith("/static/vendor/") for script in scripts), path


PATHS = ["/videos", "/", "/nothing", "/openapi.json", "/healthz", "/static/app.css", "/videos/{id}"] + [
    f"/videos/{{id}}/{name}"
    for name in ("download", "poster.jpg", "hls/multivariant.m3u8", "player", "original")
]


@pytest.mark.parametrize("headers", [HTML, {}], ids=["html", "json"])
async def test_every_response_tells_browsers_what_not_to_do(site: Site, headers: dict[str, str]) -> None:
    video_id = await site.published()
    for path in PATHS:
        response = await site.client.get(path.format(id=video_id), headers=headers)
        assert response.headers["X-Content-Type-Options"] == "nosniff", path
        assert response.headers["Referrer-Policy"] == "same-origin", path
        assert "Server" not in response.headers and "Set-Cookie" not in response.headers, path
        if response.headers.get("Content-Type", "").startswith("text/html"):
            policy = response.headers["Content-Security-Policy"]
            assert "default-src 'self'; script-src 'self';" in policy, path
            assert "object-src 'none'" in policy and "frame-ancestors 'none'" in policy, path
            assert response.headers["Cache-Control"] == "no-store", path


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, False),
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "{own}"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "{own}"}, True),
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "null"}, True),
    ],
)
async def test_a_page_elsewhere_does_not_act_in_anybodys_name(
    site: Site, headers: dict[str, str], refused: bool
) -> None:
    video_id = await site.uploaded()
    sent = HTML | {name: value.format(own=site.address.url) for name, value in headers.items()}
    response = await site.client.post(f"/videos/{video_id}/delete", headers=sent)
    assert response.status_code == (403 if refused else 303)
    assert await site.titles() == (["clip"] if refused else [])


async def test_looking_is_free(site: Site) -> None:
    response = await site.client.get("/videos", headers=HTML | {"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 200

"""The library's page and list, and how videos get into it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.site import FILE, HTML, Site
from webapp.app import Installation
from webapp.config import Settings


async def test_the_front_door_is_the_library(site: Site) -> None:
    response = await site.client.get("/")
    assert (response.status_code, response.headers["Location"]) == (302, "/videos")


async def test_a_new_video_is_answered_with_where_its_file_goes(site: Site) -> None:
    response = await site.client.post(
        "/videos", json={"filename": "A day.mp4", "size": 18, "contentType": "video/mp4"}
    )
    created = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == created["links"]["self"]
    assert created["links"]["self"] == f"{site.address.url}/videos/{created['videoId']}"
    assert created["status"] == "created"
    assert created["upload"]["method"] == "PUT"
    assert created["upload"]["headers"] == {"Content-Type": "video/mp4"}
    assert created["upload"]["expiresAt"].endswith("Z")
    assert {"self", "status", "fragments", "process", "html"} <= created["links"].keys()
    assert len(created["videoId"]) <= 22


async def test_a_title_is_made_from_the_file_name(site: Site) -> None:
    await site.create("A_day at_the sea.mp4")
    await site.create("b.mp4", title="  Given  ")
    assert await site.titles() == ["Given", "A day at the sea"]


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ({}, "filename"),
        ({"filename": ""}, "filename"),
        ({"filename": 7}, "filename"),
        ({"filename": "a.mp4", "size": 0}, "size"),
        ({"filename": "a.mp4", "process": "yes"}, "process"),
        ({"filename": "a.mp4", "process": 1}, "process"),
        ({"filename": "a.mp4", "size": "12"}, "size"),
        ({"filename": "a.mp4", "size": True}, "size"),
        ({"filename": "a.mp4", "size": 1.5}, "size"),
        ([], "the document"),
    ],
)
async def test_a_document_that_makes_no_sense_is_refused_with_the_place(
    site: Site, document: Any, named: str
) -> None:
    response = await site.client.post("/videos", json=document)
    assert response.status_code == 400
    assert response.json()["code"] == "bad_document"
    assert response.json()["detail"].startswith(f"{named}:")
    assert await site.titles() == []


async def test_a_whole_number_may_have_a_point(site: Site) -> None:
    created = await site.create("a.mp4", size=3.0)
    assert (await site.client.put(created["upload"]["url"], content=b"abc")).status_code == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "bad_document"),
        (b"{", "bad_document"),
        (b"\xff\xfe", "bad_document"),
        (b" " * 70_000, "too_long"),
    ],
)
async def test_a_body_that_is_no_document_is_refused(site: Site, body: bytes, code: str) -> None:
    response = await site.client.post("/videos", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (400, code)


async def test_a_file_too_large_is_refused_before_it_is_sent(site: Site) -> None:
    response = await site.client.post("/videos", json={"filename": "a.mp4", "size": 10**15})
    assert (response.status_code, response.json()["code"]) == (413, "too_large")
    assert await site.titles() == []


async def test_the_list_is_newest_first_and_its_pages_hold_each_video_once(site: Site) -> None:
    for number in range(5):
        await site.create(f"{number}.mp4")
    found, url = [], "/videos?limit=2"
    while url:
        page = (await site.client.get(url)).json()
        assert len(page["videos"]) <= 2
        found += [video["title"] for video in page["videos"]]
        url = page.get("next")
    assert found == ["4", "3", "2", "1", "0"]


async def test_a_page_stays_in_place_when_a_new_video_comes(site: Site) -> None:
    for number in range(3):
        await site.create(f"{number}.mp4")
    following = (await site.client.get("/videos?limit=1")).json()["next"]
    await site.create("new.mp4")
    assert [video["title"] for video in (await site.client.get(following)).json()["videos"]] == ["1"]


@pytest.mark.parametrize(("limit", "count"), [("0", 1), ("-3", 1), ("2", 2), ("1000", 3), ("many", 3)])
async def test_whatever_limit_is_asked_for(site: Site, limit: str, count: int) -> None:
    for number in range(3):
        await site.create(f"{number}.mp4")
    assert len(await site.titles(f"?limit={limit}")) == count


async def test_an_unknown_place_to_go_on_from_is_said(site: Site) -> None:
    assert (await site.client.get("/videos?before=nothing")).status_code == 404


async def test_search_takes_words_and_no_patterns(site: Site) -> None:
    for title in ("Harbour at dusk", "100% wool", "100 sheep"):
        await site.create(title=title)
    assert await site.titles("?q=harbour") == ["Harbour at dusk"]
    assert await site.titles("?q=100%25") == ["100% wool"]
    assert await site.titles("?q=_") == []


async def test_paging_keeps_the_search(site: Site) -> None:
    for title in ("sea 1", "land", "sea 2"):
        await site.create(title=title)
    following = (await site.client.get("/videos?q=sea&limit=1")).json()["next"]
    assert [video["title"] for video in (await site.client.get(following)).json()["videos"]] == ["sea 1"]


async def test_the_page_shows_titles_as_text(site: Site) -> None:
    await site.create(title="<script>alert(1)</script>")
    page = await site.page("/videos?q=<script>")
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


async def test_the_page_says_that_there_is_nothing(site: Site) -> None:
    assert "Nothing here yet" in await site.page("/videos")
    assert "No title has “sea”" in await site.page("/videos?q=sea")


async def test_a_form_brings_its_file_and_has_it_processed(site: Site) -> None:
    response = await site.client.post("/videos", files={"file": ("Sea.mp4", FILE, "video/mp4")}, headers=HTML)
    assert response.status_code == 303
    video = await site.video(response.headers["Location"].removeprefix("/videos/"))
    assert (video.status, video.title, video.size_bytes) == ("processing", "Sea", len(FILE))
    assert await site.original(video.id) == FILE


@pytest.mark.parametrize("first", ["title", "file"])
async def test_a_title_may_come_before_or_after_the_file(site: Site, first: str) -> None:
    fields: list[tuple[str, Any]] = [("title", (None, "Given")), ("file", ("a.mp4", FILE))]
    await site.client.post("/videos", files=fields if first == "title" else fields[::-1])
    assert await site.titles() == ["Given"]


async def test_a_form_without_a_file_is_told_so(site: Site) -> None:
    for file in ((None, "text"), ("", b"")):
        response = await site.client.post("/videos", files={"file": file}, headers=HTML)
        assert response.status_code == 400
        assert "No file was chosen." in response.text
    assert await site.titles() == []


@pytest.fixture
async def small_site(settings: Settings) -> AsyncIterator[Site]:
    """It takes files of up to 1000 bytes."""
    installation = Installation(settings.model_copy(update={"upload_max_bytes": 1000}), with_worker=False)
    await installation.start()
    async with Site.open(installation) as site:
        yield site
    await installation.close()


@pytest.mark.parametrize("size", [1001, 2000, 5_000_000])
async def test_a_form_too_large_leaves_nothing_behind(
    small_site: Site, settings: Settings, size: int
) -> None:
    response = await small_site.client.post("/videos", files={"file": ("a.mp4", bytes(size))}, headers=HTML)
    assert response.status_code == 413
    assert "This server takes files of up to 1.0 kB." in response.text
    assert await small_site.titles() == []
    assert not list((settings.data_dir / "storage/videos").glob("*"))


async def test_a_file_exactly_as_large_as_may_be_is_taken_whatever_is_around_it(small_site: Site) -> None:
    response = await small_site.client.post(
        "/videos", data={"title": "Exactly"}, files={"file": ("a.mp4", bytes(1000))}
    )
    assert response.status_code == 303
    assert (await small_site.client.get("/videos")).json()["videos"][0]["sizeBytes"] == 1000

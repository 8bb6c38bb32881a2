"""What can be changed about a video: its title, and who may embed it."""

from typing import Any

import httpx
import pytest

from tests.support.site import HTML, JSON, Site

FRIEND, STRANGER = "https://friend.example", "https://stranger.example"


async def says(site: Site, video_id: str, **document: Any) -> httpx.Response:
    return await site.client.patch(f"/videos/{video_id}", json=document)


async def test_it_can_be_said_when_a_video_is_made(site: Site) -> None:
    created = await site.create(embed=["HTTPS://Friend.example:443", FRIEND])
    assert (await site.document(created["videoId"]))["embed"] == [FRIEND]
    nobody = await site.create(embed=[])
    assert (await site.document(nobody["videoId"]))["embed"] == []


@pytest.mark.parametrize("embed", [[f"{FRIEND}/"], ["friend.example"], ["*", FRIEND], "*", [7], ["null"]])
async def test_what_makes_no_sense_is_refused(site: Site, embed: Any) -> None:
    response = await site.client.post("/videos", json={"filename": "a.mp4", "embed": embed})
    assert (response.status_code, response.json()["code"]) == (400, "bad_document")
    assert response.json()["detail"].startswith("embed")
    video_id = await site.published()
    assert (await says(site, video_id, embed=embed)).status_code == 400
    assert (await site.document(video_id))["embed"] == ["*"]


async def test_it_can_be_changed_and_taken_back(site: Site) -> None:
    video_id = await site.published()
    changed = await says(site, video_id, embed=[FRIEND])
    assert (changed.status_code, changed.json()["embed"]) == (200, [FRIEND])
    assert changed.json()["title"] == "clip"
    assert (await says(site, video_id, title="Other")).json()["embed"] == [FRIEND]
    assert (await says(site, video_id, embed=None)).json()["embed"] == ["*"]


async def test_a_new_title_is_an_event_and_the_same_one_is_none(site: Site) -> None:
    video_id = await site.published()
    before = (await site.video(video_id)).seq
    answer = (await says(site, video_id, title="  A new\r\nname ")).json()
    assert answer["title"] == "A new  name"
    newest = (await site.client.get(f"/videos/{video_id}/status", headers=JSON)).json()
    assert (newest["seq"], newest["status"]) == (before + 1, "ready")
    assert "A new  name" in newest["message"]
    await says(site, video_id, title="A new  name")
    assert (await site.video(video_id)).seq == before + 1
    assert (await says(site, video_id, title=None)).json()["title"] == "clip"


async def test_a_video_that_is_not_there_cannot_be_changed(site: Site) -> None:
    response = await says(site, "nothing", embed=[])
    assert (response.status_code, response.json()["code"]) == (404, "video_not_found")


async def test_other_sites_cannot_change_it(site: Site) -> None:
    video_id = await site.published()
    for method, path in (("PATCH", ""), ("POST", "/embed")):
        response = await site.client.request(
            method, f"/videos/{video_id}{path}", headers={"Origin": STRANGER}, json={"embed": [STRANGER]}
        )
        assert (response.status_code, response.json()["code"]) == (403, "other_site")


@pytest.mark.parametrize(
    ("form", "embed"),
    [
        ({"who": "*", "origins": ""}, ["*"]),
        ({"who": "none", "origins": FRIEND}, []),
        ({"who": "sites", "origins": f" {FRIEND}  http://localhost:3000"}, [FRIEND, "http://localhost:3000"]),
    ],
)
async def test_the_page_has_a_form_for_it(site: Site, form: dict[str, str], embed: list[str]) -> None:
    video_id = await site.published()
    response = await site.client.post(f"/videos/{video_id}/embed", data=form)
    assert (response.status_code, response.headers["Location"]) == (303, f"/videos/{video_id}")
    assert (await site.document(video_id))["embed"] == embed


@pytest.mark.parametrize(
    "form",
    [{}, {"who": "sites", "origins": ""}, {"who": "sites", "origins": "friend"}, {"who": FRIEND + "/"}],
)
async def test_a_form_that_makes_no_sense_is_answered_with_a_page(site: Site, form: dict[str, str]) -> None:
    video_id = await site.published()
    response = await site.client.post(f"/videos/{video_id}/embed", data=form, headers=HTML)
    assert response.status_code == 400
    assert response.headers["Content-Type"].startswith("text/html")
    assert (await site.document(video_id))["embed"] == ["*"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/videos/{id}", {"title": "Another", "titel": "x"}),
        ("POST", "/videos", {"filename": "a.mp4", "titel": "x"}),
        ("PUT", "/videos/{id}/poster", {"second": 1, "titel": "x"}),
    ],
)
async def test_a_field_that_there_is_not_is_named(
    site: Site, method: str, path: str, body: dict[str, object]
) -> None:
    video_id = await site.uploaded(title="One")
    response = await site.client.request(method, path.format(id=video_id), json=body)
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert (problem["code"], problem["detail"]) == ("bad_document", "titel: There is no such field")
    assert await site.titles() == ["One"]

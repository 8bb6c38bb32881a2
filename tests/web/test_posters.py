"""A poster of the owner's choice, over HTTP."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.content import content
from tests.support.http import raw_request
from tests.support.pictures import RED, is_like, opened, picture, top_left
from tests.support.site import HTML, POSTER, Site
from tests.support.sound import make_sound
from tests.support.waiting import until
from webapp.events import ErrorInfo, EventType, Status
from webapp.keys import poster_key
from webapp.pipeline.posters import LARGEST_BYTES, MOST_AT_HAND


@pytest.fixture
def small_data(small_video: Path) -> bytes:
    return small_video.read_bytes()


async def poster_of(site: Site, video_id: str) -> bytes:
    return (await site.client.get(f"/videos/{video_id}/poster.jpg")).content


async def put(site: Site, video_id: str, data: bytes) -> httpx.Response:
    headers = {"Content-Type": "image/png"}
    return await site.client.put(f"/videos/{video_id}/poster", content=data, headers=headers)


async def test_a_picture_that_is_sent_becomes_the_poster_encoded_anew(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "temporary"
    there.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(there))
    video_id = await site.published()
    sent = picture("PNG")
    response = await put(site, video_id, sent)
    assert response.status_code == 200 and response.json()["videoId"] == video_id
    found = await poster_of(site, video_id)
    assert found not in (sent, POSTER)
    assert is_like(top_left(opened(found)), RED)
    video = await site.video(video_id)
    assert video.poster and video.own_poster
    assert not list(there.iterdir())


async def test_a_poster_is_asked_for_again_since_it_may_be_another_by_then(site: Site) -> None:
    video_id = await site.published()
    before = await site.client.get(f"/videos/{video_id}/poster.jpg")
    assert before.headers["Cache-Control"] == "public, no-cache"
    await put(site, video_id, picture())
    known = {"If-None-Match": before.headers["ETag"]}
    assert (await site.client.get(f"/videos/{video_id}/poster.jpg", headers=known)).status_code == 200


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "empty_file"), (b"no picture", "not_a_picture"), (b"#EXTM3U\n", "not_a_picture")]
)
async def test_what_is_no_picture_changes_nothing(site: Site, data: bytes, code: str) -> None:
    video_id = await site.published()
    response = await put(site, video_id, data)
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert await content(site.parts.storage, poster_key(video_id)) == POSTER
    assert not (await site.video(video_id)).own_poster


async def test_too_much_is_refused(site: Site) -> None:
    response = await put(site, await site.published(), bytes(LARGEST_BYTES + 1))
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


async def test_a_moment_of_the_video_can_be_picked(site: Site, small_data: bytes) -> None:
    video_id = await site.uploaded(small_data)
    response = await site.client.put(f"/videos/{video_id}/poster", json={"second": 100})
    assert response.status_code == 200
    assert opened(await poster_of(site, video_id)).size == (320, 180)


@pytest.mark.parametrize("body", [{"second": -1}, {"second": "3"}, {"second": True}, {}])
async def test_what_is_no_moment_is_refused(site: Site, body: dict[str, Any]) -> None:
    response = await site.client.put(f"/videos/{await site.published()}/poster", json=body)
    assert (response.status_code, response.json()["code"]) == (400, "bad_document")


async def test_what_is_no_video_has_no_moments(site: Site) -> None:
    response = await site.client.put(f"/videos/{await site.uploaded()}/poster", json={"second": 1})
    assert (response.status_code, response.json()["code"]) == (400, "not_media")
    created = await site.create()
    response = await site.client.put(f"/videos/{created['videoId']}/poster", json={"second": 1})
    assert (response.status_code, response.json()["code"]) == (409, "no_moments")


async def test_sound_alone_has_no_moments_but_may_have_a_picture(site: Site, tmp_path: Path) -> None:
    video_id = await site.uploaded(make_sound(tmp_path / "a.m4a", seconds=1).read_bytes())
    async with site.parts.history.recording(video_id) as recorder:
        recorder.video.duration_s = 1.0
    response = await site.client.put(f"/videos/{video_id}/poster", json={"second": 0})
    assert (response.status_code, response.json()["code"]) == (409, "no_moments")
    assert (await put(site, video_id, picture())).status_code == 200


async def test_there_is_no_poster_for_no_video(site: Site) -> None:
    assert (await put(site, "nothing", picture())).status_code == 404


async def test_the_page_has_forms_for_both(site: Site, small_data: bytes) -> None:
    video_id = await site.uploaded(small_data)
    url = f"/videos/{video_id}/poster"
    page = await site.page(f"/videos/{video_id}")
    assert f'action="{url}" enctype="multipart/form-data"' in page and "None yet" in page
    for form in ({"data": {"second": "4.5"}}, {"files": {"picture": ("a.jpg", picture(), "image/jpeg")}}):
        response = await site.client.post(url, headers=HTML, **form)
        assert (response.status_code, response.headers["Location"]) == (303, f"/videos/{video_id}")
    assert is_like(top_left(opened(await poster_of(site, video_id))), RED)
    assert "Chosen by you" in await site.page(f"/videos/{video_id}")
    response = await site.client.post(url, data={"second": "nan"})
    assert (response.status_code, response.json()["code"]) == (400, "bad_moment")


async def test_another_web_site_cannot_change_it(site: Site) -> None:
    video_id = await site.published()
    answer = await raw_request(
        site.address, "PUT", f"/videos/{video_id}/poster", {"Sec-Fetch-Site": "cross-site"}, picture()
    )
    assert answer.status == 403
    assert await poster_of(site, video_id) == POSTER


async def test_beyond_so_many_at_a_time_nobody_can_send_one(site: Site) -> None:
    video_id, go_on = await site.published(), asyncio.Event()

    async def held() -> AsyncIterator[bytes]:
        yield b"no "
        await go_on.wait()
        yield b"picture"

    async def send(body: AsyncIterator[bytes] | bytes) -> httpx.Response:
        return await site.client.put(
            f"/videos/{video_id}/poster", content=body, headers={"Content-Type": "image/png"}
        )

    sending = [asyncio.create_task(send(held())) for _ in range(MOST_AT_HAND)]
    await until(lambda: site.parts.posters.at_hand == MOST_AT_HAND)
    refused = await send(b"no picture")
    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert refused.headers["Retry-After"]
    go_on.set()
    assert {answer.status_code for answer in await asyncio.gather(*sending)} == {400}
    assert (await put(site, video_id, picture("PNG"))).status_code == 200


async def test_what_failed_is_offered_none(site: Site, small_data: bytes) -> None:
    video_id = await site.uploaded(small_data)
    async with site.parts.history.recording(video_id) as recorder:
        recorder.video.status = Status.FAILED
        recorder.video.failure = ErrorInfo(code="no", message="No luck.", hint="Try another.").model_dump()
        recorder.record(EventType.ERROR, "No luck.")
    assert f'action="/videos/{video_id}/poster"' not in await site.page(f"/videos/{video_id}")

"""One video: its document and page, and what can be asked of it."""

import asyncio
from datetime import UTC, datetime

import pytest

from tests.support.content import exists
from tests.support.site import FILE, HTML, JSON, Site
from webapp.events import Status
from webapp.keys import original_key, poster_key


async def test_the_document_tells_what_is_known(site: Site) -> None:
    video_id = await site.uploaded(title="At sea")
    document = await site.document(video_id)
    assert document["videoId"] == video_id
    assert (document["title"], document["filename"]) == ("At sea", "clip.mp4")
    assert (document["status"], document["progress"], document["playable"]) == ("uploaded", 0, False)
    assert document["sizeBytes"] == len(FILE)
    assert "playlist" not in document["links"] and "error" not in document


async def test_the_document_of_a_ready_video_says_where_to_play_it(site: Site) -> None:
    document = await site.document(await site.published())
    assert document["playable"] is True
    assert (document["width"], document["height"], document["durationSeconds"]) == (320, 180, 61.0)
    for link in ("playlist", "poster", "download"):
        assert (await site.client.get(document["links"][link])).status_code == 200


async def test_every_link_of_the_document_leads_somewhere(site: Site) -> None:
    for link, url in (await site.document(await site.uploaded()))["links"].items():
        if link not in ("status", "fragments"):  # which never end
            assert (await site.client.get(url)).status_code in (200, 405), link


async def test_a_page_and_a_document_share_the_address(site: Site) -> None:
    video_id = await site.uploaded(title="A & B")
    for headers, kind in ((HTML, "text/html"), (JSON, "application/json"), ({}, "application/json")):
        response = await site.client.get(f"/videos/{video_id}", headers=headers)
        assert response.headers["Content-Type"].startswith(kind)
        assert "Accept" in response.headers["Vary"]
    assert "<h1>A &amp; B</h1>" in await site.page(f"/videos/{video_id}")


async def test_nothing_is_processed_before_it_is_uploaded(site: Site) -> None:
    video_id = (await site.create())["videoId"]
    response = await site.client.post(f"/videos/{video_id}/process")
    assert (response.status_code, response.json()["code"]) == (409, "nothing_uploaded")


async def test_asking_to_process_again_and_again_makes_one_run(site: Site) -> None:
    video_id = await site.uploaded()
    url = f"/videos/{video_id}/process"
    answers = await asyncio.gather(*(site.client.post(url) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {202}
    event = answers[0].json()
    assert event["videoId"] == video_id
    assert (event["status"], event["eventType"], event["run"]) == (
        "processing",
        "video_status_update",
        1,
    )
    assert {"message", "progress", "timestamp", "seq"} <= event.keys()
    assert (await site.video(video_id)).run == 1


async def test_a_ready_video_is_processed_again_only_if_that_is_said(site: Site) -> None:
    video_id = await site.published()
    answer = (await site.client.post(f"/videos/{video_id}/process")).json()
    assert (answer["status"], answer["run"]) == ("ready", 1)
    answer = (await site.client.post(f"/videos/{video_id}/process?again=1")).json()
    assert (answer["status"], answer["run"]) == ("processing", 2)
    assert (await site.document(video_id))["playable"] is True


async def test_cancelling_stops_the_run_and_is_harmless_twice(site: Site) -> None:
    video_id = await site.uploaded()
    await site.client.post(f"/videos/{video_id}/process")
    first, second = [await site.client.post(f"/videos/{video_id}/cancel") for _ in range(2)]
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert first.json()["status"] == "cancelled"
    assert (await site.client.post(f"/videos/{video_id}/process")).json()["run"] == 2


async def test_cancelling_what_was_never_begun_changes_nothing(site: Site) -> None:
    video_id = await site.uploaded()
    assert (await site.client.post(f"/videos/{video_id}/cancel")).json()["status"] == "uploaded"


async def test_deleting_leaves_nothing(site: Site) -> None:
    video_id = await site.published()
    response = await site.client.delete(f"/videos/{video_id}")
    assert (response.status_code, response.content) == (204, b"")
    for path in ("", "/status", "/download", "/poster.jpg", "/hls/multivariant.m3u8", "/player"):
        assert (await site.client.get(f"/videos/{video_id}{path}", headers=JSON)).status_code == 404, path
    assert (await site.client.delete(f"/videos/{video_id}")).status_code == 404
    assert await site.titles() == []
    for key in (original_key(video_id), poster_key(video_id)):
        assert not await exists(site.parts.storage, key)


@pytest.mark.parametrize(
    ("action", "goes_to", "status"),
    [("process", "/videos/{id}", Status.PROCESSING), ("cancel", "/videos/{id}", Status.UPLOADED)],
)
async def test_the_pages_forms_lead_back_to_the_page(
    site: Site, action: str, goes_to: str, status: Status
) -> None:
    video_id = await site.uploaded()
    response = await site.client.post(f"/videos/{video_id}/{action}", headers=HTML)
    assert (response.status_code, response.headers["Location"]) == (303, goes_to.format(id=video_id))
    assert (await site.video(video_id)).status is status


async def test_the_delete_form_leads_to_the_library(site: Site) -> None:
    video_id = await site.uploaded()
    response = await site.client.post(f"/videos/{video_id}/delete", headers=HTML)
    assert (response.status_code, response.headers["Location"]) == (303, "/videos")
    assert await site.titles() == []


async def test_the_player_is_there_once_there_is_something_to_play(site: Site) -> None:
    waiting, ready = await site.uploaded(), await site.published()
    assert "hls-video" not in await site.page(f"/videos/{waiting}/player")
    player = await site.page(f"/videos/{ready}/player")
    assert f'src="/videos/{ready}/hls/multivariant.m3u8"' in player
    assert "--media-aspect-ratio: 320 / 180" in player


async def test_its_page_says_when_it_was_uploaded_and_not_when_it_was_announced(site: Site) -> None:
    announced = (await site.create())["videoId"]
    assert "<dt>Uploaded</dt>" not in await site.page(f"/videos/{announced}")
    uploaded = await site.published()
    async with site.parts.history.recording(uploaded) as recorder:
        recorder.video.created_at = datetime(2020, 1, 1, tzinfo=UTC)
        recorder.video.uploaded_at = datetime(2020, 2, 3, tzinfo=UTC)
    page = await site.page(f"/videos/{uploaded}")
    assert "3 February 2020" in page
    assert "1 January 2020" not in page

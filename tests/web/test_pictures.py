"""A video's pictures over HTTP."""

import re

import msgspec
import pytest

from tests.support.site import Site
from webapp.events import Status
from webapp.keys import preview_key, storyboard_key
from webapp.media.answers import Storyboard

BOARD = Storyboard(width=160, height=90, columns=10, count=3, interval_s=2)
SHEET = b"\xff\xd8\xff\xe0 tiles"


async def with_storyboard(site: Site) -> str:
    video_id = await site.published()
    await site.parts.storage.put_bytes(storyboard_key(video_id), SHEET)
    async with site.parts.history.recording(video_id) as recorder:
        recorder.video.storyboard = msgspec.to_builtins(BOARD)
    return video_id


async def test_the_list_names_a_part_of_the_picture_for_each_moment(site: Site) -> None:
    video_id = await with_storyboard(site)
    response = await site.client.get(f"/videos/{video_id}/storyboard.vtt")
    assert response.headers["Content-Type"].startswith("text/vtt")
    assert response.text.count("-->") == BOARD.count
    named = response.text.split()[-1]
    assert named == f"/videos/{video_id}/storyboard.jpg?run=1#xywh=320,0,160,90"
    sheet = await site.client.get(named.partition("#")[0])
    assert (sheet.headers["Content-Type"], sheet.content) == ("image/jpeg", SHEET)


async def test_without_a_storyboard_the_list_is_empty_and_there_is_no_picture(site: Site) -> None:
    video_id = await site.published()
    response = await site.client.get(f"/videos/{video_id}/storyboard.vtt")
    assert (response.status_code, response.text) == (200, "WEBVTT\n")
    assert (await site.client.get(f"/videos/{video_id}/storyboard.jpg")).status_code == 404
    assert "storyboard" not in (await site.document(video_id))["links"]


async def test_the_storyboard_of_no_video_is_not_found(site: Site) -> None:
    assert (await site.client.get("/videos/nothing/storyboard.vtt")).status_code == 404


async def test_the_player_has_the_list_as_its_thumbnails(site: Site) -> None:
    video_id = await with_storyboard(site)
    player = await site.page(f"/videos/{video_id}/player")
    assert f'label="thumbnails" src="/videos/{video_id}/storyboard.vtt"' in player
    assert "hx-get" not in player
    assert (await site.document(video_id))["links"]["storyboard"].endswith("/storyboard.vtt")


async def test_a_player_from_before_its_pictures_gets_them_later(site: Site) -> None:
    video_id = await site.published()
    async with site.parts.history.recording(video_id) as recorder:
        recorder.video.status, recorder.video.poster = Status.PROCESSING, False
    player = f"/videos/{video_id}/player"
    pictures = {
        "poster": f'<media-poster-image slot="poster" src="/videos/{video_id}/poster.jpg">',
        "storyboard": f'<track kind="metadata" label="thumbnails" src="/videos/{video_id}/storyboard.vtt"',
    }
    addresses = {name: f"/videos/{video_id}/pictures?missing={name}" for name in pictures}
    for name, picture in pictures.items():
        asks = f'hx-get="{addresses[name]}" hx-trigger="load delay:{1 if name == "poster" else 5}s"'
        assert asks in await site.page(player) and picture not in await site.page(player)
        assert asks in await site.page(addresses[name])
    async with site.parts.history.recording(video_id) as recorder:
        recorder.video.poster, recorder.video.storyboard = True, msgspec.to_builtins(BOARD)
    for name, picture in pictures.items():
        found = await site.page(addresses[name])
        assert found.startswith(picture) and "hx-" not in found


async def test_nobody_asks_again_for_pictures_of_a_video_that_was_deleted(site: Site) -> None:
    response = await site.client.get("/videos/nothing/pictures?missing=poster")
    assert (response.status_code, response.text) == (200, "")


@pytest.mark.parametrize("missing", ["", "poster,storyboard", "anything"])  # of an earlier page, or nobody's
async def test_what_is_no_picture_is_not_asked_for_again(site: Site, missing: str) -> None:
    video_id = await site.uploaded()
    await site.client.post(f"/videos/{video_id}/process")
    page = await site.page(f"/videos/{video_id}/pictures?missing={missing}")
    assert page == ""


async def test_nobody_waits_for_pictures_that_never_come(site: Site) -> None:
    page = await site.page(f"/videos/{await site.published()}/pictures?missing=storyboard")
    assert page.strip() == ""


async def test_moments_to_choose_a_poster_from_are_few_and_from_all_over(site: Site) -> None:
    video_id = await with_storyboard(site)
    async with site.parts.history.recording(video_id) as recorder:
        recorder.video.storyboard = msgspec.to_builtins(msgspec.structs.replace(BOARD, count=100))
    moments = await site.page(f"/videos/{video_id}/moments")
    seconds = re.findall(r'name="second" value="([^"]+)"', moments)
    assert len(seconds) == 12 and seconds[:2] == ["1.0", "19.0"]
    assert "background-position: -1440px -0px" in moments


async def test_the_preview_is_a_moving_picture_once_there_is_one(site: Site) -> None:
    video_id = await site.published()
    assert (await site.client.get(f"/videos/{video_id}/preview.webp")).status_code == 404
    assert "preview" not in (await site.document(video_id))["links"]
    assert 'class="preview"' not in await site.page("/videos")
    await site.parts.storage.put_bytes(preview_key(video_id), b"RIFF moving")
    async with site.parts.history.recording(video_id) as recorder:
        recorder.video.preview = True
    response = await site.client.get((await site.document(video_id))["links"]["preview"])
    assert (response.headers["Content-Type"], response.content) == ("image/webp", b"RIFF moving")
    assert 'class="preview"' in await site.page("/videos")

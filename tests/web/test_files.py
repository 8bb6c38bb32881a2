"""Where an upload goes, and where it can be had again."""

from collections.abc import AsyncIterator

import pytest

from tests.support.full_disk import fill
from tests.support.site import FILE, POSTER, Site
from webapp.app import Installation
from webapp.config import Settings
from webapp.keys import original_key


async def test_the_file_is_stored_when_the_answer_comes(site: Site) -> None:
    created = await site.create()
    response = await site.client.put(created["upload"]["url"], content=FILE)
    assert response.status_code == 200
    assert await site.original(created["videoId"]) == FILE
    assert (await site.document(created["videoId"]))["status"] == "uploaded"


async def test_a_file_of_unknown_length_is_taken_too(site: Site) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b"one ", b"two ", b"three"):
            yield piece

    created = await site.create()
    assert (await site.client.put(created["upload"]["url"], content=pieces())).status_code == 200
    assert await site.original(created["videoId"]) == b"one two three"


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("data", [FILE[:-1], FILE + b"x"])
async def test_a_file_of_another_size_than_was_announced_is_not_taken(
    site: Site, data: bytes, told: bool
) -> None:
    async def untold() -> AsyncIterator[bytes]:
        yield data

    created = await site.create(size=len(FILE), process=True)
    video_id, url = created["videoId"], created["upload"]["url"]
    response = await site.client.put(url, content=data if told else untold())
    assert (response.status_code, response.json()["code"]) == (400, "size_mismatch")
    assert (await site.video(video_id)).status == ("created" if told else "failed")
    assert (await site.client.put(url, content=FILE)).status_code == 200
    assert await site.original(video_id) == FILE


async def test_a_part_is_not_taken_for_the_whole(site: Site) -> None:
    created = await site.create()
    headers = {"Content-Range": f"bytes 0-9/{len(FILE)}"}
    response = await site.client.put(created["upload"]["url"], content=FILE[:10], headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, "partial_upload")
    assert (await site.client.put(created["upload"]["url"], content=FILE)).status_code == 200


async def test_a_full_disk_is_said_to_whoever_uploads_and_to_whoever_watches(
    site: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = await site.create()
    video_id, url = created["videoId"], created["upload"]["url"]
    fill(monkeypatch, settings.data_dir / "storage" / original_key(video_id))
    response = await site.client.put(url, content=FILE)
    assert (response.status_code, response.json()["code"]) == (507, "no_space")
    assert response.headers["Retry-After"]
    document = await site.document(video_id)
    assert (document["status"], document["error"]["code"]) == ("failed", "no_space")
    assert document["error"]["message"] == response.json()["detail"]
    assert (await site.client.put(url, content=FILE)).status_code == 200


@pytest.mark.parametrize("process", [True, False])
async def test_processing_starts_by_itself_if_that_was_wanted(site: Site, process: bool) -> None:
    created = await site.create(process=process)
    await site.client.put(created["upload"]["url"], content=FILE)
    assert (await site.video(created["videoId"])).status == ("processing" if process else "uploaded")


@pytest.mark.parametrize("token", ["", "?token=", "?token=nonsense", "?token={other}"])
async def test_only_the_address_that_was_given_takes_the_file(site: Site, token: str) -> None:
    video_id = (await site.create())["videoId"]
    other = (await site.create())["upload"]["url"].partition("token=")[2]
    url = f"/videos/{video_id}/original{token.format(other=other)}"
    response = await site.client.put(url, content=FILE)
    assert (response.status_code, response.json()["code"]) == (403, "bad_upload_address")
    assert (await site.video(video_id)).status == "created"


async def test_a_file_is_taken_once(site: Site) -> None:
    created = await site.create()
    await site.client.put(created["upload"]["url"], content=FILE)
    response = await site.client.put(created["upload"]["url"], content=b"other")
    assert (response.status_code, response.json()["code"]) == (409, "already_uploaded")
    assert await site.original(created["videoId"]) == FILE


@pytest.mark.parametrize("told", [True, False])
async def test_too_much_is_refused_and_the_address_can_be_used_again(settings: Settings, told: bool) -> None:
    async def untold() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield bytes(100)

    installation = Installation(settings.model_copy(update={"upload_max_bytes": 1000}), with_worker=False)
    await installation.start()
    async with Site.open(installation) as site:
        created = await site.create()
        url = created["upload"]["url"]
        response = await site.client.put(url, content=bytes(2000) if told else untold())
        assert (response.status_code, response.json()["code"]) == (413, "too_large")
        assert (await site.client.put(url, content=FILE)).status_code == 200
    await installation.close()


@pytest.mark.parametrize(
    "name", ["A day.mp4", "Où est “ma” vidéo; 100%.mp4", "视频.mkv", "a\r\nX-Evil: 1.mp4"]
)
async def test_the_original_comes_back_under_its_name(site: Site, name: str) -> None:
    video_id = await site.uploaded(filename=name)
    response = await site.client.get(f"/videos/{video_id}/download")
    assert response.content == FILE
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert "X-Evil" not in response.headers
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=UTF-8''")
    assert disposition.isascii() and " " not in disposition.partition("''")[2]


async def test_there_is_no_download_before_the_upload(site: Site) -> None:
    video_id = (await site.create())["videoId"]
    response = await site.client.get(f"/videos/{video_id}/download")
    assert (response.status_code, response.json()["code"]) == (404, "file_not_found")


async def test_the_poster_is_a_picture_once_there_is_one(site: Site) -> None:
    assert (await site.client.get(f"/videos/{await site.uploaded()}/poster.jpg")).status_code == 404
    response = await site.client.get(f"/videos/{await site.published()}/poster.jpg")
    assert (response.headers["Content-Type"], response.content) == ("image/jpeg", POSTER)

"""The progress that a form's page shows while it sends its file."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from tests.support.site import FILE, HTML, Site
from tests.support.waiting import until
from webapp.events import EventType, StageName, Status

ASKS_AGAIN = 'hx-trigger="load delay:1s"'


async def chosen_id(site: Site) -> str:
    """The id in the library's form."""
    found = re.search(r'action="/videos\?id=([\w-]+)"', await site.page("/videos"))
    assert found
    return found[1]


async def test_every_form_has_an_id_of_its_own_and_its_video_gets_it(site: Site) -> None:
    first, second = await chosen_id(site), await chosen_id(site)
    assert first != second
    response = await site.client.post(f"/videos?id={first}", files={"file": ("a.mp4", FILE)})
    assert response.headers["Location"] == f"/videos/{first}"


async def test_an_id_is_never_used_twice(site: Site) -> None:
    taken = await site.uploaded()
    response = await site.client.post(f"/videos?id={taken}", files={"file": ("a.mp4", b"other")})
    assert response.status_code == 303
    assert response.headers["Location"] != f"/videos/{taken}"
    assert await site.original(taken) == FILE


@pytest.mark.parametrize("id", ["", "short", "x" * 23, "../../etc/passwd/xxxxx", "ö" * 22])
async def test_an_id_that_is_none_is_not_used(site: Site, id: str) -> None:
    response = await site.client.post("/videos", params={"id": id}, files={"file": ("a.mp4", FILE)})
    assert response.status_code == 303
    assert re.fullmatch(r"/videos/[\w-]{22}", response.headers["Location"])


async def test_it_says_how_much_has_arrived_until_the_file_is_there(site: Site) -> None:
    video_id = await chosen_id(site)
    url = f"/videos/{video_id}/receiving"
    before = await site.page(url)
    assert "Sending the file" in before and ASKS_AGAIN in before
    arriving, end = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n' + FILE
        arriving.set()
        await end.wait()
        yield b"\r\n--b--\r\n"

    form = {"Content-Type": "multipart/form-data; boundary=b"}
    sending = asyncio.create_task(
        site.client.post(f"/videos?id={video_id}", content=slowly(), headers=HTML | form)
    )
    await arriving.wait()

    page = ""

    async def look() -> None:
        nonlocal page
        page = await site.page(url)

    await until(lambda: "Receiving the file" in page, look=look)
    async with site.parts.history.recording(video_id) as recorder:
        recorder.record(
            EventType.UPLOADING,
            "4 of 9 received",
            stage=StageName.RECEIVE,
            stage_progress=44,
            milestone=False,
        )
    page = await site.page(url)
    assert "4 of 9 received" in page and 'value="44"' in page and ASKS_AGAIN in page
    end.set()
    assert (await sending).status_code == 303
    page = await site.page(url)
    assert 'value="100"' in page and ASKS_AGAIN not in page
    assert (await site.video(video_id)).status is Status.PROCESSING


async def test_an_upload_that_broke_off_says_so_and_does_not_ask_again(site: Site) -> None:
    video_id = await chosen_id(site)
    half = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\nhalf of it'
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    response = await site.client.post(f"/videos?id={video_id}", content=half, headers=HTML | form)
    assert response.status_code == 400
    page = await site.page(f"/videos/{video_id}/receiving")
    assert "broke off" in page and ASKS_AGAIN not in page

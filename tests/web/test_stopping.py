"""The server is asked to end while somebody is sending something."""

import asyncio
import json
from typing import Any

import pytest

from tests.support.http import PATIENCE_S, Answer, connection, read_answer
from tests.support.site import HTML, Site
from tests.support.waiting import until
from webapp.events import Status

SENT, ANNOUNCED = b"x" * 1000, 1_000_000
FORM = 'multipart/form-data; boundary="end"'
PART = b'--end\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'


async def cut_off(site: Site, method: str, path: str, begin: bytes, **headers: str) -> Answer:
    """The answer to a request whose rest does not come before the server is to end."""
    lines = [f"{method} {path} HTTP/1.1", "Host: here", f"Content-Length: {ANNOUNCED}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    async with connection(site.address) as (reader, writer):
        writer.write("\r\n".join([*lines, "", ""]).encode() + begin)
        await asyncio.sleep(0.2)
        site.installation.stop_receiving()
        async with asyncio.timeout(PATIENCE_S):
            return await read_answer(reader, method)


def place(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def problem(answer: Answer) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    found = json.loads(answer.body)
    assert isinstance(found, dict)
    return found


async def test_an_upload_is_told_to_come_back_and_can(site: Site) -> None:
    created = await site.create()
    video_id, url = created["videoId"], created["upload"]["url"]
    answer = await cut_off(site, "PUT", place(url), SENT)
    assert (answer.status, problem(answer)["code"]) == (503, "stopping")
    assert int(answer.headers["retry-after"]) > 0
    video = await site.video(video_id)
    assert video.status is Status.FAILED and video.error and video.error.code == "stopping"
    await until(lambda: not list(site.installation.settings.data_dir.rglob("*.unfinished")))


@pytest.mark.parametrize(
    ("method", "path", "begin", "kind"),
    [
        ("POST", "/videos", b'{"filename', "application/json"),
        ("PUT", "/videos/{id}/poster", SENT, "image/png"),
        ("PATCH", "/videos/{id}", b'{"title', "application/json"),
    ],
)
async def test_so_is_whoever_sends_anything_else(
    site: Site, method: str, path: str, begin: bytes, kind: str
) -> None:
    path = path.format(id=await site.uploaded())
    answer = await cut_off(site, method, path, begin, Content_Type=kind)
    assert (answer.status, problem(answer)["code"]) == (503, "stopping")


async def test_a_form_gets_a_page(site: Site) -> None:
    answer = await cut_off(site, "POST", "/videos", PART + SENT, Content_Type=FORM, **HTML)
    assert answer.status == 503 and answer.headers["content-type"].startswith("text/html")
    assert b"asked to stop before all" in answer.body


async def test_what_has_come_whole_is_answered_as_ever(site: Site) -> None:
    video_id = await site.uploaded()
    site.installation.stop_receiving()
    assert (await site.client.get(f"/videos/{video_id}")).status_code == 200
    assert (await site.client.post(f"/videos/{video_id}/process")).status_code == 202

"""Files over HTTP: in whole, in part, or not again (RFC 9110 §13, §14)."""

from pathlib import Path

import psutil
import pytest
from quart import Quart

from tests.support.site import SEGMENT, SEGMENT_NAME, Site
from tests.support.waiting import until
from webapp.storage.local import LocalStorage
from webapp.web.serving import serve

SIZE = len(SEGMENT)
LONG_AGO, IN_THE_FUTURE = "Mon, 01 Jan 2001 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"


@pytest.fixture
async def url(site: Site) -> str:
    return f"/videos/{await site.published()}/hls/{SEGMENT_NAME}"


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=10-", 10, SIZE - 1),
        ("bytes=-10", SIZE - 10, SIZE - 1),
        (f"bytes={SIZE - 1}-{SIZE + 100}", SIZE - 1, SIZE - 1),
        (f"bytes=-{SIZE + 5}", 0, SIZE - 1),
    ],
)
async def test_a_part_is_that_part(site: Site, url: str, wanted: str, first: int, last: int) -> None:
    response = await site.client.get(url, headers={"Range": wanted})
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response.content == SEGMENT[first : last + 1]


@pytest.mark.parametrize("wanted", ["lines=0-9", "bytes=nonsense", "bytes=0-1,5-6", "bytes=9-2"])
async def test_what_is_not_understood_gets_the_whole(site: Site, url: str, wanted: str) -> None:
    response = await site.client.get(url, headers={"Range": wanted})
    assert (response.status_code, response.content) == (200, SEGMENT)
    assert response.headers["Accept-Ranges"] == "bytes"


async def test_a_part_that_is_not_there_is_said(site: Site, url: str) -> None:
    response = await site.client.get(url, headers={"Range": f"bytes={SIZE}-"})
    assert (response.status_code, response.headers["Content-Range"]) == (416, f"bytes */{SIZE}")


@pytest.mark.parametrize("wanted", [{}, {"Range": "bytes=0-9"}])
async def test_head_says_what_get_would_and_knows_no_parts(
    site: Site, url: str, wanted: dict[str, str]
) -> None:
    head, get = await site.client.head(url, headers=wanted), await site.client.get(url)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Length", "Content-Type", "ETag", "Last-Modified", "Cache-Control"):
        assert head.headers[name] == get.headers[name]


async def test_what_has_not_changed_is_not_sent_again(site: Site, url: str) -> None:
    headers = (await site.client.get(url)).headers
    for condition in (
        {"If-None-Match": headers["ETag"]},
        {"If-None-Match": f'"other", W/{headers["ETag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": headers["Last-Modified"]},
        {"If-Modified-Since": IN_THE_FUTURE},
    ):
        response = await site.client.get(url, headers=condition)
        assert (response.status_code, response.content) == (304, b""), condition
        assert response.headers["ETag"] == headers["ETag"]


async def test_what_has_changed_is(site: Site, url: str) -> None:
    headers = (await site.client.get(url)).headers
    for condition in (
        {"If-None-Match": '"other"'},
        {"If-Modified-Since": LONG_AGO},
        {"If-Modified-Since": "yesterday"},
        # The tag is what counts where both are given (RFC 9110 §13.2.2).
        {"If-None-Match": '"other"', "If-Modified-Since": headers["Last-Modified"]},
    ):
        assert (await site.client.get(url, headers=condition)).content == SEGMENT, condition


async def test_a_part_is_of_what_the_client_has_or_it_gets_the_whole(site: Site, url: str) -> None:
    headers = (await site.client.get(url)).headers
    for validator, status in (
        (headers["ETag"], 206),
        ('"other"', 200),
        (f"W/{headers['ETag']}", 200),
        (headers["Last-Modified"], 206),
        (LONG_AGO, 200),
    ):
        wanted = {"Range": "bytes=0-9", "If-Range": validator}
        assert (await site.client.get(url, headers=wanted)).status_code == status, validator


async def test_what_is_replaced_before_it_is_sent_goes_out_as_it_was_announced(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    await storage.put_bytes("playlist", b"the first version")
    async with Quart("app").test_request_context("/"):
        response = await serve(storage, "playlist", "text/plain", "no-cache")
        await storage.put_bytes("playlist", b"the second")
        assert await response.get_data() == b"the first version"
    assert response.headers["Content-Length"] == str(len("the first version"))


async def test_no_answer_leaves_a_file_open(site: Site, url: str) -> None:
    etag = (await site.client.get(url)).headers["ETag"]
    descriptors = psutil.Process().num_fds()
    for _ in range(5):
        await site.client.get(url, headers={"If-None-Match": etag})
        await site.client.get(url, headers={"Range": f"bytes={SIZE}-"})
        await site.client.get(url)
        await site.client.head(url)
    await until(lambda: psutil.Process().num_fds() <= descriptors)

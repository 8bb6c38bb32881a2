"""What embedded views show, and how it changes while somebody looks."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape

import httpx
import pytest

from tests.support.http import PATIENCE_S
from tests.support.site import HTML, Site
from tests.support.sse import EventStream, parse
from tests.support.waiting import until
from webapp.app import Installation
from webapp.config import Settings
from webapp.events import ErrorInfo, EventType, Status
from webapp.web import plain

OWNER_ONLY = ("/cancel", "/process", "/delete", "<form", "<button", "/download")


async def working(site: Site) -> str:
    """A video that is being processed; nobody does it."""
    video_id = await site.uploaded()
    await site.parts.control.process(video_id)
    return video_id


async def tell(site: Site, video_id: str, progress: int, status: Status = Status.PROCESSING) -> None:
    async with site.parts.history.recording(video_id) as recorder:
        recorder.video.progress, recorder.video.status = progress, status
        if status is Status.READY:
            recorder.video.published_run = recorder.video.run or 1
        if status is Status.FAILED:
            recorder.video.failure = ErrorInfo(code="x", message="No luck.", hint="Try <again>.").model_dump()
        recorder.record(EventType.TRANSCODING, f"{progress} %")


@asynccontextmanager
async def reading(site: Site, path: str) -> AsyncIterator[httpx.Response]:
    async with site.client.stream("GET", path) as response:
        assert response.status_code == 200
        yield response


async def text_with(chunks: AsyncIterator[str], wanted: str) -> str:
    """What comes up to and with `wanted`."""
    text = ""
    async with asyncio.timeout(PATIENCE_S):
        while wanted not in text:
            text += await anext(chunks)
    return text


@pytest.mark.parametrize("path", ["fragments", "frame"])
async def test_fragments_tell_how_far_it_is_and_end_with_the_player(site: Site, path: str) -> None:
    video_id = await working(site)
    async with reading(site, f"/embed/{video_id}/{path}") as response:
        stream = EventStream(response.aiter_raw())
        first = await stream.message()
        assert (first.event, 'value="0"' in first.data) == ("message", True)
        await tell(site, video_id, 42)
        second = await stream.message()
        assert 'value="42"' in second.data
        assert second.seq == first.seq + 1
        await tell(site, video_id, 100, Status.READY)
        third, done = await stream.rest()
    assert "<progress" not in third.data
    assert ("<iframe" in third.data) == (path == "fragments")
    assert done.event == "done"


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.READY, Status.FAILED, Status.CANCELLED])
@pytest.mark.parametrize("path", ["", "/plain", "/live", "/fragments", "/frame", "/player"])
async def test_nothing_is_there_that_only_the_owner_may_do(site: Site, status: Status, path: str) -> None:
    video_id = await working(site)
    await tell(site, video_id, 40, status)
    text = ""
    async with reading(site, f"/embed/{video_id}{path}") as response:
        if status is Status.PROCESSING and path in ("/plain", "/fragments", "/frame"):
            text = await text_with(response.aiter_text(), "40%")
        else:
            text = (await response.aread()).decode()
    # The original is what browsers without HLS play where scripts are off.
    text = re.sub(r'<source src="[^"]*/download">', "", text)
    assert [word for word in OWNER_ONLY if word in text] == []


async def test_a_fragment_for_other_sites_has_absolute_addresses(site: Site) -> None:
    video_id = await site.published()
    live = await site.page(f"/embed/{video_id}/live")
    message, _ = parse((await site.client.get(f"/embed/{video_id}/fragments")).content)
    assert message.data == live
    found = re.findall(r'(?:src|href|poster|action|hx-\w+|sse-connect)="(/[^"]*|[a-z]+:[^"]*)"', live)
    assert found == [f"{site.address.url}/embed/{video_id}?status=off"]


async def test_two_names_of_the_server_get_fragments_of_their_own(site: Site) -> None:
    video_id = await site.published()
    for host in ("one.example", "two.example:81", "one.example"):
        response = await site.client.get(f"/embed/{video_id}/fragments", headers={"Host": host})
        assert f'src="http://{host}/embed/{video_id}' in response.text


class TestBehindAProxy:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"public_url": "https://video.example.org/"})

    async def test_addresses_are_what_the_settings_say(self, site: Site) -> None:
        video_id = (await site.create())["videoId"]  # an upload would go where the settings say, too
        await tell(site, video_id, 100, Status.READY)
        for path in (f"/embed/{video_id}/live", f"/embed/{video_id}/fragments", f"/videos/{video_id}"):
            text = (await site.client.get(path, headers=HTML)).text
            assert f"https://video.example.org/embed/{video_id}" in text
            assert site.address.url not in text


@pytest.mark.parametrize("path", ["live", "plain", ""])
async def test_a_failure_is_told_with_its_reason(site: Site, path: str) -> None:
    video_id = await working(site)
    await tell(site, video_id, 40, Status.FAILED)
    text = await site.page(f"/embed/{video_id}/{path}".rstrip("/"))
    assert "No luck." in text
    assert "Try &lt;again&gt;." in text


async def test_the_page_in_an_iframe_follows_only_what_goes_on(site: Site) -> None:
    video_id = await working(site)
    assert f'sse-connect="/embed/{video_id}/frame?last_event_id=' in await site.page(f"/embed/{video_id}")
    assert "sse-connect" not in await site.page(f"/embed/{video_id}?status=off")
    assert "sse-connect" not in await site.page(f"/embed/{await site.published()}")


async def test_without_scripts_each_state_comes_as_it_happens(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain, "PAUSE_S", 0.01)
    video_id = await working(site)
    async with reading(site, f"/embed/{video_id}/plain") as response:
        chunks = response.aiter_text()
        text = await text_with(chunks, "0%")
        for progress in (17, 34, 51):
            await tell(site, video_id, progress)
            text += await text_with(chunks, f"{progress}%")
        await tell(site, video_id, 100, Status.READY)
        text += "".join([chunk async for chunk in chunks])
    assert text.rstrip().endswith("</html>")
    assert "<script" not in text
    assert "refresh" not in text
    assert text.count("<video") == 1
    assert text.index("51%") < text.index("<video")
    assert f'<source src="/videos/{video_id}/hls/multivariant.m3u8"' in text


async def test_without_scripts_nothing_that_could_run_one_is_allowed(site: Site) -> None:
    response = await site.client.get(f"/embed/{await site.published()}/plain")
    assert "script-src 'none'" in response.headers["Content-Security-Policy"]
    assert "<script" not in response.text


async def test_without_scripts_a_response_has_an_end_and_the_browser_asks_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain, "PAUSE_S", 0)
    monkeypatch.setattr(plain, "MOST_STATES", 3)
    video_id = await working(site)
    async with reading(site, f"/embed/{video_id}/plain") as response:
        chunks = response.aiter_text()
        text = await text_with(chunks, "0%")
        for progress in (10, 20):
            await tell(site, video_id, progress)
            text += await text_with(chunks, f"{progress}%")
        await tell(site, video_id, 30)  # the third state, if the first was 10 %: the page itself says 0 %
        text += "".join([chunk async for chunk in chunks])
    assert re.search(r'<meta http-equiv="refresh" content="\d+">', text)
    assert text.rstrip().endswith("</html>")


async def test_without_scripts_a_server_that_stops_ends_the_page_in_good_order(
    site: Site, installation: Installation
) -> None:
    video_id = await working(site)
    async with reading(site, f"/embed/{video_id}/plain") as response:
        chunks = response.aiter_text()
        await text_with(chunks, "0%")
        await installation.hub.close()
        rest = "".join([chunk async for chunk in chunks])
    assert '<meta http-equiv="refresh"' in rest
    assert rest.rstrip().endswith("</html>")


async def test_without_scripts_a_video_that_is_deleted_is_said_to_be_gone(site: Site) -> None:
    video_id = await working(site)
    async with reading(site, f"/embed/{video_id}/plain") as response:
        chunks = response.aiter_text()
        await text_with(chunks, "0%")
        await site.parts.control.delete(video_id)
        rest = "".join([chunk async for chunk in chunks])
    assert "This video is gone." in rest
    assert rest.rstrip().endswith("</html>")


async def test_who_looks_without_scripts_leaves_nothing_behind(
    site: Site, installation: Installation
) -> None:
    video_id = await working(site)
    for _ in range(3):
        async with reading(site, f"/embed/{video_id}/plain") as response:
            await text_with(response.aiter_text(), "0%")
            await until(lambda: installation.hub.open_streams == 1)
        await until(lambda: installation.hub.open_streams == 0)


class TestFull:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"stream_max_total": 1})

    async def test_without_scripts_the_page_polls_where_no_more_streams_are_taken(self, site: Site) -> None:
        video_id = await working(site)
        async with reading(site, f"/videos/{video_id}/status"):
            page = await site.page(f"/embed/{video_id}/plain")
            assert "0%" in page
            assert '<meta http-equiv="refresh"' in page


async def test_head_needs_no_stream(site: Site) -> None:
    video_id = await working(site)
    for path in ("plain", "fragments", "status", "frame", "live"):
        response = await site.client.head(f"/embed/{video_id}/{path}")
        assert (response.status_code, response.content) == (200, b"")


async def test_the_videos_page_has_the_three_snippets(site: Site) -> None:
    video_id = await site.published(title='Tom & "Jerry" <3', embed=["https://a.example"])
    page = await site.page(f"/videos/{video_id}")
    place = f"{site.address.url}/embed/{video_id}"
    snippets = [unescape(found) for found in re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)]
    assert len(snippets) == 3
    player, without_scripts, fragments = snippets
    assert player.startswith(f'<iframe src="{place}" title="Tom &amp; &#34;Jerry&#34; &lt;3"')
    assert without_scripts.startswith(f'<iframe src="{place}/plain"')
    assert f'sse-connect="{place}/fragments"' in fragments
    for address in re.findall(r'<script src="([^"]+)"', fragments):
        assert (await site.client.get(address)).status_code == 200
    assert 'value="https://a.example"' in page

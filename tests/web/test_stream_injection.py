"""Whatever a name or a message holds: it stays inside its event, and inside its page."""

import json
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from websockets.asyncio.client import connect

from tests.support.site import Site
from tests.support.sse import EventStream
from tests.support.wire import Wire, tell

TEXTS = {
    "line ends": "a\rb\nc\r\nd\n\ne",
    "a whole event": "x\n\nevent: done\ndata: {}\nid: 99\n\n",
    "NUL": "a\0b",
    "script": "</script><script>window.injected = 1</script><img src=x onerror=alert(1)>",
    "attributes": '" onmouseover="alert(1)" x=\'',
    "separators": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "template": "{{ 7 * 7 }}{% raw %}",
    "directions": "\u202etxt.4pm\u200f",
    "long": "ü</script>\n" * 5000,
    "controls": "".join(chr(code) for code in range(0x20)) + "\x7f",
    "beyond": "\U0001f3ac\U0010ffff\ufffe",
}


class Tags(HTMLParser):
    """What would run or load in a piece of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attributes]
        if (tag == "script" and "src" not in names) or any(name.startswith("on") for name in names):
            self.bad.append(f"{tag} {attributes}")


async def event_streams(site: Site, video_id: str, *targets: str) -> list[tuple[Any, EventStream]]:
    opened = []
    for target in targets:
        context = Wire.open(site.address)
        wire = await context.__aenter__()
        await wire.ask(target)
        opened.append((context, wire.events()))
    return opened


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_a_message_arrives_as_it_is_and_as_nothing_else(site: Site, text: str) -> None:
    video_id = await site.uploaded()
    targets = (f"/videos/{video_id}/status", "/videos/status", f"/videos/{video_id}/fragments")
    opened = await event_streams(site, video_id, *targets)
    address = f"{site.address.url.replace('http', 'ws')}/videos/{video_id}/status.ws"
    async with connect(address, max_size=None) as client:
        await client.recv()
        for _, stream in opened:
            await stream.message()
        seq = await tell(site, video_id, message=text)
        for _, stream in opened[:2]:
            event = await stream.message()
            assert (event.event, event.json["message"], event.json["seq"]) == ("video_update", text, seq)
        fragment = await opened[2][1].message()
        assert (fragment.event, fragment.seq, Tags(fragment.data).bad) == ("message", seq, [])
        assert json.loads(await client.recv())["message"] == text
        end = await tell(site, video_id)
        for number, (context, stream) in enumerate(opened):
            following = await stream.message()
            assert following.seq >= end if number == 1 else following.seq == end
            await context.__aexit__(None, None, None)
    assert not Tags(await site.page(f"/videos/{video_id}")).bad


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_a_title_and_a_file_name_stay_text(site: Site, text: str) -> None:
    answer = await site.client.post("/videos", json={"filename": f"{text}.mp4"[-200:], "title": text[:200]})
    assert answer.status_code in (201, 400), answer.text
    if answer.status_code == 400:
        return
    video_id = answer.json()["videoId"]
    opened = await event_streams(
        site, video_id, f"/videos/{video_id}/fragments", "/videos/fragments?last_event_id=0"
    )
    for context, stream in opened:
        message = await stream.message()
        assert not Tags(message.data).bad
        await context.__aexit__(None, None, None)
    title = (await site.document(video_id))["title"]
    for path in (f"/videos/{video_id}", "/videos", f"/embed/{video_id}"):
        page = await site.page(path)
        assert not Tags(page).bad
        if path != "/videos":
            assert title.strip()[:5] in unescape(page)


@pytest.mark.parametrize("first", range(0, 256, 32))
async def test_every_byte_that_a_file_name_can_hold(site: Site, first: int) -> None:
    """As a form sends it: bytes, in whatever encoding."""
    for byte in range(first, first + 32):
        name = b"a" + bytes([byte]) + b"b.mp4"
        head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n\r\n'
        answer = await site.client.post(
            "/videos",
            content=head + b"data\r\n--b--\r\n",
            headers={"Content-Type": "multipart/form-data; boundary=b"},
        )
        assert answer.status_code in (201, 303, 400, 422), (byte, answer.status_code, answer.text)
        if answer.status_code >= 400:
            continue
        video_id = answer.headers["Location"].rpartition("/")[2]
        opened = await event_streams(
            site, video_id, f"/videos/{video_id}/status?last_event_id=0", f"/videos/{video_id}/fragments"
        )
        for context, stream in opened:
            assert (await stream.message()).seq >= 1
            await context.__aexit__(None, None, None)


@pytest.mark.parametrize("field", ["filename", "title"])
async def test_half_a_character_is_refused_or_kept_as_something_whole(site: Site, field: str) -> None:
    document = json.dumps({"filename": "a.mp4", "title": "b", field: "\ud800 x.mp4"})
    answer = await site.client.post(
        "/videos", content=document.encode(), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (201, 400)
    assert (await site.client.get("/videos", headers={"Accept": "text/html"})).status_code == 200

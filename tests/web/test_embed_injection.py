"""Names and messages that try to be something else: markup, events, lines of a protocol."""

import json
from html.parser import HTMLParser

import pytest

from tests.support.site import HTML, Site
from tests.support.sse import Message, parse
from webapp.events import ErrorInfo, EventType, Status

NASTY = {
    "markup": "</p></div></section><script>alert(1)</script><img src=x onerror=alert(2)>",
    "end of a script": "</script></textarea></title></style></iframe><!--",
    "quotes": "\" onload=alert(1) x='` autofocus onfocus='alert(2)",
    "another event": "a\n\nevent: done\nid: 9\ndata: {}\n\n",
    "carriage returns": "a\r\rid: 9\r\ndata: x\r\r\nretry: 1\r",
    "nul": "a\0b\0",
    "line separators": "a\u2028b\u2029c\x85d\x0b\x0c",
    "entities": "&lt;b&gt; &amp;amp; &#60;script&#62; &quot",
    "template": "{{ 7 * 7 }} {% raw %} ${7 * 7} #{7}",
    "long": "<" * 65_536,
    "turned around": "\u202egpj.exe\u202c \ufeff\u200b",
    "beyond the plane": "\U0001f3ac\ud800\udfff",
}
PAGES = ("", "/live", "/plain", "/player")
STREAMS = ("/fragments", "/frame")
HANDLERS = ("onload", "onerror", "onfocus", "onclick")


class Elements(HTMLParser):
    """The elements of a page with their attributes, and the text between."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def shape(self) -> list[tuple[str, list[str]]]:
        """What there is, whatever it says."""
        return [(tag, sorted(attributes)) for tag, attributes in self.found]


def stored(text: str) -> str:
    """As a database takes it: without half characters."""
    return text.encode("utf-8", "replace").decode()


async def broken(site: Site, text: str, status: Status) -> str:
    """A video all of whose words are `text`, as if nothing had cleaned them on the way in."""
    video_id = await (site.published() if status is Status.READY else site.uploaded())
    words = stored(text)
    async with site.parts.history.recording(video_id) as recorder:
        video = recorder.video
        video.title = video.filename = words
        video.status = status
        if status is Status.FAILED:
            video.failure = ErrorInfo(code="x", message=words, hint=words).model_dump()
        recorder.record(EventType.STATUS, words)
    return video_id


async def views(site: Site, video_id: str) -> dict[str, str]:
    found = {path: await site.page(f"/embed/{video_id}{path}") for path in PAGES}
    found["the video's page"] = await site.page(f"/videos/{video_id}")
    for path in STREAMS:
        found[path] = (await messages(site, f"/embed/{video_id}{path}"))[0].data
    return found


async def messages(site: Site, path: str) -> list[Message]:
    return parse((await site.client.get(path)).raise_for_status().content)


@pytest.mark.parametrize("status", [Status.READY, Status.FAILED])
async def test_no_page_and_no_fragment_has_another_shape_for_it(site: Site, status: Status) -> None:
    tame = await views(site, await broken(site, "tame", status))
    for name, text in NASTY.items():
        wild = await views(site, await broken(site, text, status))
        for path in tame:
            elements = Elements(wild[path])
            assert elements.shape == Elements(tame[path]).shape, (name, path)
            assert not [tag for tag, attributes in elements.found if set(attributes) & set(HANDLERS)]


async def test_no_stream_gets_another_event_by_it(site: Site) -> None:
    for name, text in NASTY.items():
        video_id = await broken(site, text, Status.FAILED)
        newest = (await site.video(video_id)).seq
        for path in STREAMS:
            found = [
                (message.event, message.seq) for message in await messages(site, f"/embed/{video_id}{path}")
            ]
            assert found == [("message", newest), ("done", newest)], (name, path)
        everything = await messages(site, f"/embed/{video_id}/status?last_event_id=0")
        assert [message.seq for message in everything] == [*range(1, newest + 1), newest], name
        assert [message.event for message in everything] == ["video_update"] * newest + ["done"], name
        assert json.loads(everything[newest - 1].data)["message"] == stored(text), name


async def test_a_snippet_is_copied_as_html_that_says_the_title(site: Site) -> None:
    for name, text in NASTY.items():
        page = Elements(await site.page(f"/videos/{await broken(site, text, Status.READY)}"))
        assert [tag for tag, _ in page.found].count("textarea") == 3
        # What is copied is what the browser shows: parsed once by this page, and once where it is put.
        pasted = Elements(page.text[page.text.index("<iframe") :])
        player, plain = (attributes for tag, attributes in pasted.found if tag == "iframe")
        assert player["title"] == plain["title"] == stored(text), name
        assert not set(player) & set(HANDLERS), name


async def test_it_comes_in_by_the_api_as_a_name_without_control_characters(site: Site) -> None:
    for name, text in NASTY.items():
        short = stored(text)[:900]
        created = await site.create(filename=f"{short}.mp4", title=short)
        document = await site.document(created["videoId"])
        for field in ("title", "filename"):
            assert document[field], name
            assert not [one for one in document[field] if ord(one) < 32 or one in "\x7f\x85\u2028\u2029"], (
                name
            )


async def test_a_host_that_is_markup_stays_a_host(site: Site) -> None:
    video_id = await site.published()
    for path in (f"/embed/{video_id}/live", f"/videos/{video_id}"):
        response = await site.client.get(path, headers={**HTML, "Host": 'a"><script>alert(1)</script>'})
        assert "<script>alert" not in response.text

"""What a tile of the library says of a video that is processed, or is going to be."""

import re

from tests.support.site import Site
from webapp.pipeline.journal import Journal
from webapp.web.tiles import tile_renderer
from webapp.words import FARTHEST_PLACE


async def queued(site: Site, count: int) -> list[str]:
    videos = [await site.uploaded() for _ in range(count)]
    for video_id in videos:
        await site.parts.control.process(video_id)
    return videos


async def tile(site: Site, video_id: str) -> str:
    """As the stream sends it, which is as the page has it."""
    render = tile_renderer(site.installation.app.jinja_env, site.parts.db)
    html = await render(video_id, False)
    assert html in await site.page("/videos")
    return html


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_in_the_queue_it_waits_and_is_told_its_place(site: Site) -> None:
    first, second, third = await queued(site, 3)
    assert words(await tile(site, first)).endswith("Waiting It is next")
    assert words(await tile(site, third)).endswith("Waiting 2 videos are before it")
    assert "<progress" not in await tile(site, first)
    await Journal(site.parts.history, first, 1).begin()
    assert words(await tile(site, first)).endswith("Processing 0%")
    assert "<progress" in await tile(site, first)
    assert words(await tile(site, second)).endswith("Waiting It is next")


async def test_far_back_nobody_is_told_the_very_place(site: Site) -> None:
    videos = await queued(site, FARTHEST_PLACE + 2)
    for video_id in videos[FARTHEST_PLACE:]:
        assert words(await tile(site, video_id)).endswith(f"{FARTHEST_PLACE} videos or more are before it")


async def test_without_a_core_it_says_so(site: Site) -> None:
    (video_id,) = await queued(site, 1)
    journal = Journal(site.parts.history, video_id, 1)
    await journal.begin()
    await journal.tick(31, {}, None, None, waits_for_core=True)
    assert words(await tile(site, video_id)).endswith("Processing 31%, waiting for a free core")
    await journal.tick(32, {}, None, None)
    assert words(await tile(site, video_id)).endswith("Processing 32%")


async def test_the_pages_of_a_queued_video_say_waiting_too(site: Site) -> None:
    (video_id,) = await queued(site, 1)
    for path in (f"/videos/{video_id}", f"/embed/{video_id}"):
        page = await site.page(path)
        assert '<span class="chip wait">Waiting</span>' in page and "Processing</span>" not in page

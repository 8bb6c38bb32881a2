"""The HLS package over HTTP."""

import pytest

from tests.support.http import raw_request
from tests.support.site import PLAYLIST, SEGMENT, SEGMENT_NAME, Site
from webapp.events import Status
from webapp.keys import hls_key


async def test_a_playlist_is_asked_for_again_and_a_segment_never(site: Site) -> None:
    video_id = await site.published()
    playlist = await site.client.get(f"/videos/{video_id}/hls/multivariant.m3u8")
    assert playlist.content == PLAYLIST
    assert playlist.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    assert playlist.headers["Cache-Control"] == "no-cache"
    segment = await site.client.get(f"/videos/{video_id}/hls/{SEGMENT_NAME}")
    assert segment.content == SEGMENT
    assert segment.headers["Content-Type"] == "video/mp4"
    assert segment.headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_a_segment_is_asked_for_again_while_it_may_be_taken_back(site: Site) -> None:
    video_id = await site.published()
    address = f"/videos/{video_id}/hls/{SEGMENT_NAME}"
    async with site.parts.history.recording(video_id) as recorder:
        recorder.video.status, recorder.video.run = Status.UPLOADING, 0
    early = await site.client.get(address)
    assert early.headers["Cache-Control"] == "no-cache"
    again = await site.client.get(address, headers={"If-None-Match": early.headers["ETag"]})
    assert again.status_code == 304
    await site.parts.storage.put_bytes(hls_key(video_id, SEGMENT_NAME), b"another")
    again = await site.client.get(address, headers={"If-None-Match": early.headers["ETag"]})
    assert again.content == b"another"


@pytest.mark.parametrize("name", ["playlist.m3u8", "iframes.m3u8"])
async def test_every_playlist_of_a_rendition_is_served(site: Site, name: str) -> None:
    video_id = await site.published()
    await site.parts.storage.put_bytes(hls_key(video_id, f"r1/240p/{name}"), PLAYLIST)
    answer = await site.client.get(f"/videos/{video_id}/hls/r1/240p/{name}")
    assert (answer.status_code, answer.content) == (200, PLAYLIST)
    assert answer.headers["Content-Type"] == "application/vnd.apple.mpegurl"


async def test_no_playlist_is_served_before_it_is_published(site: Site) -> None:
    video_id = await site.uploaded()
    await site.parts.storage.put_bytes(hls_key(video_id, "multivariant.m3u8"), PLAYLIST)
    assert (await site.client.get(f"/videos/{video_id}/hls/multivariant.m3u8")).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "nothing.m3u8",
        "r1/240p/s00001.m4s",
        "r1/240p/s0.m4s",
        "r1/240p/init.mp4/",
        "r1/../multivariant.m3u8",
        "../source/original",
        "%2e%2e/source/original",
        "..%2fsource%2foriginal",
        "/../../../../../../etc/passwd",
        "r1/240p/s00000.m4s%00",
        "r١/240p/s00000.m4s",
        "",
    ],
)
async def test_nothing_but_the_package_can_be_reached(site: Site, name: str) -> None:
    video_id = await site.published()
    answer = await raw_request(site.address, "GET", f"/videos/{video_id}/hls/{name}")
    assert answer.status in (308, 400, 404)
    assert b"not really" not in answer.body and b"root:" not in answer.body


async def test_a_segment_belongs_to_its_video(site: Site) -> None:
    await site.published()
    other = await site.uploaded()
    assert (await site.client.get(f"/videos/{other}/hls/{SEGMENT_NAME}")).status_code == 404

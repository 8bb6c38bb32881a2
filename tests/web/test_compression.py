"""Playlists and subtitles, compressed for those who take it."""

import gzip

import pytest

from tests.support.http import raw_request
from tests.support.site import PLAYLIST, SEGMENT_NAME, Site
from webapp.keys import hls_key

NAME, TEXT = "r1/subtitles/s00000.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nÉté\n"


def path(video_id: str, name: str = "multivariant.m3u8") -> str:
    return f"/videos/{video_id}/hls/{name}"


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br", "br;q=1, gzip;q=0.5", "*"])
async def test_a_playlist_is_compressed_for_those_who_take_it(site: Site, accepted: str) -> None:
    url = path(await site.published())
    answer = await raw_request(site.address, "GET", url, headers={"Accept-Encoding": accepted})
    assert answer.status == 200 and gzip.decompress(answer.body) == PLAYLIST
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert "Accept-Encoding" in answer.headers["vary"]


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0"])
async def test_others_get_it_as_it_is(site: Site, accepted: str) -> None:
    url = path(await site.published())
    answer = await raw_request(site.address, "GET", url, headers={"Accept-Encoding": accepted})
    assert (answer.status, answer.body) == (200, PLAYLIST)
    assert "content-encoding" not in answer.headers and "Accept-Encoding" in answer.headers["vary"]


async def test_each_form_has_a_tag_of_its_own(site: Site) -> None:
    url = path(await site.published())
    plain = await site.client.get(url, headers={"Accept-Encoding": "identity"})
    packed = await site.client.get(url, headers={"Accept-Encoding": "gzip"})
    assert plain.headers["ETag"] != packed.headers["ETag"]
    for coding, tag, status in (
        ("identity", plain.headers["ETag"], 304),
        ("gzip", packed.headers["ETag"], 304),
        ("gzip", plain.headers["ETag"], 200),
        ("identity", packed.headers["ETag"], 200),
    ):
        again = await site.client.get(url, headers={"Accept-Encoding": coding, "If-None-Match": tag})
        assert again.status_code == status


async def test_subtitles_are_text_that_is_compressed_and_never_changes(site: Site) -> None:
    video_id = await site.published()
    await site.parts.storage.put_bytes(hls_key(video_id, NAME), TEXT.encode())
    answer = await site.client.get(path(video_id, NAME), headers={"Accept-Encoding": "gzip"})
    assert answer.text == TEXT and answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_segments_are_not_compressed_again(site: Site) -> None:
    answer = await site.client.get(
        path(await site.published(), SEGMENT_NAME), headers={"Accept-Encoding": "gzip"}
    )
    assert "Content-Encoding" not in answer.headers

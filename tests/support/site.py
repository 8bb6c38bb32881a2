"""The app behind a socket of its own, without a worker, and what a client of it does all day."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.support.content import content
from tests.support.http import PATIENCE_S, Address, listening
from webapp.app import Installation
from webapp.events import EventType, Status
from webapp.keys import hls_key, original_key, poster_key
from webapp.runs import get_run
from webapp.videos import Video, get_video
from webapp.web.parts import EXTENSION, Parts

JSON = {"Accept": "application/json"}
# What Chromium sends when it goes to a page.
HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"}
FILE = b"not really a video"
PLAYLIST, SEGMENT, POSTER = b"#EXTM3U\n", bytes(range(256)) * 4, b"\xff\xd8\xff\xe0 picture"
SEGMENT_NAME = "r1/240p/s00000.m4s"


class Site:
    """
    Attributes:
        client: asks for what programs ask for; pass `headers=HTML` to be a browser.
    """

    def __init__(self, client: httpx.AsyncClient, installation: Installation, address: Address) -> None:
        self.client, self.installation, self.address = client, installation, address
        parts = installation.app.extensions[EXTENSION]
        assert isinstance(parts, Parts)
        self.parts = parts

    @classmethod
    @asynccontextmanager
    async def open(cls, installation: Installation) -> AsyncIterator["Site"]:
        async with (
            listening(installation.app) as address,
            httpx.AsyncClient(base_url=address.url, timeout=PATIENCE_S) as client,
        ):
            yield cls(client, installation, address)

    async def create(self, filename: str = "clip.mp4", **wanted: Any) -> dict[str, Any]:
        """Announces a file; returns the answer."""
        response = await self.client.post("/videos", json={"filename": filename, **wanted})
        assert response.status_code == 201, response.text
        found = response.json()
        assert isinstance(found, dict)
        return found

    async def uploaded(self, data: bytes = FILE, **wanted: Any) -> str:
        """A video with its file, which nobody has asked to process; returns its id."""
        created = await self.create(**wanted)
        (await self.client.put(created["upload"]["url"], content=data)).raise_for_status()
        return str(created["videoId"])

    async def published(self, **wanted: Any) -> str:
        """A video that is ready, as a worker would leave it, with a little to play."""
        video_id = await self.uploaded(**wanted)
        await self.parts.control.process(video_id)
        for key, data in (
            (hls_key(video_id, "multivariant.m3u8"), PLAYLIST),
            (hls_key(video_id, SEGMENT_NAME), SEGMENT),
            (poster_key(video_id), POSTER),
        ):
            await self.parts.storage.put_bytes(key, data)
        async with self.parts.history.recording(video_id) as recorder:
            video = recorder.video
            video.status, video.progress, video.published_run = Status.READY, 100, video.run
            video.poster, video.width, video.height, video.duration_s = True, 320, 180, 61.0
            run = await get_run(recorder.session, video_id, video.run)
            run.status, run.progress, run.finished_at = Status.READY, 100, video.created_at
            recorder.record(EventType.STATUS, "Ready", run=run)
        return video_id

    async def video(self, video_id: str) -> Video:
        async with self.parts.db.read() as session:
            return await get_video(session, video_id)

    async def original(self, video_id: str) -> bytes:
        """The stored upload."""
        return await content(self.parts.storage, original_key(video_id))

    async def document(self, video_id: str) -> dict[str, Any]:
        found = (await self.client.get(f"/videos/{video_id}", headers=JSON)).raise_for_status().json()
        assert isinstance(found, dict)
        return found

    async def titles(self, query: str = "") -> list[str]:
        """Of the videos that the library lists."""
        found = (await self.client.get(f"/videos{query}")).raise_for_status().json()
        return [video["title"] for video in found["videos"]]

    async def page(self, path: str) -> str:
        return (await self.client.get(path, headers=HTML)).raise_for_status().text

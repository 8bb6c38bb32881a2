"""Watching an upload over HTTP before it is complete."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.hls import Package
from tests.support.server import Server
from tests.support.video import make_video, noisy_frame
from tests.support.waiting import LONGEST_S, until_true

PIECE_BYTES = 256 * 1024
FRAMES = 200


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """An upload may stand still for longer than anybody here waits for what comes of its beginning."""
    with Server(tmp_path / "data", RUSHES_UPLOAD_IDLE_S=str(2 * LONGEST_S)) as server:
        yield server


def test_an_upload_is_played_while_it_comes_and_is_whole_in_the_end(server: Server, tmp_path: Path) -> None:
    video = make_video(
        tmp_path / "clip.mp4",
        seconds=FRAMES / 10,
        rate=10,
        gop=20,
        picture=noisy_frame,
        options={"preset": "ultrafast", "crf": "10"},
        container_options={"movflags": "faststart"},
    )
    data, go_on = video.read_bytes(), threading.Event()

    def body() -> Iterator[bytes]:
        for start in range(0, len(data), PIECE_BYTES):
            if start > 0.7 * len(data):
                go_on.wait(LONGEST_S)
            yield data[start : start + PIECE_BYTES]

    with server.client() as client:
        created = client.post("/videos", json={"filename": "clip.mp4", "process": True}).json()
        url, video_id = created["upload"]["url"], created["videoId"]

        def send() -> None:
            httpx.put(url, content=body(), headers={"Content-Length": str(len(data))}, timeout=LONGEST_S)

        def document() -> dict[str, Any]:
            found = client.get(f"/videos/{video_id}", headers={"Accept": "application/json"}).json()
            assert isinstance(found, dict)
            return found

        sending = threading.Thread(target=send)
        sending.start()
        try:
            until_true(lambda: document()["playable"], why="nothing to play")
            assert document()["status"] == "uploading"
            package = Package.served(client, video_id)
            shown = [frame.number for frame in package.frames(package.variants[0].uri)]
            assert shown and shown == list(range(len(shown)))
        finally:
            go_on.set()
            sending.join()
        until_true(lambda: document()["status"] == "ready", why="never ready")
        for variant in package.variants:
            assert [frame.number for frame in package.frames(variant.uri)] == list(range(FRAMES))

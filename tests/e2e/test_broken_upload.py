"""The server is killed in the middle of an upload."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx

from tests.support.server import Server
from tests.support.waiting import LONGEST_S, until_true

PIECE, ENOUGH = b"x" * 1_000_000, 3


def test_it_can_be_sent_again_as_soon_as_the_server_is_back(tmp_path: Path, small_video: Path) -> None:
    with Server(tmp_path / "data") as server, server.client() as client:
        created = client.post("/videos", json={"filename": "a.mp4", "process": True}).json()
        address, video = created["upload"]["url"], f"/videos/{created['videoId']}"
        sent = threading.Event()

        def slowly() -> Iterator[bytes]:
            for number in range(1000):
                yield PIECE
                if number == ENOUGH:
                    sent.set()
                time.sleep(0.05 if number < ENOUGH else 1)

        def send() -> None:
            with suppress(httpx.TransportError):
                httpx.put(address, content=slowly(), timeout=LONGEST_S)

        sending = threading.Thread(target=send)
        sending.start()
        assert sent.wait(LONGEST_S)
        until_true(lambda: client.get(video).json()["status"] == "uploading")
        server.kill()
        sending.join()
        server.start()
        until_true(lambda: client.get(video).json()["status"] == "failed")
        assert client.get(video).json()["error"]["code"] == "upload_interrupted"
        with small_video.open("rb") as file:
            client.put(address, content=file).raise_for_status()
        until_true(lambda: client.get(video).json()["status"] == "ready", 120)

"""The process: it starts or says why not, and ends when asked to, whatever is under way."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.support.server import ROOT, Server
from tests.support.waiting import LONGEST_S, until_true


def rushes(data_dir: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"RUSHES_DATA_DIR": str(data_dir), "PORT": "0", **settings}
    return subprocess.run(
        [sys.executable, "-m", "webapp", *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
    )


def says(done: subprocess.CompletedProcess[str]) -> str:
    """What it says instead of starting: one line, for a person."""
    assert done.returncode == 1
    assert done.stderr.startswith("rushes: ") and done.stderr.count("\n") == 1
    return done.stderr


@pytest.mark.parametrize("command", [(), ("serve",), ("worker",), ("migrate",)])
def test_help_is_worth_reading(tmp_path: Path, command: tuple[str, ...]) -> None:
    shown = rushes(tmp_path, *command, "--help").stdout
    assert "RUSHES_DATA_DIR" in shown and "docs/settings.md" in shown
    for name in ("serve", "worker", "migrate") if not command else ():
        assert f"    {name} " in shown


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_database_that_was_not_migrated_is_no_crash(tmp_path: Path, command: str) -> None:
    assert "rushes migrate" in says(rushes(tmp_path, command))


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_data_folder_that_cannot_be_one_is_no_crash(tmp_path: Path, command: str) -> None:
    place = tmp_path / "a file"
    place.touch()
    assert "RUSHES_DATA_DIR" in says(rushes(place, command))


def test_a_port_that_is_taken_is_no_crash(migrated: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"port {port}" in says(rushes(migrated, "serve", PORT=port))


@pytest.mark.parametrize("name", ["DATABASE_URL", "STORAGE_URL", "BROKER_URL"])
def test_what_this_release_does_not_know_is_no_crash(migrated: Path, name: str) -> None:
    said = says(rushes(migrated, "serve", **{name: "unknown://somewhere"}))
    assert name in said and "takes" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_without_a_word_in_the_middle_of_everything(
    server: Server, small_video: Path, number: int
) -> None:
    """A run, a stream and an upload that stands still: none of them keeps it, none of them is an error."""
    video_id = server.upload(small_video)
    received: list[str] = []

    def follow() -> None:
        with httpx.stream("GET", f"{server.url}/videos/{video_id}/status", timeout=LONGEST_S) as stream:
            received.extend(stream.iter_text())

    following = threading.Thread(target=follow)
    following.start()
    with server.client() as client:
        created = client.post("/videos", json={"filename": "stands still.mp4"}).json()

    uploading = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=LONGEST_S)
    uploading.putrequest("PUT", created["upload"]["url"].removeprefix(server.url))
    uploading.putheader("Content-Length", "1000000")
    uploading.endheaders(b"x" * 1000)
    until_true(lambda: "video_transcoding" in "".join(received), why="the run starts")
    server.stop(number)
    following.join()
    with closing(uploading), uploading.getresponse() as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (503, "application/problem+json")
        assert answer.headers["Retry-After"]
    assert server.exit_code == 0
    assert server.log.read_text() == f"Rushes is at {server.url}\n"
    assert "".join(received).endswith("\n\n")

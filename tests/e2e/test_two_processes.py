"""The web side and the worker in processes of their own, as the Procfile has them."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.files import files_in
from tests.support.follower import Follower
from tests.support.server import Program, Server
from tests.support.waiting import LONGEST_S, until_true
from tests.support.working import children

# Longer than a stream is silent here: whoever connects anew would see the rows without being told of them.
PATIENCE_S = 60


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("two") / "data"


@pytest.fixture(scope="module")
def web(data_dir: Path) -> Iterator[Server]:
    with Server(data_dir, "--no-worker") as web:
        yield web


@pytest.fixture
def worker(web: Server, data_dir: Path) -> Iterator[Program]:
    """To be started by the test."""
    worker = Program(data_dir, "worker")
    yield worker
    worker.kill()


def notes(data_dir: Path, video_id: str) -> int:
    """How many chunks are finished."""
    return len(list(data_dir.glob(f"storage/videos/{video_id}/runs/1/chunk-*.json")))


def test_what_waits_for_a_worker_is_followed_live_once_there_is_one(
    web: Server, worker: Program, long_video: Path
) -> None:
    video_id = web.upload(long_video)
    with Follower(web.url, video_id, PATIENCE_S) as follower:
        assert follower.wait_for(lambda event: "queuePosition" in event)["queuePosition"] == 1
        worker.start()
        follower.wait_for(lambda event: event.get("playable", False))
        assert follower.wait_for_end()["status"] == "ready"
    assert follower.connections == 1  # nobody in this process woke the stream: it looked for itself
    assert follower.ids == list(range(1, len(follower.ids) + 1))
    assert len({event["progress"] for event in follower.events}) > 5
    assert not children(web.pid)


def test_a_worker_that_is_killed_takes_its_children_along_and_the_next_one_goes_on(
    web: Server, worker: Program, data_dir: Path, long_video: Path
) -> None:
    video_id = web.upload(long_video)
    with Follower(web.url, video_id, PATIENCE_S) as follower:
        worker.start()
        until_true(lambda: notes(data_dir, video_id) >= 2)
        alive = children(worker.pid)
        worker.kill()
        assert alive and not psutil.wait_procs(alive, timeout=LONGEST_S)[1]
        with web.client() as client:
            assert client.get(f"/videos/{video_id}").json()["status"] == "processing"
        worker.start()
        last = follower.wait_for_end()
    assert (last["status"], last["progress"]) == ("ready", 100)
    assert follower.connections == 1
    assert "Processing goes on after an interruption" in [event["message"] for event in follower.events]


@pytest.mark.parametrize("asked", ["cancel", "delete"])
def test_a_run_in_the_other_process_is_stopped_and_leaves_no_ladder(
    web: Server, worker: Program, data_dir: Path, long_video: Path, asked: str
) -> None:
    worker.start()
    video_id = web.upload(long_video)
    until_true(lambda: notes(data_dir, video_id) >= 1)
    with web.client() as client:
        if asked == "cancel":
            client.post(f"/videos/{video_id}/cancel").raise_for_status()
        else:
            client.delete(f"/videos/{video_id}").raise_for_status()
    until_true(lambda: not children(worker.pid))
    folder = data_dir / "storage/videos" / video_id
    # The upload and its pictures, what is played of it as it is, and what leads there.
    kept = {"source", video_id, "copy", "copy_audio", "hls", "1"} if asked == "cancel" else set[str]()
    until_true(lambda: {path.parent.name for path in files_in(folder)} <= kept)
    until_true(lambda: not notes(data_dir, video_id))
    until_true(lambda: not list(data_dir.glob("scratch/*")))
    worker.stop()
    for program in (worker, web):
        assert "Traceback" not in program.log.read_text()

"""The server is killed, or stopped, in the middle of a run."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from tests.support.follower import Follower
from tests.support.hls import Package, ffmpeg_complaints
from tests.support.server import Server
from tests.support.upheaval import Moment, Upheaval

CHUNKS, FRAMES, RATE = 6, 30 * 25, 25

IN_THE_FIRST_CHUNK = Moment(begins=lambda run: run.encoding(0), ends=lambda run: "00000" in run.notes)
IN_THE_MIDDLE = Moment(begins=lambda run: len(run.notes) >= 2, ends=lambda run: len(run.notes) >= CHUNKS - 2)
# The last two are encoded at the same time.
NEAR_THE_END = Moment(
    begins=lambda run: len(run.notes) >= CHUNKS - 2, ends=lambda run: len(run.notes) >= CHUNKS
)
IN_GOOD_ORDER = Moment(begins=IN_THE_MIDDLE.begins, ends=IN_THE_MIDDLE.ends, orderly=True)

WAYS = {"killed": [IN_THE_FIRST_CHUNK, IN_THE_MIDDLE, NEAR_THE_END], "stopped": [IN_GOOD_ORDER]}


@pytest.fixture(scope="module", params=WAYS)
def run(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, long_video: Path
) -> Iterator[Upheaval]:
    """A run that went through it all and has ended."""
    data_dir = tmp_path_factory.mktemp("upheaval") / "data"
    # All sizes, and slowly: more to be lost, and time to be ended in.
    with Server(data_dir, RUSHES_PER_TITLE="false", RUSHES_PRESET="slow") as server:
        video_id = server.upload(long_video)
        with Follower(server.url, video_id) as follower:
            run = Upheaval(server, data_dir, video_id, follower)
            for moment in WAYS[request.param]:
                run.pass_through(moment)
            follower.wait_for_end()
            yield run


def test_it_goes_on_by_itself_and_ends_ready(run: Upheaval) -> None:
    last = run.follower.events[-1]
    assert (last["status"], last["progress"], last["playable"]) == ("ready", 100, True), last
    with run.server.client() as client:
        document = client.get(f"/videos/{run.video_id}").json()
    assert document["status"] == "ready"
    assert {stage["state"] for stage in document["stages"]} == {"done"}


def test_no_finished_chunk_is_encoded_again(run: Upheaval) -> None:
    assert len(run.finished) >= 2 * (1 + 3)  # notes, and segments in each of three renditions
    assert {path: path.stat().st_mtime_ns for path in run.finished} == run.finished


def test_no_child_outlives_its_server(run: Upheaval) -> None:
    assert not run.survivors


def test_every_frame_is_there_once_and_without_a_gap(run: Upheaval) -> None:
    with run.server.client() as client:
        package = Package.served(client, run.video_id)
        assert len(package.variants) == 3
        for variant in package.variants:
            assert [(shown.number, shown.second) for shown in package.frames(variant.uri)] == [
                (number, Fraction(number, RATE)) for number in range(FRAMES)
            ]


def test_ffmpeg_decodes_it_without_a_word(run: Upheaval) -> None:
    assert not ffmpeg_complaints(f"{run.server.url}/videos/{run.video_id}/hls/multivariant.m3u8")


def test_whoever_follows_with_the_last_id_gets_every_event_once(run: Upheaval) -> None:
    assert run.follower.connections >= 2
    assert run.follower.ids == list(range(1, len(run.follower.ids) + 1))
    assert [event["seq"] for event in run.follower.events] == run.follower.ids


def test_progress_never_falls(run: Upheaval) -> None:
    progress = [event["progress"] for event in run.follower.events]
    assert progress == sorted(progress)
    assert "Processing goes on after an interruption" in [event["message"] for event in run.follower.events]


def test_its_log_tells_of_no_failure(run: Upheaval) -> None:
    assert "Traceback" not in run.server.log.read_text()

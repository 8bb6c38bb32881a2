"""The child: a job on stdin, JSON lines on stdout, limits in force, never without its parent."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil
import pytest

from tests.support.waiting import until_true
from webapp.media import limits, timeline
from webapp.media.answers import Chunk, Progress
from webapp.media.facts import Facts
from webapp.media.jobs import PROBE_CPU_S, ChunkJob, ProbeJob

from . import child
from .encoding import facts_of, ladder_of

WORKER = [sys.executable, "-m", "webapp.media.worker"]
# Starts a worker that waits for its job, says its process id and waits itself.
PARENT = """
import os, subprocess, sys
command = [sys.executable, "-m", "webapp.media.worker", str(os.getpid()), "30"]
worker = subprocess.Popen(command, stdin=subprocess.PIPE)
print(worker.pid, flush=True)
sys.stdin.read()
"""
ENDED_WITHIN_S = 60
IMPORTED = "/av/"  # what is mapped once the limits are in force and foreign code is there


@contextmanager
def started(*command: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(command, cwd=child.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_probe_answers_with_one_line(small_video: Path) -> None:
    said = child.run(ProbeJob(source=str(small_video)))
    assert said.failure is None and said.complaint == ""
    assert said.answers == [facts_of(small_video)]


def test_a_probe_may_take_half_a_minute_of_cpu_and_no_more(tmp_path: Path) -> None:
    source = tmp_path / "never.mp4"
    os.mkfifo(source)  # nobody writes to it
    with started(*WORKER, str(os.getpid()), "3600") as process:
        assert process.stdin
        process.stdin.write(msgspec.json.encode(ProbeJob(source=str(source))) + b"\n")
        process.stdin.flush()
        worker = psutil.Process(process.pid)
        until_true(lambda: 0 < worker.rlimit(psutil.RLIMIT_CPU)[0] < 3600)
        soft, _ = worker.rlimit(psutil.RLIMIT_CPU)
        assert PROBE_CPU_S <= soft <= PROBE_CPU_S + 10


def test_a_chunk_tells_its_progress_and_then_what_it_made(small_video: Path, tmp_path: Path) -> None:
    facts = facts_of(small_video)
    span = timeline.chunks(facts.duration_s)[0]
    job = ChunkJob(
        source=str(small_video), folder=str(tmp_path), facts=facts, rungs=ladder_of(facts), **span._asdict()
    )
    said = child.run(job)
    assert said.failure is None
    *progress, last = said.answers
    assert len(progress) > 3 and all(isinstance(answer, Progress) for answer in progress)
    assert isinstance(last, Chunk) and last.frames == 50


def test_a_refusal_is_an_answer_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("Dear diary")
    said = child.run(ProbeJob(source=str(tmp_path / "notes.mp4")))
    assert said.exit_code == 0 and said.failure == "not_media"
    assert not any(isinstance(answer, Facts) for answer in said.answers)


def test_what_is_no_job_is_a_crash_that_says_why() -> None:
    ended = subprocess.run(
        [*WORKER, str(os.getpid()), "30"],
        input=json.dumps({"kind": "cleanjob"}).encode(),
        capture_output=True,
        cwd=child.ROOT,
        timeout=ENDED_WITHIN_S,
    )
    assert ended.returncode == 1 and ended.stdout == b""
    assert b"cleanjob" in ended.stderr


def test_an_upload_that_has_gone_is_a_crash(tmp_path: Path) -> None:
    said = child.run(ProbeJob(source=str(tmp_path / "gone")))
    assert said.exit_code == 1 and said.answers == []
    assert "FileNotFoundError" in said.complaint


def test_foreign_code_runs_under_the_limits() -> None:
    with started(*WORKER, str(os.getpid()), "30") as process:
        worker = psutil.Process(process.pid)
        while not any(IMPORTED in mapped.path for mapped in worker.memory_maps()):
            assert process.poll() is None
        assert worker.rlimit(resource.RLIMIT_AS)[0] == limits.ADDRESS_SPACE_BYTES
        assert worker.rlimit(resource.RLIMIT_CPU)[0] == 30
        assert worker.rlimit(resource.RLIMIT_CORE) == (0, 0)
        assert worker.rlimit(resource.RLIMIT_NOFILE)[1] <= limits.OPEN_FILES
        assert worker.nice() == min(19, psutil.Process().nice() + limits.NICENESS)


def test_a_worker_dies_with_its_parent() -> None:
    with started(sys.executable, "-c", PARENT) as parent:
        assert parent.stdout
        worker = psutil.Process(int(parent.stdout.readline()))
        while not any(IMPORTED in mapped.path for mapped in worker.memory_maps()):
            assert worker.is_running()
        parent.send_signal(signal.SIGKILL)
        psutil.wait_procs([worker], timeout=ENDED_WITHIN_S)
        assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("stranger", [1, 2**22 + 1])
def test_a_worker_of_another_parent_does_not_begin(stranger: int) -> None:
    ended = subprocess.run(
        [*WORKER, str(stranger), "30"],
        input=b"{}",
        capture_output=True,
        cwd=child.ROOT,
        timeout=ENDED_WITHIN_S,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, b"", b"")

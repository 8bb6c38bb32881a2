import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, suppress
from pathlib import Path

import psutil
import pytest

from tests.support.video import VideoSpec, make_video
from tests.support.waiting import until
from tests.support.working import children
from webapp.media.answers import Answer, Chunk, Progress
from webapp.media.facts import Facts
from webapp.media.failures import Unprocessable
from webapp.media.jobs import ChunkJob, ProbeJob
from webapp.pipeline.child import ChildCrashed, ChildStalled
from webapp.pipeline.children import Children, last_answer
from webapp.pipeline.plan import Plan

PLENTY = 120
# One whose child is a shell, and lives like this.
NURSERY = """
import os, socket, subprocess
requests = socket.socket(fileno=0)
_, (talk, complaints, report), *_ = socket.recv_fds(requests, 4096, 3)
child = subprocess.Popen(["sh", "-c", {life!r}], stdin=talk, stdout=talk, stderr=complaints)
os.close(talk)
os.close(complaints)
os.write(report, b"%d\\n" % child.pid)
os.write(report, b"%d\\n" % child.wait())
os.close(report)
requests.recv(1)
"""


@pytest.fixture(scope="module")
def long_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As one chunk this keeps a child busy for a few seconds."""
    spec = VideoSpec(width=960, height=540, seconds=16, audio=None, options={"preset": "ultrafast"})
    return make_video(tmp_path_factory.mktemp("media") / "long.mp4", spec)


@pytest.fixture(autouse=True)
def no_child_or_descriptor_stays() -> Iterator[None]:
    gc.collect()  # of what others have left
    descriptors = psutil.Process().num_fds()
    yield
    gc.collect()  # a nursery ends with who holds it
    assert not psutil.Process().children()
    assert psutil.Process().num_fds() == descriptors


async def chunk_job(children: Children, source: Path, folder: Path) -> ChunkJob:
    """All of a video as one chunk."""
    facts = await last_answer(children.answers(ProbeJob(source=str(source))))
    assert isinstance(facts, Facts)
    return ChunkJob(
        source=str(source),
        folder=str(folder),
        facts=facts,
        rungs=Plan.of(facts).rungs,
        first=0,
        bounds_s=[0, 6],
        open_end=True,
    )


async def meddle(answers: AsyncIterator[Answer], act: Callable[[psutil.Process], None]) -> None:
    """Listens to a child, and does something to it after each word."""
    async for _ in answers:
        for child in children():
            with suppress(psutil.NoSuchProcess):  # this word may have been its last
                act(child)


async def test_answers_come_while_the_child_works(long_video: Path, tmp_path: Path) -> None:
    working = Children(PLENTY, PLENTY)
    job = await chunk_job(working, long_video, tmp_path)
    answers: list[Answer] = []
    async for answer in working.answers(job):
        answers.append(answer)
        if len(answers) == 1:
            assert children()
    *progress, chunk = answers
    frames = [answer.frames for answer in progress if isinstance(answer, Progress)]
    assert len(frames) == len(progress) > 5
    assert frames == sorted(frames)
    assert isinstance(chunk, Chunk) and chunk.frames == 16 * 25


async def test_what_cannot_be_done_is_told_with_its_code(tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("Dear diary, this is no video.")
    with pytest.raises(Unprocessable) as caught:
        await last_answer(Children(PLENTY, PLENTY).answers(ProbeJob(source=str(text))))
    assert caught.value.code == "not_media"


async def test_a_child_that_falls_over_is_a_crash_with_what_it_said(tmp_path: Path) -> None:
    gone = tmp_path / "gone.mp4"
    with pytest.raises(ChildCrashed) as caught:
        await last_answer(Children(PLENTY, PLENTY).answers(ProbeJob(source=str(gone))))
    assert caught.value.exit_code == 1
    assert "FileNotFoundError" in caught.value.said and str(gone) in caught.value.said


async def test_a_child_that_is_killed_is_a_crash(long_video: Path, tmp_path: Path) -> None:
    working = Children(PLENTY, PLENTY)
    job = await chunk_job(working, long_video, tmp_path)
    with pytest.raises(ChildCrashed) as caught:
        await meddle(working.answers(job), psutil.Process.kill)
    assert caught.value.exit_code == -signal.SIGKILL
    assert not caught.value.out_of_time


@pytest.mark.parametrize(
    ("end", "exit_code"), [("kill -9 $$", -signal.SIGKILL), ("exit 3", 3), ("exit 0", 0)]
)
async def test_a_child_that_dies_in_the_middle_of_a_line_is_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, exit_code: int
) -> None:
    whole, half = '{"kind":"progress","frames":1}', '{"kind":"progress","fra'
    life = f"cat > /dev/null; printf '%s\\n%s' '{whole}' '{half}'; {end}"
    nursery = tmp_path / "nursery"
    nursery.write_text(f"#!{sys.executable}\n{NURSERY.format(life=life)}")
    nursery.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(nursery))
    answers = Children(PLENTY, PLENTY).answers(ProbeJob(source="any"))
    assert await anext(answers) == Progress(frames=1)
    with pytest.raises(ChildCrashed) as caught:
        await anext(answers)
    assert caught.value.exit_code == exit_code


async def test_a_child_that_takes_too_much_of_the_cpu_is_out_of_time(
    long_video: Path, tmp_path: Path
) -> None:
    job = await chunk_job(Children(PLENTY, PLENTY), long_video, tmp_path)
    with pytest.raises(ChildCrashed) as caught:
        await last_answer(Children(PLENTY, cpu_s=1).answers(job))
    assert caught.value.out_of_time


async def test_a_child_that_falls_silent_is_killed(long_video: Path, tmp_path: Path) -> None:
    job = await chunk_job(Children(PLENTY, PLENTY), long_video, tmp_path)
    with pytest.raises(ChildStalled):
        await meddle(Children(silence_s=2, cpu_s=PLENTY).answers(job), psutil.Process.suspend)
    assert not children()


async def test_a_job_may_have_less_patience_than_usual(long_video: Path, tmp_path: Path) -> None:
    working = Children(PLENTY, PLENTY)
    job = await chunk_job(working, long_video, tmp_path)
    with pytest.raises(ChildStalled):
        await meddle(working.answers(job, silence_s=2), psutil.Process.suspend)


async def test_leaving_early_kills_the_child(long_video: Path, tmp_path: Path) -> None:
    working = Children(PLENTY, PLENTY)
    job = await chunk_job(working, long_video, tmp_path)
    async with aclosing(working.answers(job)) as answers:
        await anext(answers)
        assert children()
    assert not children()


async def test_cancelling_kills_the_child(long_video: Path, tmp_path: Path) -> None:
    working = Children(PLENTY, PLENTY)
    job = await chunk_job(working, long_video, tmp_path)
    task = asyncio.create_task(last_answer(working.answers(job)))
    await until(lambda: bool(children()))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: not children())  # one that was just being born ends by itself


async def test_killing_all_ends_every_child_and_blames_no_job(long_video: Path, tmp_path: Path) -> None:
    working = Children(PLENTY, PLENTY)
    jobs = [await chunk_job(working, long_video, tmp_path / name) for name in ("one", "two")]
    tasks = [asyncio.create_task(last_answer(working.answers(job))) for job in jobs]
    await until(lambda: len(children()) == len(jobs))
    working.kill()
    await until(lambda: not children())
    done, _ = await asyncio.wait(tasks, timeout=0.2)
    assert not done
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_killing_all_blames_no_job_whose_child_is_just_being_born(small_video: Path) -> None:
    working = Children(PLENTY, PLENTY)
    task = asyncio.create_task(last_answer(working.answers(ProbeJob(source=str(small_video)))))
    await asyncio.sleep(0)  # the nursery is asked by now
    working.kill()
    done, _ = await asyncio.wait([task], timeout=0.5)
    assert not done
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_killing_all_starts_nothing(long_video: Path, tmp_path: Path) -> None:
    working = Children(PLENTY, PLENTY)
    job = await chunk_job(working, long_video, tmp_path)
    task = asyncio.create_task(last_answer(working.answers(job)))
    await until(lambda: bool(children()))
    working.kill()
    task.cancel()  # before it can notice
    await asyncio.gather(task, return_exceptions=True)
    assert not psutil.Process().children()

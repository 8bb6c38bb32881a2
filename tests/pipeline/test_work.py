import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from tests.support.working import children
from webapp.errors import NotFound
from webapp.keys import original_key
from webapp.media.answers import Chunk
from webapp.media.facts import Facts
from webapp.media.failures import Unprocessable
from webapp.pipeline.child import ChildCrashed
from webapp.pipeline.children import Children
from webapp.pipeline.plan import Plan
from webapp.pipeline.slots import Slots
from webapp.pipeline.work import Work
from webapp.storage.local import LocalStorage

VIDEO = "a-video"


@pytest.fixture
async def work(storage: LocalStorage, small_video: Path, tmp_path: Path) -> Work:
    copy = Path(shutil.copyfile(small_video, tmp_path / "copy.mp4"))
    await storage.put_file(original_key(VIDEO), copy)
    return Work(storage, Children(60, 60), Slots(2), tmp_path / "scratch", VIDEO, run=1)


@pytest.fixture
async def plan(work: Work) -> Plan:
    return Plan.of(await work.probe())


@pytest.fixture
def stored(tmp_path: Path) -> Callable[[], dict[str, int]]:
    """What storage holds, with the moment each file was written."""

    def look() -> dict[str, int]:
        folder = tmp_path / "storage/videos" / VIDEO
        return {
            path.relative_to(folder).as_posix(): path.stat().st_mtime_ns
            for path in folder.rglob("*")
            if path.is_file()
        }

    return look


Stored = Callable[[], dict[str, int]]


async def encoded(
    work: Work, plan: Plan, number: int, encoding: Callable[[int], None] = lambda frames: None
) -> Chunk:
    async with work.encoder() as encoder:
        return await work.chunk(plan, plan.chunks[number], encoder, encoding)


async def test_a_chunk_is_stored_in_every_rendition_and_noted_last(
    work: Work, plan: Plan, stored: Stored
) -> None:
    frames: list[int] = []
    chunk = await encoded(work, plan, 1, frames.append)
    assert chunk.frames == 100
    assert frames[0] == 0 and frames == sorted(frames) and len(frames) > 3
    files = stored()
    for rung in plan.rungs:
        assert files[f"hls/r1/{rung.name}/s00001.m4s"] <= files["runs/1/chunk-00001.json"]
        assert f"hls/r1/{rung.name}/init.mp4" not in files  # comes with the first chunk


async def test_a_chunk_that_is_stored_is_not_encoded_again(work: Work, plan: Plan, stored: Stored) -> None:
    first = await encoded(work, plan, 0)
    before = stored()
    await work.storage.delete(original_key(VIDEO))  # without it no encoder would get anywhere
    frames: list[int] = []
    assert await encoded(work, plan, 0, frames.append) == first
    assert not frames
    before.pop("source/original")
    assert stored() == before


async def test_a_chunk_that_is_done_twice_is_the_same_to_the_byte(
    work: Work, plan: Plan, tmp_path: Path
) -> None:
    once = await encoded(work, plan, 2)
    again = replace(work, run=2)
    twice = await encoded(again, plan, 2)
    assert once == twice
    hls = tmp_path / "storage/videos" / VIDEO / "hls"
    for rung in plan.rungs:
        name = f"{rung.name}/s00002.m4s"
        assert (hls / "r1" / name).read_bytes() == (hls / "r2" / name).read_bytes()


async def test_sound_is_told_of_once_it_is_stored(work: Work, plan: Plan, stored: Stored) -> None:
    told: list[int] = []

    def written(track: object) -> None:
        told.append(len([name for name in stored() if name.startswith("hls/r1/audio/s")]))

    audio = await work.audio(plan, written)
    assert audio.track and [segment.index for segment in audio.track.segments] == [0, 1, 2]
    assert told == [1, 2]
    assert {"hls/r1/audio/init.mp4", "hls/r1/audio/s00002.m4s"} <= set(stored())


async def test_work_that_fails_leaves_nothing_behind(work: Work, plan: Plan, stored: Stored) -> None:
    broken = replace(work, children=Children(0.01, 60))
    with pytest.raises(Exception, match="no word"):
        await encoded(broken, plan, 0)
    assert list(stored()) == ["source/original"]
    assert not any(work.scratch.iterdir())
    assert not children()


async def test_a_poster_is_a_picture_of_the_video(work: Work, plan: Plan, stored: Stored) -> None:
    poster = await work.poster(plan.facts)
    assert (poster.width, poster.height) == (320, 180)
    assert "poster.jpg" in stored()


async def test_an_upload_that_is_gone_is_said_to_be(work: Work, storage: LocalStorage) -> None:
    await storage.delete(original_key(VIDEO))
    with pytest.raises(NotFound):
        await work.probe()


async def test_a_crash_of_the_child_comes_through(work: Work, plan: Plan) -> None:
    facts: Facts = plan.facts
    gone = replace(work, children=Children(60, cpu_s=0))
    with pytest.raises(ChildCrashed):
        await gone.poster(facts)


async def test_an_upload_is_looked_at_and_copied_while_encoders_have_every_slot(
    work: Work, stored: Stored
) -> None:
    told: list[str] = []
    async with work.slots.take("others"), work.slots.take("others"):
        facts = await work.probe()
        copied = await work.copy(facts, lambda track: told.append(track.name))
    assert copied.obstacle is None and copied.frames == 225
    assert told.count("copy") == told.count("copy_audio") == 3
    assert {"hls/r1/copy/init.mp4", "hls/r1/copy/s00002.m4s", "hls/r1/copy_audio/init.mp4"} <= set(stored())


async def test_segments_that_are_not_what_they_are_said_to_be_are_found(
    work: Work, plan: Plan, tmp_path: Path
) -> None:
    chunks = [await encoded(work, plan, span.first) for span in plan.chunks]
    tracks = [
        msgspec.structs.replace(parts[0], segments=[segment for part in parts for segment in part.segments])
        for parts in zip(*(chunk.tracks for chunk in chunks), strict=True)
    ]
    assert (await work.inspect(plan, tracks)).frames == len(tracks) * (50 + 75)
    rung = tmp_path / "storage/videos" / VIDEO / "hls/r1" / tracks[1].name
    (rung / "s00002.m4s").write_bytes((rung / "s00001.m4s").read_bytes())
    with pytest.raises(Unprocessable) as caught:
        await work.inspect(plan, tracks)
    assert caught.value.code == "output_mismatch"

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.waiting import until
from tests.support.working import children
from webapp.keys import original_key
from webapp.pipeline.children import Children
from webapp.pipeline.plan import Plan
from webapp.pipeline.work import Work

from .chunks import encoded

Stored = Callable[[], dict[str, int]]


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
    await work.storage.delete(original_key(work.video_id))  # without it no encoder would get anywhere
    frames: list[int] = []
    assert await encoded(work, plan, 0, frames.append) == first
    assert not frames
    before.pop("source/original")
    assert stored() == before


async def test_a_chunk_that_is_done_twice_is_the_same_to_the_byte(work: Work, plan: Plan, kept: Path) -> None:
    once = await encoded(work, plan, 2)
    again = replace(work, run=2)
    twice = await encoded(again, plan, 2)
    assert once == twice
    for rung in plan.rungs:
        name = f"{rung.name}/s00002.m4s"
        assert (kept / "hls/r1" / name).read_bytes() == (kept / "hls/r2" / name).read_bytes()


async def test_work_that_fails_leaves_nothing_behind(work: Work, plan: Plan, stored: Stored) -> None:
    broken = replace(work, children=Children(0.01, 60))
    with pytest.raises(Exception, match="no word"):
        await encoded(broken, plan, 0)
    assert list(stored()) == ["source/original"]
    assert not any(work.scratch.iterdir())
    await until(lambda: not children())  # one that was just being born ends by itself

from dataclasses import replace
from pathlib import Path

import pytest

from webapp.pipeline.child import ChildCrashed
from webapp.pipeline.children import Children
from webapp.pipeline.pieces.pictures import poster
from webapp.pipeline.plan import Plan
from webapp.pipeline.work import Work


async def test_a_poster_is_a_picture_of_the_video(work: Work, plan: Plan, kept: Path) -> None:
    made = await poster(work, plan.facts)
    assert (made.width, made.height) == (320, 180)
    assert (kept / "poster.jpg").exists()


async def test_a_crash_of_the_child_comes_through(work: Work, plan: Plan) -> None:
    gone = replace(work, children=Children(60, cpu_s=0))
    with pytest.raises(ChildCrashed):
        await poster(gone, plan.facts)

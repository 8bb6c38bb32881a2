"""A look at how many bits a title needs, which nobody waits for long."""

import dataclasses
import os
from contextlib import AsyncExitStack
from pathlib import Path

from msgspec.structs import replace

from tests.support.waiting import until
from tests.support.working import children
from webapp.media.answers import Complexity
from webapp.media.obstacles import Obstacle, ObstacleCode
from webapp.pipeline.pieces import complexity
from webapp.pipeline.plan import Plan
from webapp.pipeline.slots import EXPRESS_SLOTS
from webapp.pipeline.work import Work
from webapp.storage import Incoming


def without_copy(plan: Plan) -> Plan:
    return Plan.of(replace(plan.facts, copying=Obstacle(code=ObstacleCode.CODEC)))


async def test_moments_are_tried_only_where_there_is_a_copy_to_watch(work: Work, plan: Plan) -> None:
    assert (await complexity.complexity(work, plan)).needs
    waited_for = await complexity.complexity(work, without_copy(plan))
    assert waited_for.source_bps and not waited_for.needs


async def test_it_waits_for_no_probe_of_another_upload(work: Work, plan: Plan) -> None:
    async with AsyncExitStack() as others:
        for _ in range(EXPRESS_SLOTS):
            await others.enter_async_context(work.slots.probing)
        assert (await complexity.complexity(work, without_copy(plan))).source_bps


async def test_what_takes_too_long_is_given_up(work: Work, plan: Plan, tmp_path: Path) -> None:
    os.mkfifo(never := tmp_path / "never")  # who opens it waits for somebody to write to it
    waiting = dataclasses.replace(work, incoming=Incoming(draft=never, final=never))
    assert await complexity.complexity(waiting, without_copy(plan)) == Complexity()
    await until(lambda: not children())

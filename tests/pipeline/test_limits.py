"""Limits that are settings, through the whole pipeline."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.facts import facts, track
from tests.support.working import Working
from webapp.config import Settings
from webapp.events import Status
from webapp.media.failures import FAILURES, Unprocessable
from webapp.pipeline.allowance import Allowance
from webapp.pipeline.plan import Plan


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"max_pixels": 320 * 180 - 1}, "too_large_picture"),
        ({"max_frame_rate": 24}, "too_fast"),
        ({"max_duration_s": 8.9}, "too_long"),
        ({"max_streams": 1}, "too_many_streams"),
        ({"max_output_bytes": 10_000}, "too_much_output"),
        ({"child_cpu_s": 0}, "too_demanding"),
    ],
)
async def test_a_limit_that_is_hit_is_an_outcome_with_a_way_out(
    settings: Settings, small_video: Path, limits: dict[str, Any], code: str
) -> None:
    async with Working.started(settings.model_copy(update=limits)) as working:
        video_id = await working.upload(small_video)
        run, document = await working.ended(video_id), await working.document(video_id)
    assert run.status is Status.FAILED
    message, hint = FAILURES[code]
    assert document["error"] == {"code": code, "message": message, "hint": hint}
    assert not document["playable"]


@pytest.mark.parametrize("code", ["too_large_picture", "too_fast", "too_long", "too_many_streams"])
def test_the_way_out_names_the_setting(code: str) -> None:
    (name,) = (word for word in FAILURES[code].hint.split() if word.startswith("RUSHES_"))
    assert name.rstrip(".").removeprefix("RUSHES_").lower() in Settings.model_fields


def test_all_renditions_together_count() -> None:
    plan = Plan.of(facts(30))
    tracks = [track(rung.name, plan, 0) for rung in plan.rungs]
    together = sum(segment.size for each in tracks for segment in each.segments)
    allowance = Allowance(together)
    for _ in range(3):  # as a run that goes on
        allowance.spend(*tracks)
    Allowance(None).spend(*tracks * 1000)
    with pytest.raises(Unprocessable) as caught:
        Allowance(together - 1).spend(*tracks)
    assert caught.value.code == "too_much_output"

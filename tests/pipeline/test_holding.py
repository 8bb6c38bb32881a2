"""A picture that ends long before its sound, through a whole run."""

from pathlib import Path

import pytest

from tests.support.video import make_video
from tests.support.working import Working
from webapp.events import StageName, Status
from webapp.stages import StageState


@pytest.mark.parametrize(
    ("name", "seconds", "sound_s", "copy"),
    [("song.mkv", 0.04, 19, StageState.SKIPPED), ("broken_off.mp4", 3, 8, StageState.DONE)],
)
async def test_the_video_is_as_long_as_its_sound(
    working: Working, tmp_path: Path, name: str, seconds: float, sound_s: int, copy: StageState
) -> None:
    source = make_video(tmp_path / name, width=160, height=96, seconds=seconds, sound_spans_s=[(0, sound_s)])
    video_id = await working.upload(source)
    run = await working.ended(video_id)
    assert run.status is Status.READY
    assert next(stage.state for stage in run.stages if stage.name is StageName.COPY) is copy
    document, package = await working.document(video_id), working.package(video_id)
    assert document["durationSeconds"] == pytest.approx(sound_s, abs=0.1)
    for variant in package.variants:
        assert sum(package.media(variant.uri).durations) == pytest.approx(sound_s, abs=0.1)
    progress = [event.progress for event in await working.events(video_id)]
    assert progress == sorted(progress) and progress[-1] == 100

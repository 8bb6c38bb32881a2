"""What of an upload is missing is said in numbers, as far as the run is."""

from pathlib import Path
from typing import Any

import pytest

from tests.media.tampering import overwrite_packets
from tests.support.video import make_video
from tests.support.working import Working
from webapp.events import StageName
from webapp.losses import Losses, losing
from webapp.pipeline.journal import Journal
from webapp.stages import StageState

NOTHING = {
    "missingEndSeconds": 0,
    "breaksOff": False,
    "leftOutSeconds": 0,
    "leftOutTracks": 0,
    "pictureMissingSeconds": 0,
    "pictureDamagedPackets": 0,
    "soundMissingSeconds": 0,
    "soundDamagedPackets": 0,
    "undecodableSounds": 0,
}


async def processed(working: Working, path: Path) -> dict[str, Any]:
    video_id = await working.upload(path, path.name)
    await working.ended(video_id)
    return await working.document(video_id)


async def test_of_a_good_file_nothing_is(working: Working, small_video: Path) -> None:
    document = await processed(working, small_video)
    assert document["losses"] == NOTHING
    assert document["toneMapped"] is False


async def test_of_a_damaged_one_it_is_counted(working: Working, tmp_path: Path) -> None:
    video = make_video(tmp_path / "a.mov", codec="png", pixel_format="rgb24", seconds=4)
    document = await processed(working, overwrite_packets(video, range(30, 45)))
    losses = document["losses"]
    assert losses == NOTHING | {"pictureDamagedPackets": 15, "pictureMissingSeconds": 0.6}
    detail = next(stage["detail"] for stage in document["stages"] if stage["name"] == "video")
    assert detail.endswith("15 damaged packets, 0.6 s missing")


async def test_hdr_is_said_to_be_brought_down(working: Working, tmp_path: Path) -> None:
    options = {"x265-params": "log-level=error:transfer=arib-std-b67:colorprim=bt2020:colormatrix=bt2020nc"}
    hdr = make_video(
        tmp_path / "a.mp4", codec="libx265", pixel_format="yuv420p10le", seconds=1, options=options
    )
    assert (await processed(working, hdr))["toneMapped"] is True


async def test_each_stage_adds_what_it_knows(idle: Working) -> None:
    video_id = await idle.upload(b"any")
    assert "losses" not in await idle.document(video_id)
    journal = Journal(idle.parts.history, video_id, 1)
    await journal.begin()
    for name, found in (
        (StageName.PROBE, Losses(missing_end_seconds=4.5, breaks_off=True)),
        (StageName.VIDEO, Losses(picture_damaged_packets=3)),
    ):
        await journal.stage(name, StageState.DONE, change=losing(found))
    said = {"missingEndSeconds": 4.5, "breaksOff": True, "pictureDamagedPackets": 3}
    assert (await idle.document(video_id))["losses"] == said


@pytest.mark.parametrize("field", Losses.model_fields)
def test_every_number_is_explained(field: str) -> None:
    assert Losses.model_fields[field].description

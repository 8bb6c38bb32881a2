"""What an installation wants of renditions: whole runs under its settings."""

from pathlib import Path

from tests.support.video import VideoSpec, make_video
from tests.support.working import Working
from webapp.config import Settings
from webapp.events import Status


async def test_renditions_are_as_large_as_settings_say_and_encoded_as_they_say(
    settings: Settings, tmp_path: Path
) -> None:
    source = make_video(tmp_path / "a.mp4", VideoSpec(width=640, height=360, seconds=3))
    wanted = settings.model_copy(update={"ladder": "720,200,120", "preset": "ultrafast"})
    async with Working.started(wanted) as working:
        video_id = await working.upload(source, source.name)
        run = await working.ended(video_id)
        assert run.status is Status.READY
        hls = working.folder(video_id) / f"hls/r{run.number}"
        names = [rendition.name for rendition in run.renditions if rendition.height]
        assert names == ["360p", "200p", "120p"]
        for name in names:
            assert b"cabac=0" in (hls / name / "s00000.m4s").read_bytes()  # as ultrafast has it, alone

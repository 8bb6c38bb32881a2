"""Another codec beside H.264: whole runs, and what players get of them."""

import re
from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.support.hls import ffmpeg_complaints
from tests.support.video import VideoSpec, make_video
from tests.support.working import Working
from webapp.config import Settings
from webapp.events import Status
from webapp.media.conformance import RULES

MILLISECOND = Fraction(1, 1000)
# Ten frames a second, then fifty, then one that is shown for long.
VARYING_MS = [n * 100 for n in range(30)] + [3000 + n * 20 for n in range(150)] + [8500]
ENTRIES = {"av1": (b"av01", b"av1C"), "hevc": (b"hvc1", b"hvcC")}
NAMES = {"av1": r"av01\.0\.\d\d[MH]\.08", "hevc": r"hvc1\.1\.6\.L\d+\.90"}


def times(playlist: Path) -> list[float]:
    """When each frame of a rendition is shown, as it is decoded."""
    with av.open(str(playlist)) as container:
        return [round(frame.time, 4) for frame in container.decode(video=0)]


def with_codecs(settings: Settings, codec: str) -> Settings:
    return settings.model_copy(update={"codecs": f"h264,{codec}"})


@pytest.mark.parametrize("codec", ["av1", "hevc"])
async def test_the_largest_renditions_come_in_another_codec_too(
    settings: Settings, tmp_path: Path, codec: str
) -> None:
    quick = {"preset": "ultrafast"}
    sources = {
        "plain": make_video(tmp_path / "a.mp4", VideoSpec(width=640, height=360, seconds=9, options=quick)),
        "varying": make_video(
            tmp_path / "b.mkv", VideoSpec(times=VARYING_MS, time_base=MILLISECOND, seconds=9)
        ),
        "a single frame": make_video(tmp_path / "c.mp4", VideoSpec(seconds=1 / 25, audio=None)),
    }
    async with Working.started(with_codecs(settings, codec)) as working:
        for name, source in sources.items():
            video_id = await working.upload(source, source.name)
            run = await working.ended(video_id)
            assert run.status is Status.READY, name
            hls = working.folder(video_id) / "hls"
            text = (hls / "multivariant.m3u8").read_text()
            lists = [line for line in text.splitlines() if re.search(r"p(_\w+)?/playlist", line)]
            beside = [line for line in lists if f"p_{codec}/" in line]
            assert beside and beside == lists[-len(beside) :], name
            for line in beside:
                assert times(hls / line) == times(hls / line.replace(f"_{codec}", "")), line
                init = (hls / line).with_name("init.mp4").read_bytes()
                assert all(kind in init for kind in ENTRIES[codec])
                assert ffmpeg_complaints(str(hls / line)) == ""
            found = [one.codec for one in run.renditions if one.name.endswith(codec)]
            assert len(found) == len(beside) and all(re.fullmatch(NAMES[codec], each) for each in found)
            broken = {verdict.rule for verdict in run.conformance if verdict.must and not verdict.passed}
            assert (broken, len(run.conformance)) == (set(), len(RULES)), name
            assert text.count("I-FRAME-STREAM-INF") == len(lists)
        page = await working.page(video_id)
    assert {"av1": "AV1", "hevc": "HEVC"}[codec] + ", 320×180" in page

"""Finished packages keep Apple's authoring rules, and the page says which."""

from fractions import Fraction
from pathlib import Path

from tests.support.hls import ffmpeg_complaints
from tests.support.tracks import SoundTrack, SubtitleTrack, add_tracks
from tests.support.video import VideoSpec, make_video
from tests.support.working import Working
from webapp.config import Settings
from webapp.events import Status
from webapp.media.conformance import RULES

MILLISECOND = Fraction(1, 1000)
SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello\n"
# Ten frames a second, then fifty, then three.
VARYING_MS = (
    [n * 100 for n in range(30)] + [3000 + n * 20 for n in range(150)] + [6000 + n * 333 for n in range(9)]
)


def sources(folder: Path, small_video: Path) -> dict[str, Path]:
    quick = {"preset": "ultrafast"}
    portrait = VideoSpec(width=360, height=640, seconds=5, audio=None, options=quick)
    return {
        "plain": small_video,
        "tracks": add_tracks(
            small_video, folder / "b.mkv", [SoundTrack(440, "eng"), SoundTrack(880)], [SubtitleTrack(SRT)]
        ),
        "silent portrait": make_video(folder / "c.mp4", portrait),
        "fast": make_video(folder / "e.mp4", VideoSpec(rate=120, seconds=3, options=quick)),
        "varying rate": make_video(
            folder / "d.mkv", VideoSpec(times=VARYING_MS, time_base=MILLISECOND, seconds=9)
        ),
    }


async def test_packages_keep_every_rule(settings: Settings, small_video: Path, tmp_path: Path) -> None:
    async with Working.started(settings) as working:
        for name, source in sources(tmp_path, small_video).items():
            video_id = await working.upload(source, source.name)
            run = await working.ended(video_id)
            assert run.status is Status.READY, name
            assert {verdict.rule: verdict.measured for verdict in run.conformance if not verdict.passed} == {}
            assert len(run.conformance) == len(RULES)
            assert ffmpeg_complaints(str(working.folder(video_id) / "hls/multivariant.m3u8")) == ""
        document = await working.document(video_id)
        page = await working.page(video_id)
    assert len(document["conformance"]) == len(RULES)
    assert document["conformance"][0] == {
        "number": 1,
        "rule": "The picture is H.264 of at most High profile, level 5.2.",
        "must": True,
        "passed": True,
        "measured": run.conformance[0].measured,
    }
    assert f"Conformance: {len(RULES)} of {len(RULES)}" in page and "not checked" not in page
    assert all(rule.sentence.replace("'", "&#39;") in page for rule in RULES)

"""Watching an upload before it is complete, whose beginning turns out to be no part of it."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.video import make_video, noisy_frame
from tests.support.waiting import LONGEST_S
from tests.support.working import Working
from webapp.config import Settings

from .test_early import Slow, begin, playable, ready_with

FRAMES = 300
# Of a transport stream libavformat looks at the first megabyte.
MANY_BYTES = {"preset": "ultrafast", "crf": "10"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"upload_idle_s": 2 * LONGEST_S})


async def test_a_beginning_in_another_coding_than_the_rest_is_taken_back(
    working: Working, tmp_path: Path
) -> None:
    usual: dict[str, Any] = {"width": 320, "height": 180, "gop": 20, "picture": noisy_frame}
    usual["container_options"] = {"mpegts_flags": "+resend_headers"}
    before = make_video(tmp_path / "before.ts", seconds=10, rate=10, options=MANY_BYTES, **usual)
    film = make_video(tmp_path / "film.ts", seconds=FRAMES / 25, codec="mpeg2video", audio="mp2", **usual)
    data = before.read_bytes()
    slow = Slow(data + film.read_bytes(), share=0)
    slow.share = 0.9 * len(data) / len(slow.data)
    video_id, receiving = await begin(working, slow)
    await playable(working, video_id)
    await ready_with(FRAMES, working, video_id, slow, receiving)

from collections.abc import Callable

from webapp.pipeline.pieces.audio import encode_sound
from webapp.pipeline.plan import Plan
from webapp.pipeline.work import Work


async def test_sound_is_told_of_once_it_is_stored(
    work: Work, plan: Plan, stored: Callable[[], dict[str, int]]
) -> None:
    told: list[int] = []

    def written(track: object) -> None:
        told.append(len([name for name in stored() if name.startswith("hls/r1/audio/s")]))

    audio = await encode_sound(work, plan, written)
    assert audio.track and [segment.index for segment in audio.track.segments] == [0, 1, 2]
    assert told == [1, 2]
    assert {"hls/r1/audio/init.mp4", "hls/r1/audio/s00002.m4s"} <= set(stored())

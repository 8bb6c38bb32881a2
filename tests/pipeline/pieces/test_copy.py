from collections.abc import Callable

from webapp.pipeline.pieces.copy import copy
from webapp.pipeline.pieces.probe import probe
from webapp.pipeline.work import Work


async def test_an_upload_is_looked_at_and_copied_while_encoders_have_every_slot(
    work: Work, stored: Callable[[], dict[str, int]]
) -> None:
    told: list[str] = []
    async with work.slots.take("others"), work.slots.take("others"):
        facts = await probe(work)
        copied = await copy(work, facts, lambda track: told.append(track.name))
    assert copied.obstacle is None and copied.frames == 225
    assert told.count("copy") == told.count("copy_audio") == 3
    assert {"hls/r1/copy/init.mp4", "hls/r1/copy/s00002.m4s", "hls/r1/copy_audio/init.mp4"} <= set(stored())

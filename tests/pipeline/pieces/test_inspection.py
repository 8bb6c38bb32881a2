from pathlib import Path

import msgspec
import pytest

from webapp.media.failures import Unprocessable
from webapp.pipeline.pieces.inspection import inspect
from webapp.pipeline.plan import Plan
from webapp.pipeline.work import Work

from .chunks import encoded


async def test_segments_that_are_not_what_they_are_said_to_be_are_found(
    work: Work, plan: Plan, kept: Path
) -> None:
    chunks = [await encoded(work, plan, span.first) for span in plan.chunks]
    tracks = [
        msgspec.structs.replace(parts[0], segments=[segment for part in parts for segment in part.segments])
        for parts in zip(*(chunk.tracks for chunk in chunks), strict=True)
    ]
    assert (await inspect(work, plan, tracks)).frames == len(tracks) * (50 + 75)
    rung = kept / "hls/r1" / tracks[1].name
    (rung / "s00002.m4s").write_bytes((rung / "s00001.m4s").read_bytes())
    with pytest.raises(Unprocessable) as caught:
        await inspect(work, plan, tracks)
    assert caught.value.code == "output_mismatch"

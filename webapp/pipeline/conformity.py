"""Has the finished package of a run checked."""

import asyncio

from ..media.conformance import Finished, check
from ..runs import RuleVerdict
from .package import Package


async def verdicts(package: Package) -> list[RuleVerdict]:
    """On every rule, for the playlists as storage has them. In a thread: a day of video takes seconds."""
    tracks = [*package.tracks(), *package.sounds.values()]
    finished = Finished(package.plan.facts, {track.name: track for track in tracks}, await package.texts())
    return [
        RuleVerdict(
            number=verdict.number,
            rule=verdict.rule,
            must=verdict.must,
            passed=verdict.passed,
            measured=verdict.measured,
        )
        for verdict in await asyncio.to_thread(check, finished)
    ]

"""Copies a whole file in this process: probe, then its packets."""

from dataclasses import dataclass
from pathlib import Path

from webapp.media import copy
from webapp.media.answers import Copied, Written
from webapp.media.facts import Facts
from webapp.media.jobs import CopyJob
from webapp.media.obstacles import Obstacle
from webapp.media.track_names import COPY_AUDIO_NAME, COPY_NAME

from .decoding import Rendition
from .encoding import facts_of


@dataclass(frozen=True)
class Copies:
    """What was copied of a file, and what was told meanwhile."""

    facts: Facts
    copied: Copied
    told: list[Written]
    folder: Path

    @property
    def picture(self) -> Rendition:
        return self._rendition(COPY_NAME)

    @property
    def sound(self) -> Rendition:
        return self._rendition(COPY_AUDIO_NAME)

    @property
    def obstacle(self) -> Obstacle | None:
        return self.copied.obstacle

    def _rendition(self, name: str) -> Rendition:
        (track,) = (track for track in self.copied.tracks if track.name == name)
        return Rendition(self.folder, track)


def copy_of(source: Path, folder: Path) -> Copies:
    facts = facts_of(source)
    assert not isinstance(facts.copying, Obstacle), facts.copying
    *told, last = copy.copy(CopyJob(source=str(source), folder=str(folder), facts=facts))
    assert isinstance(last, Copied)
    return Copies(facts, last, [one for one in told if isinstance(one, Written)], folder)


def obstacle_of(source: Path) -> Obstacle | None:
    """Why the probe says that a file cannot be copied; None if it can."""
    copying = facts_of(source).copying
    return copying if isinstance(copying, Obstacle) else None

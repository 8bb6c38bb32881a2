"""What the early phase of an upload leaves to the run that follows."""

import msgspec

from ..media.facts import Facts, VideoTrack
from ..media.message import Rational
from ..media.obstacles import Copying
from ..media.segment import Track
from ..media.track_names import AUDIO_NAME, COPY_NAME, SKETCH_NAME
from . import notes
from .plan import Plan
from .work import Work


def settled(plan: Plan) -> int:
    """How many chunks stay as planned if the upload turns out a little shorter than it claims."""
    return max(0, len(plan.chunks) - 2)


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        facts: as the upload claimed them while it came.
        chunks: how many of the ladder are encoded, without a gap from the start.
        begun: how many of it, or of the sketch, may have left a note, whole or not.
        tracks: what is stored of the stand-in, and of the sound.
    """

    facts: Facts
    chunks: int = 0
    begun: int = 0
    tracks: list[Track] = []

    @property
    def published(self) -> int:
        """How many segments of the picture can be watched."""
        standing_in = [track for track in self.tracks if track.name in (COPY_NAME, SKETCH_NAME)]
        return len(standing_in[0].segments) if standing_in else self.chunks

    def fits(self, plan: Plan) -> bool:
        """Whether a run with this plan makes the same segments."""
        found, claimed = plan.facts, self.facts
        if (_picture(found), found.audio) != (_picture(claimed), claimed.audio):
            return False
        if _way(found) != _way(claimed):
            return False
        sounds = [len(track.segments) for track in self.tracks if track.name == AUDIO_NAME]
        count = max([self.begun, *sounds])
        promised = Plan.of(claimed)
        if self.begun and promised.chunks[self.begun - 1].bounds_s[-1] > found.frames_end_s:
            return False
        if self.begun and _encoding(found) != _encoding(claimed):
            return False
        # As they are before a choice is made: of what came early all sizes stay.
        if self.begun and (plan.usual, plan.sketch) != (promised.usual, promised.sketch):
            return False
        return plan.chunks[:count] == promised.chunks[:count]

    async def write(self, work: Work) -> None:
        await notes.write(work.storage, work.keys.handover, self)

    @classmethod
    async def read(cls, work: Work) -> "Handover | None":
        """None if there was no early phase, or it came to nothing."""
        return await notes.read(work.storage, work.keys.handover, cls)


def _picture(facts: Facts) -> VideoTrack | None:
    """Without what shows at the end alone: whether its last frame is held, which is left to the run.

    Of an MP4 in fragments that is also how many frames there are in a second, by which no copy is made.
    """
    picture = facts.picture and msgspec.structs.replace(facts.picture, held=None)
    if picture and isinstance(facts.copying, Copying):
        return msgspec.structs.replace(picture, rate=Rational(0, 1))
    return picture


def _encoding(facts: Facts) -> tuple[str, int, tuple[str, ...]]:
    """What decides about renditions and their initialisation segments, which chunks share."""
    return facts.wanted.preset, facts.wanted.encoding, facts.wanted.beside


def _way(facts: Facts) -> bool | None:
    """Whether the upload's sound is copied too; None if nothing is copied."""
    return facts.copying.sound if isinstance(facts.copying, Copying) else None

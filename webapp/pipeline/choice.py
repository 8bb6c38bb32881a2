"""Which renditions a title gets: made once for a run, and kept with it."""

from ..media import fitting
from ..media.answers import Complexity
from ..media.ladder import Rung
from ..media.message import Message
from .plan import Plan

# Of a largest rendition that may take more than this share of the usual, nothing is said.
UNNOTICED = 2 / 3


class Choice(Message, frozen=True, kw_only=True):
    """
    Attributes:
        rungs: in H.264, largest first.
        usual: how many there are for any source of this size.
        easy: the title needs less than what its size may take, by as much as is worth saying.
        spare: the source has less than that, likewise.
    """

    rungs: list[Rung]
    usual: int
    easy: bool = False
    spare: bool = False

    @classmethod
    def all(cls, plan: Plan) -> "Choice":
        return cls(rungs=plan.usual, usual=len(plan.usual))

    @classmethod
    def of(cls, plan: Plan, found: Complexity) -> "Choice":
        capped = fitting.within_source(plan.usual, found)
        fitted = fitting.within_need(capped, found.needs)
        # Somebody may have said which sizes there are to be.
        rungs = fitted if plan.facts.wanted.sides else fitting.useful(plan.usual, fitted)
        most = plan.usual[0].ceiling_bps * UNNOTICED
        noticed = len(rungs) < len(plan.usual) or fitted[0].ceiling_bps <= most
        return cls(
            rungs=rungs,
            usual=len(plan.usual),
            easy=noticed and fitted[0] != capped[0],
            spare=noticed and capped[0] != plan.usual[0],
        )

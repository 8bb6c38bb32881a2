"""Which renditions a title gets: made once for a run, and kept with it."""

from ..media import fitting
from ..media.answers import Complexity
from ..media.facts import Message, Rung
from .plan import Plan


class Choice(Message, frozen=True, kw_only=True):
    """
    Attributes:
        rungs: in H.264, largest first.
        usual: how many there are for any source of this size.
        easy: the title needs less than what its size may take.
        spare: the source has less than that.
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
        return cls(
            rungs=fitting.useful(plan.usual, fitted) if is_per_title(plan) else fitted,
            usual=len(plan.usual),
            easy=fitted[0] != capped[0],
            spare=capped[0] != plan.usual[0],
        )


def is_per_title(plan: Plan) -> bool:
    """Whether renditions may be left out: not if somebody has said which there are to be."""
    wanted = plan.facts.wanted
    return wanted.per_title and not wanted.sides

"""A run that is under way."""

from dataclasses import dataclass

from ..allowance import Allowance
from ..journal import Journal
from ..plan import Plan
from ..progress import Progress
from ..release import Release
from ..work import Work


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What the stages of a run share: the means, and whom they tell how far they are."""

    work: Work
    plan: Plan
    allowance: Allowance
    journal: Journal
    release: Release
    progress: Progress

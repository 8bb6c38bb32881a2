"""What a rule is, and what becomes of it when it is held against a package."""

from collections.abc import Callable
from dataclasses import dataclass

from .package import Finished


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    Attributes:
        number: of the rule, from 1.
        rule: a sentence.
        must: whether it is a requirement, and not a recommendation.
        passed: whether the package keeps it.
        measured: what was found.
    """

    number: int
    rule: str
    must: bool
    passed: bool
    measured: str


Outcome = tuple[bool, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence of Apple's HLS Authoring Specification (2025-05), or of RFC 8216, and its measure."""

    sentence: str
    measure: Callable[[Finished], Outcome]
    must: bool = True


def judged(number: int, rule: Rule, package: Finished) -> Verdict:
    """A package that lacks what a rule is about does not keep it."""
    try:
        passed, measured = rule.measure(package)
    except (LookupError, ArithmeticError, ValueError) as error:
        passed, measured = False, f"cannot be measured: {error!r}"
    return Verdict(number, rule.sentence, rule.must, passed, measured)


def counted(count: int, singular: str) -> str:
    """ "1 variant", "2 variants"."""
    return f"{count} {singular}{'' if count == 1 else 's'}"

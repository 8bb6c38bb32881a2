"""What all that crosses the pipe between parent and child is built of."""

from fractions import Fraction
from typing import Annotated

import msgspec


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=str.lower):
    """Base of everything that crosses the pipe; `kind` names the type."""


class Rational(msgspec.Struct, frozen=True, array_like=True):
    """An exact ratio, [numerator, denominator] on the wire: a time base in seconds, a rate in 1/s."""

    numerator: int
    denominator: Annotated[int, msgspec.Meta(gt=0)]

    @classmethod
    def of(cls, value: Fraction) -> "Rational":
        return cls(value.numerator, value.denominator)

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)

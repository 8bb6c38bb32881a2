"""What is measured."""

from dataclasses import dataclass

from .schedule import Schedule


@dataclass(frozen=True, slots=True)
class Scenario:
    """`connections` spread evenly over videos, each of which has `rate` events a second for `seconds`."""

    name: str
    videos: int
    connections: int
    rate: float
    seconds: float

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.videos, self.rate, self.seconds)

    @property
    def per_second(self) -> float:
        return self.connections * self.rate

    def __str__(self) -> str:
        return f"{self.name}, {self.rate:g} events/s each: {self.per_second:,.0f} deliveries/s"


ROUNDS = 3
SCENARIOS = (
    Scenario("5,000 subscribers on one video", 1, 5_000, rate=6, seconds=8),
    Scenario("1,000 videos with 10 subscribers", 1_000, 10_000, rate=1, seconds=8),
)
# Deliveries a second that are tried one after the other.
RAMP = Scenario("5,000 subscribers on one video", 1, 5_000, rate=0, seconds=4)
RAMP_PER_SECOND = range(20_000, 160_000, 10_000)

QUICK_SCENARIOS = (
    Scenario("500 subscribers on one video", 1, 500, rate=6, seconds=3),
    Scenario("100 videos with 10 subscribers", 100, 1_000, rate=1, seconds=3),
)
QUICK_RAMP = Scenario("500 subscribers on one video", 1, 500, rate=0, seconds=2)
QUICK_RAMP_PER_SECOND = range(5_000, 20_000, 5_000)

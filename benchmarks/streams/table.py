"""Measurements side by side, as text."""

import statistics
from collections.abc import Callable, Sequence

from .measurement import Measurement
from .scenario import Scenario

Rounds = dict[str, list[Measurement]]  # by peer


def percentile(values: Sequence[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[int((len(ordered) - 1) * percent / 100)] if ordered else float("nan")


# Name, digits after the point, and how a measurement says it.
ROWS: list[tuple[str, int, Callable[[Measurement], float]]] = [
    ("CPU, µs a delivery", 1, lambda one: one.cpu_us / max(1, one.delivery.count)),
    ("resident, kB a connection", 1, lambda one: one.resident_bytes / 1000 / one.connections),
    ("latency p50, ms", 1, lambda one: one.delivery.percentile_ms(50)),
    ("latency p99, ms", 1, lambda one: one.delivery.percentile_ms(99)),
    ("deliveries/s", 0, lambda one: one.delivery.per_second),
    ("connects/s", 0, lambda one: one.connections / one.connecting_s),
    ("other route p99, ms", 1, lambda one: percentile(one.other_ms, 99)),
]
# What should be 0: the sum of all rounds.
FAULTS: list[tuple[str, Callable[[Measurement], int]]] = [
    ("deliveries lost", lambda one: one.delivery.lost),
    ("streams cut", lambda one: one.delivery.closed),
    ("sampled streams with holes", lambda one: one.delivery.holes),
]


def table(scenario: Scenario, rounds: Rounds) -> str:
    """The median of each peer's rounds; in brackets, ours as a multiple of it."""
    ours, *others = rounds
    count = len(rounds[ours])
    lines = [f"{scenario} (median of {count})" if count > 1 else str(scenario)]
    lines.append(f"  {'':28}{ours:>12}" + "".join(f"{name:>24}" for name in others))
    for title, digits, say in ROWS:
        value = statistics.median(map(say, rounds[ours]))
        line = f"  {title:28}{value:12,.{digits}f}"
        for name in others:
            other = statistics.median(map(say, rounds[name]))
            ratio = f"(× {value / other:.2f})" if other else ""
            line += f"{other:14,.{digits}f}{ratio:>10}"
        lines.append(line)
    for title, tell in FAULTS:
        line = f"  {title:28}{sum(map(tell, rounds[ours])):12,}"
        lines.append(line + "".join(f"{sum(map(tell, rounds[name])):14,}{'':10}" for name in others).rstrip())
    return "\n".join(lines)

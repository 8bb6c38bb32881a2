"""How much this app can deliver before anything is lost or late."""

from collections.abc import Iterable
from dataclasses import replace

from .client import close_all, open_streams, settle
from .delivery import Delivery, receive
from .machine import cpu_us
from .peers import Peer
from .scenario import Scenario

# A server that has fallen this far behind will not catch up.
KEPT_UP = 0.95


def ramp(peer: Peer, scenario: Scenario, steps: Iterable[int]) -> int:
    """Tries each step, in deliveries a second, until one is too much, printing how it went.

    Returns:
        The deliveries a second of the last that was not, as they were achieved.
    """
    best = 0
    with peer:
        streams, _ = open_streams(peer.port, scenario.connections, scenario.videos)
        settle(streams)
        for per_second in steps:
            step = replace(scenario, rate=per_second / scenario.connections)
            before = cpu_us(peer.pid)
            delivery = receive(peer, streams, step.schedule)
            core = (cpu_us(peer.pid) - before) / 1e6 / delivery.seconds
            print(f"  {_told(step, delivery)}, {core:.0%} of a core", flush=True)
            if delivery.lost or delivery.holes or delivery.per_second < KEPT_UP * step.per_second:
                break
            best = round(delivery.per_second)
        close_all(streams)
    return best


def _told(step: Scenario, delivery: Delivery) -> str:
    return (
        f"{step.per_second:8,.0f} asked, {delivery.per_second:8,.0f} delivered a second, "
        f"p99 {delivery.percentile_ms(99):6,.0f} ms, {delivery.lost:,} lost"
    )

"""How much this app can deliver before anything is lost or late."""

import socket
from collections.abc import Iterable
from dataclasses import replace

from .client import close_all, open_streams, settle
from .delivery import Delivery, receive
from .machine import cpu_us
from .peers import Peer
from .scenario import Scenario

# A server that has fallen this far behind will not catch up.
KEPT_UP = 0.95
# Something else may have held up the machine.
TRIES = 2


def ramp(peer: Peer, scenario: Scenario, steps: Iterable[int]) -> int:
    """Tries each step, in deliveries a second, until one is too much twice, printing how it went.

    Returns:
        The deliveries a second of the last that was not, as they were achieved.
    """
    best = 0
    with peer:
        streams, _ = open_streams(peer.port, scenario.connections, scenario.videos)
        settle(streams)
        for per_second in steps:
            step = replace(scenario, rate=per_second / scenario.connections)
            tries = (_try(peer, streams, step) for _ in range(TRIES))
            achieved = next((delivered for delivered in tries if delivered), 0)
            if not achieved:
                break
            best = achieved
        close_all(streams)
    return best


def _try(peer: Peer, streams: list[socket.socket], step: Scenario) -> int:
    """Deliveries a second; 0 if it was too much."""
    before = cpu_us(peer.pid)
    delivery = receive(peer, streams, step.schedule)
    core = (cpu_us(peer.pid) - before) / 1e6 / delivery.seconds
    print(f"  {_told(step, delivery)}, {core:.0%} of a core", flush=True)
    too_much = delivery.lost or delivery.holes or delivery.per_second < KEPT_UP * step.per_second
    return 0 if too_much else round(delivery.per_second)


def _told(step: Scenario, delivery: Delivery) -> str:
    return (
        f"{step.per_second:8,.0f} asked, {delivery.per_second:8,.0f} delivered a second, "
        f"p99 {delivery.percentile_ms(99):6,.0f} ms, {delivery.lost:,} lost"
    )

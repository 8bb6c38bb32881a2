"""One peer in one scenario."""

import time
from dataclasses import dataclass

from .client import close_all, open_streams, settle
from .delivery import Delivery, receive
from .machine import cpu_us, resident_bytes
from .peers import Peer
from .probe import Probe
from .scenario import Scenario

WARM_UP_STREAMS = 20
PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Measurement:
    """
    Attributes:
        cpu_us: microseconds of CPU that the server spent while events were published.
        resident_bytes: by which the server grew when the streams were opened.
        other_ms: milliseconds that each request to another route took meanwhile.
    """

    connections: int
    connecting_s: float
    resident_bytes: int
    cpu_us: float
    delivery: Delivery
    other_ms: list[float]


def measure(peer: Peer, scenario: Scenario) -> Measurement:
    """Starts the peer, connects, publishes, stops it."""
    with peer:
        warm_up, _ = open_streams(peer.port, WARM_UP_STREAMS)
        settle(warm_up)
        close_all(warm_up)
        time.sleep(PAUSE_S)
        empty = resident_bytes(peer.pid)
        streams, connecting_s = open_streams(peer.port, scenario.connections, scenario.videos)
        settle(streams)
        grown = resident_bytes(peer.pid) - empty
        with Probe(peer.port, peer.other_path) as probe:
            before = cpu_us(peer.pid)
            delivery = receive(peer, streams, scenario.schedule)
            spent = cpu_us(peer.pid) - before
        close_all(streams)
    return Measurement(scenario.connections, connecting_s, grown, spent, delivery, probe.latencies_ms)

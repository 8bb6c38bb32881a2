"""Receives what is published on open streams: counts it, times it, and looks for holes."""

import gc
import re
import select
import socket
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field

from .client import READ_BYTES
from .marks import DIGITS, MARK, clock_us
from .peers import Peer
from .schedule import Schedule

SAMPLED = 50
POLLED_AT_ONCE = 4096
LATE_S = 10.0  # after the last publication; what has not come by then is lost
Receive = Callable[..., bytes]
SEQ = re.compile(rb'"seq":(\d+)')


@dataclass
class Delivery:
    """
    Attributes:
        seconds: from the start of publishing to the last delivery, or to its planned end if that is later.
        latencies_us: of each delivery, from before it was recorded to after it was read here.
        holes: sampled streams, of up to 50, whose events were not 1, 2, 3 … to the last.
        closed: streams that the server ended.
    """

    expected: int
    count: int = 0
    seconds: float = 0.0
    latencies_us: "array[int]" = field(default_factory=lambda: array("q"))
    holes: int = 0
    closed: int = 0

    @property
    def lost(self) -> int:
        return self.expected - self.count

    @property
    def per_second(self) -> float:
        return self.count / self.seconds if self.seconds else 0.0

    def percentile_ms(self, percent: float) -> float:
        ordered = sorted(self.latencies_us)
        return ordered[int((len(ordered) - 1) * percent / 100)] / 1000 if ordered else float("nan")


def receive(peer: Peer, streams: list[socket.socket], schedule: Schedule) -> Delivery:
    """Has `schedule` published, and reads it from streams that are otherwise quiet."""
    delivery = Delivery(expected=schedule.rounds * len(streams))
    read = {stream.fileno(): stream.recv for stream in streams}
    step = max(1, len(streams) // SAMPLED)
    samples = {stream.fileno(): bytearray() for stream in streams[::step][:SAMPLED]}
    halves: dict[int, bytes] = {}  # of events of which the end has not come yet
    epoll = select.epoll()
    for descriptor in read:
        epoll.register(descriptor, select.EPOLLIN)
    gc.disable()  # its pauses would count as the server's
    try:
        began = last = time.monotonic()
        deadline = began + schedule.seconds + LATE_S
        peer.begin(schedule)
        while delivery.count < delivery.expected and read and time.monotonic() < deadline:
            ready = epoll.poll(0.001 if peer.step() else 0.05, POLLED_AT_ONCE)
            for descriptor, _ in ready:
                data = _read(read, descriptor)
                if not data:
                    epoll.unregister(descriptor)
                    del read[descriptor]
                    delivery.closed += 1
                    continue
                if descriptor in halves:
                    data = halves.pop(descriptor) + data
                if data[-1] != 10:  # LF ends every event and every chunk
                    data, _, halves[descriptor] = data.rpartition(b"\n")
                _count(data, delivery)
                if descriptor in samples:
                    samples[descriptor] += data
            if ready:
                last = time.monotonic()
        delivery.seconds = max(schedule.seconds, last - began)
    finally:
        gc.enable()
        epoll.close()
    peer.finish()
    delivery.holes = sum(not _whole(sample, schedule.rounds) for sample in samples.values())
    return delivery


def _read(read: dict[int, Receive], descriptor: int) -> bytes:
    try:
        return read[descriptor](READ_BYTES)
    except ConnectionResetError:
        return b""


def _count(data: bytes, delivery: Delivery) -> None:
    at, now = data.find(MARK), clock_us()
    while at >= 0:
        at += len(MARK)
        delivery.latencies_us.append(now - int(data[at : at + DIGITS]))
        delivery.count += 1
        at = data.find(MARK, at)


def _whole(sample: bytearray, events: int) -> bool:
    seqs = [int(seq) for seq in SEQ.findall(sample)]
    return len(seqs) == events and seqs == list(range(seqs[0], seqs[0] + events))

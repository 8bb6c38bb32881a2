"""Clients that stop reading, among clients that read."""

from dataclasses import dataclass

from benchmarks.streams.client import close_all, open_streams, settle
from benchmarks.streams.delivery import Delivery, receive
from benchmarks.streams.machine import resident_bytes
from benchmarks.streams.peers.controlled import Rushes
from benchmarks.streams.schedule import Schedule

# What a stalled client's kernel takes for it is no cost of the server's: keep it small.
RECEIVE_BUFFER_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Stalled:
    """What those who read were given, without and with the stalled, and the bytes the server grew by."""

    clients: int
    without: Delivery
    with_them: Delivery
    grown_without: int
    grown_with: int

    def __str__(self) -> str:
        each_kb = self.grown_with / 1000 / self.clients
        return (
            f"without them: {_told(self.without)}, server grew {self.grown_without / 1000:,.0f} kB\n"
            f"  with them:    {_told(self.with_them)}, server grew {self.grown_with / 1000:,.0f} kB: "
            f"{each_kb:,.0f} kB each"
        )


def _told(delivery: Delivery) -> str:
    percentiles = f"p50 {delivery.percentile_ms(50):,.1f} ms, p99 {delivery.percentile_ms(99):,.1f} ms"
    return f"{percentiles}, {delivery.lost:,} lost, {delivery.holes} holes"


def stall(good: int, stalled: int, rate: float, seconds: float) -> Stalled:
    """`rate` events a second on one video, for so many seconds once without and once with the stalled."""
    schedule = Schedule(1, rate, seconds)
    with Rushes(videos=1) as server:
        reading, _ = open_streams(server.port, good)
        settle(reading)
        receive(server, reading, schedule)  # so that what grows only once has grown
        empty = resident_bytes(server.pid)
        without = receive(server, reading, schedule)
        before = resident_bytes(server.pid)
        silent, _ = open_streams(server.port, stalled, receive_buffer=RECEIVE_BUFFER_BYTES)
        with_them = receive(server, reading, schedule)
        after = resident_bytes(server.pid)
        close_all(reading + silent)
    return Stalled(stalled, without, with_them, before - empty, after - before)

"""Prints how live streams compare.

    python -m benchmarks.streams [--quick]

Needs nginx with its nchan module, which `make bench-streams` installs.
"""

import argparse
import os
from collections.abc import Callable

from .machine import CLIENT_CORE, SERVER_CORE, allow_files
from .measurement import measure
from .peers import Peer
from .peers.controlled import Rushes, Starlette
from .peers.nchan import Nchan
from .ramp import ramp
from .scenario import (
    QUICK_RAMP,
    QUICK_RAMP_PER_SECOND,
    QUICK_SCENARIOS,
    RAMP,
    RAMP_PER_SECOND,
    ROUNDS,
    SCENARIOS,
)
from .table import Rounds, table

PEERS: dict[str, Callable[[int], Peer]] = {"rushes": Rushes, "nchan": Nchan, "sse-starlette": Starlette}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.streams")
    parser.add_argument("--quick", action="store_true", help="few connections and one round: does it work?")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--only", choices=PEERS, action="append", help="measure this peer; may be repeated")
    parser.add_argument("--no-ramp", action="store_true")
    options = parser.parse_args()
    scenarios = QUICK_SCENARIOS if options.quick else SCENARIOS
    rounds = options.rounds or (1 if options.quick else ROUNDS)
    allow_files(max(scenario.connections for scenario in scenarios))
    os.sched_setaffinity(0, {CLIENT_CORE})
    print(f"Servers on core {SERVER_CORE}, client on core {CLIENT_CORE}.", flush=True)
    if SERVER_CORE == CLIENT_CORE:
        print("There is one core only: the client's work counts in all latencies.")
    peers = {name: PEERS[name] for name in options.only or PEERS}
    for scenario in scenarios:
        measured: Rounds = {name: [] for name in peers}
        for _ in range(rounds):  # in turns, so that what the machine does meanwhile hits all alike
            for name, start in peers.items():
                measured[name].append(measure(start(scenario.videos), scenario))
        print(f"\n{table(scenario, measured)}", flush=True)
    if not options.no_ramp and "rushes" in peers:
        steps = QUICK_RAMP_PER_SECOND if options.quick else RAMP_PER_SECOND
        scenario = QUICK_RAMP if options.quick else RAMP
        print(f"\nRushes, {scenario.name}, until it is too much:", flush=True)
        print(f"  {ramp(Rushes(scenario.videos), scenario, steps):,} deliveries/s without a drop")


if __name__ == "__main__":
    main()

"""Prints how this app's live streams end.

python -m benchmarks.stream_ends [--quick]
"""

import argparse
import os

from benchmarks.streams.machine import CLIENT_CORE, allow_files

from .killed import come_and_go, kill_clients
from .stalled import stall
from .stopping import stop_with_streams
from .vanished import vanish


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.stream_ends")
    parser.add_argument("--quick", action="store_true", help="few connections and rounds: does it work?")
    quick = parser.parse_args().quick
    many, some, rounds, seconds = (500, 100, 3, 2) if quick else (5_000, 1_000, 20, 8)
    good, stalled, rate = (100, 10, 50) if quick else (500, 50, 100)
    allow_files(many)
    os.sched_setaffinity(0, {CLIENT_CORE})

    print(f"SIGTERM with {many:,} streams:", flush=True)
    print(f"  {stop_with_streams(many)}", flush=True)
    print(f"{many:,} clients killed:", flush=True)
    print(f"  {kill_clients(many)}", flush=True)
    print(f"{some:,} clients gone without a word:", flush=True)
    print(f"  {vanish(some)}", flush=True)
    print(f"{stalled} stalled among {good} good clients, {rate} events/s:", flush=True)
    print(f"  {stall(good, stalled, rate, seconds)}", flush=True)
    print(f"{rounds} times {some:,} clients came and were killed:", flush=True)
    left = come_and_go(rounds, some)
    for number in sorted({0, 1, rounds // 2, rounds}):
        print(f"  after {number:2}: {left[number]}")


if __name__ == "__main__":
    main()

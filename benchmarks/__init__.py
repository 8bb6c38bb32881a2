"""Measurements beside the peer, in one run on one machine. Results with their dates: docs/benchmarks.md."""

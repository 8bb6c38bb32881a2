"""Rushes: self-hosted video. See README.md for the map of the code."""

__version__ = "0.1.0"

"""Failures that pass."""


class Passing(Exception):
    """Base of failures that may not happen another time."""

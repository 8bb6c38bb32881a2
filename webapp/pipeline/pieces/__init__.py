"""The pieces of a run's work: each runs one child and puts what it made into storage.

A piece may be interrupted anywhere and is done again then. What it stores appears whole or not at all.
"""

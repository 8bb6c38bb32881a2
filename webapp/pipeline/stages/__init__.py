"""The stages of a run, as everybody can follow them: when each begins, and what the history says of it."""

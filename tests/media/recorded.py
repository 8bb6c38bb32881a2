"""How long the recordings are that `recording` makes, and their frames."""

SECONDS, RATE = 3, 10
FRAMES = SECONDS * RATE

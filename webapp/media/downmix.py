"""Channels as two, where swresample has no mix of its own: layouts it calls unbalanced, and ambisonics."""

from collections.abc import Iterator

from av.audio.layout import AudioLayout

Gains = tuple[float, float]  # in left and right

# A channel in the middle is in both with half its power (ITU-R BS.775).
LEFT, RIGHT, MIDDLE, NOWHERE = (1.0, 0.0), (0.0, 1.0), (0.7071, 0.7071), (0.0, 0.0)
# Ambisonics (ACN): the first channel is the same all around, the second points to the left. Their sum and
# difference are two microphones back to back; the others point up and ahead, or are finer.
AMBISONIC = {"AMBI0": (0.5, 0.5), "AMBI1": (0.5, -0.5)}
LOW_FREQUENCIES, UNNAMED = "LFE", "NONE"
# With gains of exactly one `pan` renames channels instead of mixing them, which fails for the same layouts.
LEAST_DIVISOR = 1.0001


def downmix(layout: AudioLayout) -> str:
    """Arguments of the filter `pan` for stereo that cannot clip."""
    gains = list(_gains([channel.name for channel in layout.channels]))
    outputs = []
    for side in range(2):
        divisor = max(LEAST_DIVISOR, sum(abs(pair[side]) for pair in gains))
        parts = [f"{pair[side] / divisor:.4f}*c{place}" for place, pair in enumerate(gains) if pair[side]]
        outputs.append(f"c{side}={'+'.join(parts) or '0*c0'}")
    return "|".join(["stereo", *outputs])


def _gains(names: list[str]) -> Iterator[Gains]:
    for place, name in enumerate(names):
        if name == UNNAMED:
            yield (LEFT, RIGHT, NOWHERE)[min(place, 2)]
        elif name.startswith("AMBI"):
            yield AMBISONIC.get(name, NOWHERE)
        elif name.startswith(LOW_FREQUENCIES):
            yield NOWHERE
        elif "L" in name or "R" in name:
            yield LEFT if "L" in name else RIGHT
        else:
            yield MIDDLE

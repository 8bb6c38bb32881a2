"""What is to be heard in decoded sound: where beeps start, where it is silent."""

import numpy as np
from numpy.typing import NDArray

from tests.support.video import SAMPLE_RATE

# Of a wave between -1 and 1. A beep is 0.5 loud; an encoder makes a little noise where there was none.
LOUD, QUIET = 0.1, 0.02
SHORTEST_PAUSE_S = 0.2

Wave = NDArray[np.float32]


def beeps(wave: Wave) -> list[float]:
    """The seconds at which each beep starts."""
    loud = np.flatnonzero(np.abs(wave).max(axis=0) > LOUD)
    if not loud.size:
        return []
    starts = loud[np.concatenate([[True], np.diff(loud) > SHORTEST_PAUSE_S * SAMPLE_RATE])]
    return [float(start) / SAMPLE_RATE for start in starts]


def is_silent(wave: Wave, begin_s: float, end_s: float) -> bool:
    part = wave[:, round(begin_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
    assert part.size
    return float(np.abs(part).max()) < QUIET


def duration_s(wave: Wave) -> float:
    return float(wave.shape[1] / SAMPLE_RATE)

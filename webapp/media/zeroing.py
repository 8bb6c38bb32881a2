"""Zeroed memory for x264, which makes other bytes of the same frames where it finds something else.

With AVX-512 its mbtree_propagate_list reads up to 15 macroblocks past the end of a row, which nobody has
written for the last one. Those instructions save about 5 % of the CPU of a ladder, zeroing hardly any.
"""

import ctypes
from functools import cache
from pathlib import Path

PROCESSORS = Path("/proc/cpuinfo")
# Names of x264's own; a name stands for the older ones too.
WITHOUT_AVX512 = "AVX2"
M_PERTURB = -6  # mallopt(3): malloc hands out memory filled with the complement of this byte
ZEROS, WHATEVER = 0xFF, 0


@cache
def has_avx512() -> bool:
    try:
        return "avx512f" in PROCESSORS.read_text().split()
    except OSError:  # not Linux
        return False


@cache
def can_zero() -> bool:
    """Whether the C library is glibc."""
    return hasattr(ctypes.CDLL(None), "mallopt")


def instructions(avx512: bool, zeroed: bool) -> str | None:
    """What to give x264 as `asm` on such a machine; None for all that it finds."""
    return WITHOUT_AVX512 if avx512 and not zeroed else None


def begin() -> None:
    """Has all memory of this process zeroed from now on, if x264 needs that."""
    _fill(ZEROS)


def end() -> None:
    """Call this before encoders are freed: what is freed would be filled, too."""
    _fill(WHATEVER)


def _fill(complement: int) -> None:
    if has_avx512() and can_zero():
        ctypes.CDLL(None).mallopt(M_PERTURB, complement)

"""Which instructions of the processor x264 may use."""

from functools import cache
from pathlib import Path

PROCESSORS = Path("/proc/cpuinfo")
# Names of x264's own; a name stands for the older ones too.
WITHOUT_AVX512 = "AVX2"


@cache
def x264_instructions() -> str | None:
    """What to give x264 as `asm`; None for all that it finds, which is right but where there is AVX-512.

    With that x264's mbtree_propagate_list reads up to 15 macroblocks past the end of a row, which are not
    initialised for the last one: the same frames become other bytes each time. AVX2 is as fast here.
    """
    try:
        known = PROCESSORS.read_text()
    except OSError:  # not Linux
        return None
    return WITHOUT_AVX512 if "avx512f" in known.split() else None

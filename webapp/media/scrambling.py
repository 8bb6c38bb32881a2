"""What is scrambled of an MPEG transport stream, as it is broadcast for those who have a card.

libavformat takes no notice of that.
"""

from collections import Counter
from pathlib import Path

from .mapped import mapped
from .transport_stream import HEAD_BYTES, PACKET_BYTES, is_scrambled, pid_of, runs, stride_of

LOOKED_AT_BYTES = 8 << 20


def has_scrambled(path: Path) -> bool:
    """Whether most packets of one of its streams are, as far as its beginning tells."""
    scrambled, all_of = Counter[int](), Counter[int]()
    with mapped(path) as data:
        stride = stride_of(data[:HEAD_BYTES])
        if stride is None:
            return False
        for run in runs(data, stride, 0, min(len(data), LOOKED_AT_BYTES)):
            for at in range(0, run.packets * stride, stride):
                packet = run.data[at : at + PACKET_BYTES]
                all_of[pid_of(packet)] += 1
                scrambled[pid_of(packet)] += is_scrambled(packet)
    return any(count > all_of[pid] / 2 for pid, count in scrambled.items())
